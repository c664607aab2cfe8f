"""Rules about GitHub: the default branch, and who lets a deployment in."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest

from policies.rules.rule import Node
from policies.rules.source_control import BRANCH_BYPASS, BRANCH_REVIEW, DEPLOYMENT_REVIEW
from tests.policies.judged import node_of, urn_of
from tests.policies.placed import Unknown, judged_at, judged_graph

REPOSITORY = "github:index/repository:Repository"
RULESET = "github:index/repositoryRuleset:RepositoryRuleset"
ENVIRONMENT = "github:index/repositoryEnvironment:RepositoryEnvironment"

RULES: dict[str, Any] = {
    "pullRequest": {
        "requiredApprovingReviewCount": 1.0,
        "requireCodeOwnerReview": True,
        "requireLastPushApproval": True,
    },
    "requiredStatusChecks": {"requiredChecks": [{"context": "slipway/check"}]},
}
HELD: dict[str, Any] = {
    "repository": "pipelines",
    "enforcement": "active",
    "target": "branch",
    "conditions": {"refName": {"includes": ["~DEFAULT_BRANCH"], "excludes": []}},
    "rules": RULES,
}
NONE = [
    "asks 0 reviews of what gets into its default branch, not 1",
    "asks no code owner about what gets into its default branch",
    "lets whoever pushed last approve what gets into its default branch",
    "asks no status check of what gets into its default branch",
]


def _ruleset(name: str = "rules", **changed: Any) -> Node:
    return node_of(RULESET, {**HELD, **changed}, name=name)


def _rules(rule: str, key: str, value: Any) -> dict[str, Any]:
    rules = deepcopy(RULES)
    rules[rule][key] = value
    return rules


def _refs(*includes: str, excludes: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"refName": {"includes": list(includes), "excludes": list(excludes)}}


def _review(*rulesets: Node, **limits: Any) -> list[str]:
    repository = node_of(REPOSITORY, {"name": "pipelines"})
    found = judged_graph(BRANCH_REVIEW, [repository, *rulesets], **limits)
    assert all(urn == urn_of(REPOSITORY) for urn, _ in found)
    return [message.removeprefix(f"{repository.resource.told} ") for _, message in found]


def test_a_default_branch_that_asks_for_everything_complies() -> None:
    """And one without a ruleset asks for nothing."""
    assert _review(_ruleset()) == []
    assert _review() == NONE


@pytest.mark.parametrize(
    ("rules", "lacks"),
    [
        (_rules("pullRequest", "requiredApprovingReviewCount", 0), NONE[:1]),
        (_rules("pullRequest", "requiredApprovingReviewCount", 2), []),
        (_rules("pullRequest", "requireCodeOwnerReview", value=False), NONE[1:2]),
        (_rules("pullRequest", "requireLastPushApproval", value=False), NONE[2:3]),
        (_rules("requiredStatusChecks", "requiredChecks", []), NONE[3:]),
        ({"requiredStatusChecks": RULES["requiredStatusChecks"]}, NONE[:3]),
        ({"pullRequest": RULES["pullRequest"]}, NONE[3:]),
        ({"pullRequest": {}, "requiredStatusChecks": {}}, NONE),
    ],
)
def test_each_rule_is_needed(rules: Mapping[str, Any], lacks: list[str]) -> None:
    """GitHub asks nothing by itself."""
    assert _review(_ruleset(rules=rules)) == lacks


def test_a_pack_may_ask_for_more_reviews() -> None:
    """The boundary is enough."""
    two = _rules("pullRequest", "requiredApprovingReviewCount", 2.0)
    assert _review(_ruleset(rules=two), reviews=2) == []
    assert _review(_ruleset(), reviews=2) == ["asks 1 reviews of what gets into its default branch, not 2"]


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        ({"enforcement": "evaluate"}, False),
        ({"enforcement": "disabled"}, False),
        ({"target": "tag"}, False),
        ({"conditions": None}, False),
        ({"conditions": _refs()}, False),
        ({"conditions": _refs("refs/heads/release")}, False),
        ({"conditions": _refs("refs/heads/release", "~DEFAULT_BRANCH")}, True),
        ({"conditions": _refs("refs/heads/main")}, True),
        ({"conditions": _refs("~ALL")}, True),
        ({"conditions": {"refName": {"includes": ["~ALL"]}}}, True),
        ({"conditions": _refs("~ALL", excludes=("refs/heads/release",))}, True),
        ({"conditions": _refs("~ALL", excludes=("~DEFAULT_BRANCH",))}, False),
        ({"conditions": _refs("~ALL", excludes=("refs/heads/main",))}, False),
        ({"conditions": _refs("~DEFAULT_BRANCH", excludes=("refs/heads/x", "~ALL"))}, False),
    ],
)
def test_only_what_holds_on_the_default_branch_counts(changed: dict[str, Any], holds: Any) -> None:
    """For what it asks, and for whom it lets around."""
    assert _review(_ruleset(**changed)) == ([] if holds else NONE)
    around = {**HELD, **changed, "bypassActors": [{"actorType": "OrganizationAdmin"}]}
    assert len(judged_at(BRANCH_BYPASS, RULESET, around)) == (1 if holds else 0)


def test_a_default_branch_may_be_called_otherwise() -> None:
    """Where a ruleset names it."""
    trunk: dict[str, Any] = {"conditions": _refs("refs/heads/trunk")}
    assert _review(_ruleset(**trunk), branch="trunk") == []
    assert _review(_ruleset(**trunk)) == NONE
    around = {**HELD, **trunk, "bypassActors": [{"actorType": "OrganizationAdmin"}]}
    assert len(judged_at(BRANCH_BYPASS, RULESET, around, branch="trunk")) == 1


def test_rulesets_add_up() -> None:
    """One asks for reviews, another for checks."""
    first = _ruleset("first", rules={"pullRequest": RULES["pullRequest"]})
    second = _ruleset("second", rules={"requiredStatusChecks": RULES["requiredStatusChecks"]})
    assert _review(first, second) == []
    assert _review(second, first) == []


def test_a_ruleset_is_of_one_repository() -> None:
    """By its name, or by where the name comes from."""
    assert _review(_ruleset(repository="else")) == NONE
    unknown = Unknown({key: each for key, each in HELD.items() if key != "repository"}, "repository")
    assert _review(node_of(RULESET, unknown, repository=urn_of(REPOSITORY))) == []


@pytest.mark.parametrize("actors", [None, []])
def test_nobody_goes_around_the_rules(actors: list[Any] | None) -> None:
    """The happy path."""
    assert judged_at(BRANCH_BYPASS, RULESET, {**HELD, "bypassActors": actors}) == []


def _around(actor: Mapping[str, Any], *allowed: str) -> list[str]:
    return judged_at(BRANCH_BYPASS, RULESET, {**HELD, "bypassActors": [actor]}, actors=list(allowed))


def test_whoever_goes_around_is_named() -> None:
    """Each of them, with who may."""
    actors = [{"actorType": "OrganizationAdmin"}, Unknown({"actorType": "Team"}, "actorId")]
    assert judged_at(BRANCH_BYPASS, RULESET, {**HELD, "bypassActors": actors}) == [
        "lets a OrganizationAdmin go around its rules; nobody may",
        "lets a Team go around its rules; nobody may",
    ]


@pytest.mark.parametrize(
    ("allowed", "found"),
    [
        (("Team",), 0),
        (("Team:1234567",), 0),
        (("Team:1234567", "Integration"), 0),
        (("Team:1",), 1),
        (("Integration:1234567",), 1),
    ],
)
def test_a_pack_may_allow_some(allowed: tuple[str, ...], found: int) -> None:
    """All of a type, or one by its number."""
    told = [f"lets a Team go around its rules; {', '.join(allowed)} may"]
    assert _around({"actorType": "Team", "actorId": 1234567.0}, *allowed) == told[:found]


def test_a_number_is_not_read_where_only_others_have_one() -> None:
    """That of a team which is not made yet is not known."""
    assert len(_around(Unknown({"actorType": "Team"}, "actorId"), "Integration:1")) == 1
    assert _around(Unknown({"actorType": "Team"}, "actorId"), "Team", "Integration:1") == []


@pytest.mark.parametrize("environment", ["staging", "prod"])
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, ""),
        ({"reviewers": [{"users": [7]}]}, ""),
        ({"reviewers": [{"teams": []}, {"users": [7]}]}, ""),
        ({"reviewers": None}, "deploys to {} without reviewers; it has to have some"),
        ({"reviewers": []}, "deploys to {} without reviewers; it has to have some"),
        ({"reviewers": [{"teams": []}]}, "deploys to {} without reviewers; it has to have some"),
        (
            {"preventSelfReview": False},
            "lets people review their own deployment to {}; somebody else has to",
        ),
        (
            {"preventSelfReview": None},
            "lets people review their own deployment to {}; somebody else has to",
        ),
        ({"canAdminsBypass": True}, "lets administrators deploy to {} unreviewed; nobody may"),
    ],
)
def test_somebody_else_lets_a_deployment_in(environment: str, changed: dict[str, Any], told: str) -> None:
    """Numbers of teams that are not made yet are not read."""
    properties = {
        "environment": environment,
        "preventSelfReview": True,
        "canAdminsBypass": False,
        "reviewers": [{"teams": Unknown({}, "0")}],
        **changed,
    }
    expected = [told.format(environment)] if told else []
    assert judged_at(DEPLOYMENT_REVIEW, ENVIRONMENT, properties) == expected


def test_administrators_go_around_by_themselves() -> None:
    """Where nothing is said; and where nothing has to be reviewed, that is fine."""
    reviewed = {"environment": "prod", "preventSelfReview": True, "reviewers": [{"users": [7]}]}
    assert len(judged_at(DEPLOYMENT_REVIEW, ENVIRONMENT, reviewed)) == 1
    assert judged_at(DEPLOYMENT_REVIEW, ENVIRONMENT, {"environment": "dev"}) == []
    assert len(judged_at(DEPLOYMENT_REVIEW, ENVIRONMENT, {"environment": "dev"}, reviewed=["dev"])) == 3
