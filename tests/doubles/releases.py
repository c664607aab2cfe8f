"""A release of one model of settlements, and the people around it; a test changes one thing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from slipway.attest import digest_of, digest_of_document
from slipway.attest.control import Control
from slipway.checks.names import CheckName
from slipway.model.deployment import Purpose, deployment_id
from slipway.model.effects import Effect, Effects, Operation, Reversibility
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.evidence import Approval, CheckOutcome, CheckResult, CheckRun, Verdict, VerdictResult
from slipway.model.parts import Artifact, PartId
from slipway.model.pipeline import Criticality, PipelineName
from slipway.model.principal import Caller, Principal, UserId
from slipway.model.release import Manifest, MergedPullRequest, Release, Review, ReviewState
from slipway.model.team import Person, PersonId, Role, Roster
from slipway.release.gates.facts import Facts, Known

NOW: Final = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
COMMIT: Final = "c" * 40
BASE: Final = "b" * 40
TREE: Final = "1" * 40


def person(id_: str, *roles: Role) -> Person:
    """Somebody of the team; their login is their id without the dot."""
    return Person(
        id=PersonId(id_),
        name=id_,
        github=id_.replace(".", ""),
        aws_principal=f"arn:aws:iam::111122223333:user/{id_}",
        roles=roles,
    )


ROSTER: Final = Roster(
    people=(
        person("ana.silva", Role.DATA_ENGINEER, Role.APPROVER),
        person("ben.okafor", Role.DATA_ENGINEER, Role.APPROVER),
        person("emma.larsen", Role.DATA_ENGINEER),
        person("grace.kim", Role.PLATFORM_ENGINEER),
        person("henrik.olsen", Role.APPROVER),
        person("ines.duarte", Role.CONTROL_OWNER, Role.APPROVER),
    ),
    teams=(),
)
"""Ana wrote the release below; Grace deploys it; Ben, Henrik and Inês may approve it."""


def approving(id_: str) -> Caller:
    """A session of the role for approvals that somebody opened."""
    return Caller(
        arn=f"arn:aws:sts::111122223333:assumed-role/slipway-shared-approve/{id_}",
        user_id=UserId(f"AROAAPPROVE:{id_}"),
        account="111122223333",
    )


def principal(id_: str, roster: Roster = ROSTER) -> Principal:
    """Somebody of the team, where they approve."""
    found = roster.person(id_)
    if found is None:
        raise KeyError(id_)
    return Principal(caller=approving(id_), person=found.id, github=found.github, roles=found.roles)


REQUEST: Final = MergedPullRequest(
    number=7,
    title="Settle refunds too",
    url="https://github.example/finedge/data/pull/7",
    author="anasilva",
    committers=("anasilva",),
    reviews=(Review(login="benokafor", state=ReviewState.APPROVED),),
    merged_by="benokafor",
    merged_at=NOW - timedelta(hours=2),
    head="d" * 40,
    merge_commit=COMMIT,
)


EVERY_CHECK: Final = tuple(name.value for name in CheckName)
"""More than any change needs."""


def check_run(
    *,
    tree: str = TREE,
    base: str = BASE,
    result: CheckResult | None = CheckResult.PASSED,
    checks: Sequence[str] = ("dbt-build",),
) -> CheckRun:
    """A run of checks that all end the same; of none when there is no result."""
    outcomes = tuple(
        CheckOutcome(
            check=check,
            result=result or CheckResult.PASSED,
            tool="dbt 1.11",
            subjects=(),
            findings=(),
            seconds=1,
        )
        for check in checks
    )
    return CheckRun(
        tree=tree,
        commit=COMMIT,
        base=base,
        impact=(),
        outcomes=outcomes if result else (),
        began=NOW,
        ended=NOW,
    )


RUNNING: Final = Artifact(part=PartId.parse("settlements/dbt"), digest=digest_of(b"before"), size=6)
"""What the release was built upon, and what runs everywhere."""


def document(environment: Environment, *artifacts: Artifact) -> EnvironmentDocument:
    """An environment that runs these artifacts, built from BASE."""
    entries = tuple(
        Entry(part=each.part, artifact=each.digest, release=None, commit=BASE) for each in artifacts
    )
    return EnvironmentDocument(environment=environment, version=1, entries=entries, deployment="first")


def manifest(**changes: object) -> Manifest:
    """The manifest, with fields changed."""
    artifact = Artifact(part=PartId.parse("settlements/dbt"), digest=digest_of(b"bundle"), size=6)
    right = Manifest(
        workspace="finedge",
        repository="finedge/data",
        commit=COMMIT,
        tree=TREE,
        base=BASE,
        artifacts=(artifact,),
        upon=(RUNNING,),
        pull_requests=(REQUEST,),
        checks=("dbt-build",),
        evidence=(digest_of_document(check_run()),),
        slipway="0.1.0",
    )
    return right.model_copy(update=changes)


def release(**changes: object) -> Release:
    """The release, with fields of its manifest changed."""
    written = manifest(**changes)
    return Release(digest=digest_of_document(written), manifest=written)


EFFECTS: Final = Effects.of(
    [
        Effect(
            target="snowflake://FINEDGE.MARTS.SETTLEMENTS",
            operation=Operation.PUBLISH,
            reversibility=Reversibility.POINTER,
        )
    ]
)


def approval(id_: str, of: Release, **changes: object) -> Approval:
    """Somebody's approval of a release in prod, given an hour ago, with fields changed."""
    right = Approval(
        release=of.digest,
        environment=Environment.PROD,
        effects_digest=digest_of_document(EFFECTS),
        effects=EFFECTS,
        approver=principal(id_),
        at=NOW - timedelta(hours=1),
        expires=NOW + timedelta(hours=71),
    )
    return right.model_copy(update=changes)


def verdict(of: Release, environment: Environment, result: VerdictResult, *, at: datetime = NOW) -> Verdict:
    """A verdict."""
    return Verdict(
        deployment=deployment_id(environment, Purpose.DEPLOY, of.digest, 1),
        release=of.digest,
        environment=environment,
        result=result,
        observations=(),
        at=at,
    )


def facts(of: Release, *approvals: Approval) -> Facts:
    """Facts by which the release may go into every environment, as far as these approvals allow it."""
    healthy = (verdict(of, environment, VerdictResult.HEALTHY) for environment in Environment)
    return Facts(
        now=NOW,
        deployer=Known(principal("grace.kim")),
        control=Known(
            Control(roster=ROSTER, criticality={PipelineName("settlements"): Criticality.CRITICAL})
        ),
        running=Known(document(Environment.PROD, RUNNING)),
        runs=Known((check_run(),)),
        approvals=Known(approvals),
        withdrawn=Known(()),
        verdicts=Known(tuple(healthy)),
        stops=Known(()),
    )
