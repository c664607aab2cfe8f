"""The relations of the program's own resources are seen: what is taken from a stack is missed."""

import json
from typing import Any

import pytest

from policies.catalogue import STATE_RULES
from policies.rules.rule import AnyRule, Graph, GraphRule, Resource
from slipway.model.environment import StackName
from tests.doubles.declared_graph import DeclaredStack, declared_graph
from tests.policies.judged import judge_of

CLONE = {"environment": "dev", "source": "FINEDGE", "purpose": "Tries a change of the settlement job"}
EXPIRES = {"expires": "2027-01-01T00:00:00Z"}


def _rule(id_: str) -> Any:
    return next(each for each in STATE_RULES if each.id == id_)


def _named(rule: AnyRule, graph: Graph) -> set[str]:
    assert isinstance(rule, GraphRule)
    return {each.urn.rpartition("::")[2] for each in judge_of().graph(rule, graph, rule.limits())}


def _without(stack: StackName, ending: str) -> Graph:
    nodes = declared_graph(stack).graph.nodes
    return Graph(tuple(each for each in nodes if not each.resource.urn.endswith(ending)))


def _cloned(**changed: Any) -> DeclaredStack:
    return declared_graph(StackName.DEV, (("slipway:clones", json.dumps({"trial": {**CLONE, **changed}})),))


@pytest.mark.parametrize(
    ("rule", "stack", "taken", "named"),
    [
        ("pipeline-failure-alarm", StackName.PROD, "::risk-failures", "risk"),
        ("pipeline-freshness", StackName.PROD, "::payment-events-freshness", "payment-events"),
        ("branch-review", StackName.SHARED, "RepositoryRuleset::workspace", "workspace"),
    ],
)
def test_what_is_taken_away_is_missed(rule: str, stack: StackName, taken: str, named: str) -> None:
    """One resource less, one violation more."""
    assert _named(_rule(rule), _without(stack, taken)) == {named}


def test_a_budget_is_missed() -> None:
    """It is told of the stack, by its first resource."""
    assert len(_named(_rule("account-budget"), _without(StackName.PROD, "Budget::spend"))) == 1


def test_a_clone_that_expires_complies() -> None:
    """With everything that its component gives away and runs."""
    declared = _cloned(**EXPIRES)
    for rule in STATE_RULES:
        judge = judge_of()
        if isinstance(rule, GraphRule):
            judge.graph(rule, declared.graph, rule.limits())
        else:
            for each in declared.resources:
                judge.resource(rule, each, rule.limits())
        assert [found.message for found in judge.findings] == [], rule.id


def test_a_clone_that_never_expires_is_named() -> None:
    """The component registers when it expires."""
    assert _named(_rule("clone-expiry"), _cloned().graph) == {"clone-trial"}


def test_what_a_duty_may_take_is_what_its_project_takes() -> None:
    """A project that loses a minute loses a build; a limit above it would let the next change slip in."""
    rule = _rule("build-time")
    seen = {}
    for stack in StackName:
        for project in declared_graph(stack).resources:
            if project.type == "aws:codebuild/project:Project":
                seen[str(project.properties["name"]).split("-", 2)[2]] = project.properties["buildTimeout"]
    assert seen == rule.limits().duties


def test_a_pipelines_policy_is_judged() -> None:
    """One that reaches further is named: the URN tells that it is a pipeline's."""
    rule = _rule("pipeline-reach")
    wide = json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
    found = []
    for each in declared_graph(StackName.PROD).resources:
        if each.type == "aws:iam/rolePolicy:RolePolicy":
            widened = Resource(type=each.type, name=each.name, urn=each.urn, properties={"policy": wide})
            found += judge_of().resource(rule, widened, rule.limits())
    assert len(found) == 12
