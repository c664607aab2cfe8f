"""What is exempt from a rule: on the record, for a reason, by somebody, until a day. Pure but for reading.

A waiver is of one rule and of the URNs that a pattern names. A baseline is what was wrong already when a
resource was adopted from elsewhere: exact URNs, so that the next violation of the same rule still fails.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import Field, StringConstraints, ValidationError, field_validator

from slipway.model.environment import StackName
from slipway.model.errors import DefinitionError
from slipway.model.frozen import Frozen

WAIVERS: Final = Path(__file__).with_name("waivers.yaml")
"""The waivers of the platform's own stacks."""


Sentence = Annotated[str, StringConstraints(min_length=10, strip_whitespace=True)]
Ticket = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]+-[0-9]+$")]
Person = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]


class WaiverError(DefinitionError):
    """The waivers cannot be read, or one of them makes no sense."""


class Waiver(Frozen):
    """One exemption.

    Attributes:
        rule: the rule's id.
        urn: the URNs that are exempt, of one stack; behind its name `*` stands for anything.
        reason: why, a sentence.
        ticket: where it is discussed.
        approver: who answers for it.
        expires: the last day on which it holds.
    """

    rule: str
    urn: str = Field(pattern=r"^urn:pulumi:")
    reason: Sentence
    ticket: Ticket
    approver: Person
    expires: date

    @field_validator("urn")
    @classmethod
    def _names_a_stack(cls, urn: str) -> str:
        """One of every stack, or of none that there is, could not be told that it exempts nothing."""
        if urn.split(":")[2] not in tuple(StackName):
            message = f"it has to name a stack: urn:pulumi:<{'|'.join(StackName)}>::..."
            raise ValueError(message)
        return urn

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(".*".join(re.escape(part) for part in self.urn.split("*")))

    def names(self, urn: str) -> bool:
        """Whether it is about a resource."""
        return self._pattern.fullmatch(urn) is not None

    def holds(self, rule: str, urn: str, today: date) -> bool:
        """Whether it exempts a violation today."""
        return rule == self.rule and today <= self.expires and self.names(urn)

    @property
    def stack(self) -> str:
        """The stack of its URNs."""
        return self.urn.split(":")[2]

    @property
    def is_baseline(self) -> bool:
        """Whether it is of what was wrong when a resource was adopted."""
        return False

    @property
    def told(self) -> str:
        """What messages call it."""
        return f"the waiver of {self.rule} for {self.urn} ({self.ticket})"


class Baseline(Waiver):
    """What was wrong already when a resource was adopted: one resource, never a pattern.

    Attributes:
        layer: the layer with which it was adopted.
    """

    urn: str = Field(pattern=r"^urn:pulumi:[^*]+$")
    layer: str

    @property
    def is_baseline(self) -> bool:
        """It is."""
        return True


class Waivers(Frozen):
    """All exemptions.

    Attributes:
        waivers: of the platform's own resources.
        baselines: of adopted ones.
    """

    waivers: tuple[Waiver, ...] = ()
    baselines: tuple[Baseline, ...] = ()

    @property
    def all(self) -> Sequence[Waiver]:
        """Both, in the order of the file."""
        return (*self.waivers, *self.baselines)

    def exempting(self, rule: str, urn: str, today: date) -> Waiver | None:
        """The exemption that holds for a violation; None where it stands."""
        return next((each for each in self.all if each.holds(rule, urn, today)), None)


def read_waivers(path: Path, known: Iterable[str]) -> Waivers:
    """Read the waivers of a file; one that is not there has none.

    Args:
        path: the file.
        known: ids of all rules that a resource may be exempt from.

    Raises:
        WaiverError: it is malformed, or it names a rule that there is not.
    """
    if not path.exists():
        return Waivers()
    try:
        read = Waivers.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise WaiverError(
            f"{path.name}: {where}: {first['msg']}",
            remedy="docs/reference/policies.md tells what a waiver has to say",
        ) from error
    except (OSError, yaml.YAMLError, ValueError) as error:  # a day that no calendar has is a ValueError
        raise WaiverError(f"{path.name} cannot be read: {error}", remedy="correct the file") from error
    rules = set(known)
    for waiver in read.all:
        if waiver.rule not in rules:
            raise WaiverError(
                f"{path.name} waives {waiver.rule}, and there is no such rule to be exempt from",
                remedy="slipway policy list tells the rules; remove what waives one that is gone. Nothing is "
                "exempt from an approval",
            )
    return read
