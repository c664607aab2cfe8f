"""Every rule, listed by hand: a rule that is not here does not exist."""

from typing import Final

from policies.rules.rule import Rule
from policies.rules.tagging import REQUIRED_TAGS_RULE

RULES: Final[tuple[Rule, ...]] = (REQUIRED_TAGS_RULE,)
