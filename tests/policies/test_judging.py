"""What a judge makes of rules: a pass, a violation, undecided, or a crash that names rule and resource."""

from collections.abc import Iterator

import pytest

from policies.judging import Open, RuleCrashed
from policies.rules.rule import Graph, GraphRule, Node, NoLimits, Resource, Rule, Undecided, Violation, every
from slipway.model.policy_report import Severity
from tests.policies.judged import judge_of, node_of, resource_of, urn_of

TYPE = "aws:s3/bucket:Bucket"
_ABOUT = {
    "severity": Severity.LOW,
    "frameworks": ("ours",),
    "rationale": "It is so.",
    "remedy": "Mend it.",
    "limits": NoLimits,
}


def _rule(violations: object) -> Rule[NoLimits]:
    return Rule(id="a-rule", judges=frozenset({TYPE}), violations=violations, **_ABOUT)  # type: ignore[arg-type]


def _graph_rule(violations: object, judges: object = every(TYPE)) -> GraphRule[NoLimits]:
    return GraphRule(id="a-graph-rule", judges=judges, violations=violations, **_ABOUT)  # type: ignore[arg-type]


def _first_this_then_unknown(_: Resource, __: NoLimits) -> Iterator[str]:
    yield "this is wrong anyway"
    raise Undecided


def _crash(*_: object) -> Iterator[str]:
    yield from ()
    message = "properties"
    raise KeyError(message)


def test_a_rule_is_shown_only_what_concerns_it() -> None:
    """Else every rule would have to ask for the type."""
    judge = judge_of()
    other = resource_of("aws:kms/key:Key", {})
    assert judge.resource(_rule(_crash), other, NoLimits()) == []
    assert list(judge.seen) == [other.urn]


def test_what_was_said_before_a_value_was_missing_counts() -> None:
    """And the rest is undecided: neither lost nor passed."""
    judge = judge_of()
    found = judge.resource(_rule(_first_this_then_unknown), resource_of(TYPE, {}), NoLimits())
    assert [each.message for each in found] == ["this is wrong anyway"]
    assert judge.undecided == {Open(rule="a-rule", urn=urn_of(TYPE))}


def test_a_crash_names_rule_and_resource() -> None:
    """It is no verdict, so it must stop everything."""
    with pytest.raises(RuleCrashed, match=f"rule a-rule failed on {urn_of(TYPE)}: KeyError"):
        judge_of().resource(_rule(_crash), resource_of(TYPE, {}), NoLimits())
    graph = Graph((node_of(TYPE, {}),))
    with pytest.raises(RuleCrashed, match=f"rule a-graph-rule failed on {urn_of(TYPE)}: KeyError"):
        judge_of().graph(_graph_rule(_crash), graph, NoLimits())
    with pytest.raises(RuleCrashed, match="rule a-graph-rule failed on the stack: KeyError"):
        judge_of().graph(_graph_rule(_crash, judges=_crash), graph, NoLimits())


def test_a_graph_tells_what_points_where_and_what_belongs_to_what() -> None:
    """The three questions of rules that need the whole stack."""
    component = node_of("slipway:storage:PrivateBucket", {}, name="lake")
    bucket = node_of(TYPE, {}, parent=component.resource.urn)
    block = node_of("aws:s3/block:Block", {}, name="block", bucket=bucket.resource.urn)
    stray = node_of(TYPE, {}, name="stray")
    graph = Graph((component, bucket, block, stray))
    assert graph.of(TYPE) == [bucket, stray]
    assert graph.children(component, TYPE) == [bucket]
    assert graph.pointing_at(bucket, "aws:s3/block:Block", "bucket") == [block]
    assert graph.pointing_at(bucket, "aws:s3/block:Block", "other") == []
    assert graph.by_urn[bucket.resource.urn] is bucket


def test_a_graph_rule_says_whose_its_violation_is() -> None:
    """What is not known of one resource leaves that one undecided; the others are judged."""

    def lacks(_: Graph, node: Node, __: NoLimits) -> Iterator[Violation]:
        if node.resource.name == "new":
            raise Undecided
        yield Violation(urn=node.resource.urn, message="it lacks a lock")

    judge = judge_of()
    graph = Graph((node_of(TYPE, {}, name="new"), node_of(TYPE, {})))
    found = judge.graph(_graph_rule(lacks), graph, NoLimits())
    assert [(each.urn, each.message) for each in found] == [(urn_of(TYPE), "it lacks a lock")]
    assert judge.undecided == {Open(rule="a-graph-rule", urn=urn_of(TYPE, "new"), is_whole=True)}
