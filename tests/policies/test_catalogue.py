"""Every rule of the catalogue, walked: what holds for all of them."""

import re
from typing import Any

import pytest

from policies.catalogue import ALL_RULES, GRAPH_RULES, RULES
from policies.rules.rule import AnyRule, Graph, Rule
from tests.policies.judged import judge_of, resource_of

_BY_ID = {rule.id: rule for rule in ALL_RULES}


@pytest.mark.parametrize("rule", ALL_RULES, ids=list(_BY_ID))
def test_a_rule_explains_itself(rule: AnyRule) -> None:
    """Ids are referred to by waivers; rationale and remedy are sentences; each serves a control."""
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
    assert rule.rationale.endswith(".")
    assert rule.remedy.endswith(".")
    assert rule.frameworks
    assert rule.limits()


def test_ids_are_unique() -> None:
    """A waiver is of one rule."""
    assert len(_BY_ID) == len(ALL_RULES)


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_a_rule_names_what_it_judges_and_leaves_the_rest_alone(rule: Rule[Any]) -> None:
    """A rule that judged everything would be asked three thousand times."""
    assert rule.judges
    other = resource_of("random:index/randomId:RandomId", {})
    assert judge_of().resource(rule, other, rule.limits()) == []


@pytest.mark.parametrize("rule", GRAPH_RULES, ids=[rule.id for rule in GRAPH_RULES])
def test_nothing_is_wrong_with_nothing(rule: Any) -> None:
    """An empty stack lacks nothing."""
    assert judge_of().graph(rule, Graph(()), rule.limits()) == []
