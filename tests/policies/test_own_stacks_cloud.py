"""The program's own four stacks, with every setting that the repository has: no rule finds anything."""

from typing import Any

import pytest

from policies.catalogue import GRAPH_RULES, RULES, STATE_RULES
from policies.rules.durability import EVIDENCE_LOCKED
from policies.rules.identity import MANAGED_RIGHTS
from policies.rules.rule import Graph, GraphRule, Rule
from slipway.model.environment import StackName
from tests.doubles.declared_graph import DeclaredStack, declared_graph
from tests.policies.judged import judge_of

_CLUSTER = (("slipway:sparkClusterUnits", "8"),)
_STACKS = [
    *((stack, ()) for stack in StackName),
    (StackName.PROD, _CLUSTER),
]


def _found(declared: DeclaredStack, rule: Rule[Any] | GraphRule[Any]) -> list[str]:
    judge = judge_of()
    if isinstance(rule, GraphRule):
        judge.graph(rule, declared.graph, rule.limits())
    else:
        for resource in declared.resources:
            judge.resource(rule, resource, rule.limits())
    assert judge.undecided == set()
    return [f"{each.urn}: {each.message}" for each in judge.findings]


@pytest.mark.parametrize(("stack", "changed"), _STACKS)
def test_own_stacks_comply(stack: StackName, changed: Any) -> None:
    """A rule that the platform itself breaks is either wrong about it, or right."""
    declared = declared_graph(stack, changed)
    found = {rule.id: _found(declared, rule) for rule in STATE_RULES}
    assert {rule: messages for rule, messages in found.items() if messages} == {}


def test_each_rule_judges_something_of_the_program() -> None:
    """What judges nothing passes for ever."""
    types = {each.type for stack, changed in _STACKS for each in declared_graph(stack, changed).resources}
    assert [rule.id for rule in RULES if not rule.judges & types] == []


@pytest.mark.parametrize(
    ("rule", "taken"),
    [
        ("bucket-encryption", "BucketServerSideEncryptionConfiguration"),
        ("bucket-access-block", "BucketPublicAccessBlock"),
        ("bucket-versioning", "BucketVersioning"),
    ],
)
def test_what_a_stack_lacks_is_found(rule: str, taken: str) -> None:
    """The relations of the program's own resources are seen: without a companion each bucket is named."""
    whole = declared_graph(StackName.SHARED).graph
    rest = Graph(tuple(each for each in whole.nodes if not each.resource.type.endswith(f":{taken}")))
    (found,) = (each for each in GRAPH_RULES if each.id == rule)
    named = {each.urn for each in judge_of().graph(found, rest, found.limits())}
    buckets = {each.resource.urn for each in rest.of("aws:s3/bucket:Bucket")}
    assert len(buckets) == 3
    assert named == buckets


def test_the_boundary_is_known_by_its_roles() -> None:
    """Without them it is a policy like any other, and far too wide."""
    whole = declared_graph(StackName.SHARED).graph
    rest = Graph(tuple(each for each in whole.nodes if each.resource.type != "aws:iam/role:Role"))
    found = judge_of().graph(MANAGED_RIGHTS, rest, MANAGED_RIGHTS.limits())
    assert {each.urn for each in found} == {each.resource.urn for each in rest.of("aws:iam/policy:Policy")}


def test_evidence_is_known_by_its_store_and_by_its_trail() -> None:
    """Without their default retention both are found, and the artifacts, which have no lock, are not."""
    whole = declared_graph(StackName.SHARED).graph
    kind = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
    rest = Graph(tuple(each for each in whole.nodes if each.resource.type != kind))
    found = judge_of().graph(EVIDENCE_LOCKED, rest, EVIDENCE_LOCKED.limits())
    assert {each.urn.rpartition("::")[2] for each in found} == {"audit-evidence", "trail"}
