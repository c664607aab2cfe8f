"""Who may do what, and who must not: every right that the platform gives, judged as AWS judges it.

A row names the layers that refuse a request, each by itself: the role's own policies, its boundary, the
policy of the bucket or key. Nothing refuses: it is granted. The last tests loosen each statement of every
document, one by one: a row must notice.
"""

import json
from fnmatch import filter as matching
from importlib.resources import files
from typing import Final

import pytest

from slipway.model.environment import Environment, StackName
from slipway.model.tags import PLATFORM_PIPELINE
from tests.doubles.declared_stacks import declared
from tests.doubles.rights import Rights, declared_rights, holder
from tests.stacks.rights import applier, builds, environments, releases, services
from tests.stacks.rights.doors import GUESTS, Guest
from tests.stacks.rights.places import APPROVE, BUILD, CHECK, SIGN
from tests.stacks.rights.request import Row, everybodys
from tests.stacks.rights.trust import TRUST, Trust

ROWS: Final = [
    *releases.build(),
    *releases.sign(),
    *releases.approve(),
    *releases.check(),
    *(
        row
        for stack in Environment
        for row in (
            *environments.deploy(stack),
            *applier.applier(stack),
            *environments.break_glass(stack),
            *environments.observe(stack),
            *environments.pipeline(stack),
            *environments.query(stack),
            *services.airflow(stack),
            *services.flow_log(stack),
            *builds.running(stack, "deploy", ("deploy", "janitor", "rollback", "tick"), reads="deploy"),
            *builds.running(stack, "observe", ("observe",), reads="observe"),
            *builds.recorder(StackName(stack.value)),
        )
    ),
    *(row for stack in StackName for row in builds.events(stack)),
    *services.flow_log("shared"),
    *builds.running("shared", "build", ("build",), reads="build"),
    *builds.running("shared", "sign", ("sign",), reads="sign"),
    *builds.running("shared", "audit", ("audit",)),
    *builds.running("dev", "check", ("check",)),
    *builds.audit(),
    *builds.reporting(),
    *builds.batches(),
    *(
        row
        for role in (BUILD, SIGN, APPROVE, "slipway-shared-audit", "slipway-shared-network")
        for row in everybodys("shared", role)
    ),
    *(row for stack in Environment for row in everybodys("shared", f"slipway-shared-deploy-{stack}")),
    *(row for stack in StackName for row in everybodys(stack, f"slipway-{stack}-events")),
    *everybodys("dev", CHECK),
    *everybodys("dev", "slipway-dev-check-batch"),
    *(
        row
        for stack in Environment
        for duty in (
            "airflow",
            "break-glass",
            "chargebacks",
            "deploy",
            "ledger-postings",
            "network",
            "observe",
        )
        for row in everybodys(stack, f"slipway-{stack}-{duty}")
    ),
]


TRACKED: Final = sorted({row.role for row in ROWS})


@pytest.fixture(scope="module")
def rights() -> Rights:
    """What the four stacks declare."""
    return declared_rights()


@pytest.mark.parametrize("role", TRACKED)
def test_who_may_do_what(rights: Rights, role: str) -> None:
    """Granted, or refused by exactly these layers: one layer less is a right nearer."""
    mine = [row for row in ROWS if row.role == role]
    found = [(str(row), rights.refusing(role, row.action, row.resource, row.context)) for row in mine]
    assert found == [(str(row), row.refused_by) for row in mine]


@pytest.mark.parametrize("resource", sorted({guest.resource for guest in GUESTS}))
def test_whom_a_bucket_or_a_key_lets_in(rights: Rights, resource: str) -> None:
    """By the resource's own policy, whatever the caller's policies say."""
    wrong = [str(guest) for guest in GUESTS if guest.resource == resource and not guest.holds(rights)]
    assert wrong == []


@pytest.mark.parametrize("role", sorted({case.role for case in TRUST}))
def test_who_may_become_what(rights: Rights, role: str) -> None:
    """Builds by project, workflows by claims, people by user and second factor; nobody by account alone."""
    wrong = [str(case) for case in TRUST if case.role == role and not case.holds(rights)]
    assert wrong == []


def test_every_role_of_every_stack_is_bounded(rights: Rights) -> None:
    """Also the pipelines' roles: a role without a boundary is as strong as its policies are wide."""
    for stack in StackName:
        (boundary,) = declared(stack).of("aws:iam/policy:Policy")
        arn = f"arn:aws:iam::{declared(stack).account}:policy/{boundary.inputs['name']}"
        for role in declared(stack).of("aws:iam/role:Role"):
            assert rights.roles[role.inputs["name"]].boundary == arn


def test_every_duty_of_the_platform_is_judged(rights: Rights) -> None:
    """A role that no row speaks of could do anything; one pipeline stands for all."""
    duties = {name for name, role in rights.roles.items() if role.tags["Pipeline"] == PLATFORM_PIPELINE}
    assert duties - {row.role for row in ROWS} == set()
    assert duties - {case.role for case in TRUST} == set()


@pytest.mark.parametrize("role", TRACKED)
def test_a_loosened_role_is_noticed(rights: Rights, role: str) -> None:
    """Wider actions or resources, a condition less, in any statement: some row says so."""
    mine: list[Row | Trust] = [row for row in ROWS if row.role == role]
    mine += [case for case in TRUST if case.role == role]
    unnoticed = [how for how, loose in rights.loosenings(role) if all(each.holds(loose) for each in mine)]
    assert unnoticed == []


def test_a_loosened_bucket_or_key_is_noticed(rights: Rights) -> None:
    """The same of the policies of all buckets and keys."""
    unnoticed = []
    for arn in rights.resources:
        mine: list[Row | Guest] = [row for row in ROWS if holder(row.resource) == arn]
        mine += [guest for guest in GUESTS if holder(guest.resource) == arn]
        unnoticed += [
            f"{arn}, {how}"
            for how, loose in rights.resource_loosenings(arn)
            if all(each.holds(loose) for each in mine)
        ]
    assert unnoticed == []


def test_every_action_is_one_that_aws_has(rights: Rights) -> None:
    """A right that is misspelled is granted to nobody, and refused to nobody either.

    cfn-lint brings the actions of the service authorization reference along; `Action` has no case.
    """
    text = files("cfnlint.data.AdditionalSpecs").joinpath("Policies.json").read_text(encoding="utf-8")
    known = {service: list(told["Actions"]) for service, told in json.loads(text).items()}
    documents = [
        *(document for role in rights.roles.values() for document in (role.trust, role.policies)),
        *rights.boundaries.values(),
        *rights.resources.values(),
    ]
    actions = {action for document in documents for each in document for action in each["Action"]}
    parts = {action: action.lower().split(":") for action in actions}
    assert len(actions) > 150
    assert [each for each, (service, name) in parts.items() if not matching(known[service], name)] == []
