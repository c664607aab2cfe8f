"""How a release gets from account to account: which events start which builds.

    shared   a merge starts `build`; an unsigned manifest starts `sign`; a signed one is told to dev
    dev      what shared tells starts `deploy`; one that succeeds is told to staging
    staging  what dev tells, and each approval, starts `deploy`; one that succeeds is told to prod
    prod     what staging tells, and each approval, starts `deploy`

A deploy that its gates refuse is cheap, and has written down which effects there are to approve. One that
deployed before changes nothing. So an event may come twice, or too early.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import pulumi

from components.builds.project import BuildPlace
from components.flow.bus import ReleaseBus, ReleaseBusArgs
from components.flow.patterns import FIRST_VARIABLE, OBJECT_KEY, build_succeeded, object_created
from components.flow.release_flow import ReleaseFlow, ReleaseFlowArgs
from components.flow.routes import Route
from components.identity.boundary import PermissionBoundary
from components.identity.deploy_role import DeployRole
from components.identity.role import DutyRole
from slipway.model.environment import Environment, StackName
from slipway.model.flow_naming import event_bus, event_bus_arn
from slipway.model.naming import Naming
from slipway.model.subjects import ARTIFACTS, AUDIT, DEPLOY, EVENTS, EVIDENCE, JANITOR, OBSERVE, SIGN, TICK
from stacks.build_rows import environment_rows, shared_rows, watched_builds
from stacks.builds import build_args
from stacks.outputs import SharedOutputs
from stacks.settings import EnvironmentSettings, Settings, SharedSettings

_FLOW: Final = "flow"
_OFTEN: Final = "rate(5 minutes)"
_NOW_AND_THEN: Final = "rate(15 minutes)"
"""A deployment waits in its own build for as long as that may run: this is for what waits longer."""

_NIGHTLY: Final = "cron(0 2 * * ? *)"
_THROUGH_THE_DAY: Final = "cron(0 2/4 * * ? *)"
_APPROVED: Final = (Environment.STAGING, Environment.PROD)
"""Environments that ask for approvals."""

_SIGNED: Final = {"prefix": "releases/"}
_NEXT: Final = {StackName.DEV: StackName.STAGING, StackName.STAGING: StackName.PROD}
"""Where a release goes after an environment."""


@dataclass(frozen=True, kw_only=True)
class FlowParts:
    """What the flow of a stack is joined to.

    Attributes:
        place: where builds run.
        roles: whom they run as, by duty.
        boundary: of the role of the events.
        alert_topic_arn: is told of events that reached nobody.
    """

    place: BuildPlace
    roles: Mapping[str, DutyRole | DeployRole]
    boundary: PermissionBoundary
    alert_topic_arn: pulumi.Input[str]


def deploy_shared_flow(
    settings: SharedSettings, parts: FlowParts, repository: pulumi.Input[str]
) -> ReleaseFlow:
    """Declare the builds of the audit account, and how it tells the environments of a release."""
    builds = build_args(shared_rows(settings), parts.place, parts.roles, repository)
    args = ReleaseFlowArgs(
        naming=settings.naming,
        builds=builds,
        routes=shared_routes(settings),
        watched=watched_builds(shared_rows(settings)),
        boundary_arn=parts.boundary.arn,
        alert_topic_arn=parts.alert_topic_arn,
        tags=settings.platform_tags,
    )
    return ReleaseFlow(_FLOW, args)


def shared_routes(settings: SharedSettings) -> list[Route]:
    """Return which records of the audit account go where."""
    naming, account = settings.naming, settings.account_id
    artifacts, evidence = naming.bucket(ARTIFACTS), naming.bucket(EVIDENCE)
    buses = {
        environment: event_bus_arn(naming.of(StackName(environment.value), number), settings.region)
        for environment, number in settings.environment_accounts.items()
    }
    approvals = [
        Route(
            name=f"approval-{environment}",
            purpose=f"An approval for {environment} is told to it",
            pattern=object_created(account, evidence, approval_of(environment.value)),
            to_bus=buses[environment],
        )
        for environment in _APPROVED
    ]
    return [
        Route(
            name="unsigned",
            purpose="What was built is looked at again, and signed",
            pattern=object_created(account, artifacts, {"prefix": "unsigned/"}),
            project=naming.build_project_arn(SIGN, settings.region),
            release=OBJECT_KEY,
        ),
        Route(
            name="signed",
            purpose="A signed release is told to dev",
            pattern=object_created(account, artifacts, _SIGNED),
            to_bus=buses[Environment.DEV],
        ),
        *approvals,
        _scheduled(settings, AUDIT, _NIGHTLY, "The records are proved"),
    ]


def deploy_environment_flow(
    settings: EnvironmentSettings, parts: FlowParts, shared: SharedOutputs
) -> ReleaseFlow:
    """Declare the builds of an environment, what starts them, and whom it tells."""
    naming = settings.naming
    senders = shared.accounts.apply(lambda accounts: _senders(naming, accounts))
    bus = ReleaseBus(
        "release", ReleaseBusArgs(bus=event_bus(naming), senders=senders, tags=settings.platform_tags)
    )
    args = ReleaseFlowArgs(
        naming=naming,
        builds=build_args(environment_rows(settings), parts.place, parts.roles, shared.repository),
        routes=_environment_routes(settings, bus, shared),
        watched=watched_builds(environment_rows(settings)),
        boundary_arn=parts.boundary.arn,
        alert_topic_arn=parts.alert_topic_arn,
        tags=settings.platform_tags,
    )
    return ReleaseFlow(_FLOW, args)


def _environment_routes(settings: EnvironmentSettings, bus: ReleaseBus, shared: SharedOutputs) -> list[Route]:
    naming = settings.naming
    deploy = naming.build_project_arn(DEPLOY, settings.region)
    incoming = [
        Route(
            name=told.name,
            purpose=told.purpose,
            pattern=shared.accounts.apply(partial(told.pattern, naming)),
            bus=bus.bus_name,
            project=deploy,
            release=told.release,
        )
        for told in _TOLD[settings.environment]
    ]
    return [
        *incoming,
        *_outgoing(settings, shared),
        _scheduled(settings, TICK, _NOW_AND_THEN, "Deployments that wait are looked at"),
        _scheduled(settings, JANITOR, _cleaned(settings), "What has expired is dropped"),
        _scheduled(settings, OBSERVE, _OFTEN, "What is measured is published"),
    ]


def _cleaned(settings: EnvironmentSettings) -> str:
    """Return when the janitor comes: where it keeps a pool, checks take from it all day."""
    return _NIGHTLY if settings.check_pool is None else _THROUGH_THE_DAY


def _outgoing(settings: EnvironmentSettings, shared: SharedOutputs) -> list[Route]:
    naming, after = settings.naming, _NEXT.get(settings.stack)
    if after is None:
        return []
    bus = shared.accounts.apply(
        lambda accounts: event_bus_arn(naming.of(after, accounts[after]), settings.region)
    )
    route = Route(
        name="deployed",
        purpose=f"A release that was deployed is told to {after}",
        pattern=build_succeeded(settings.account_id, naming.build_project(DEPLOY)),
        to_bus=bus,
    )
    return [route]


def _scheduled(settings: Settings, duty: str, schedule: str, purpose: str) -> Route:
    project = settings.naming.build_project_arn(duty, settings.region)
    return Route(name=duty, purpose=purpose, schedule=schedule, project=project)


def signed(naming: Naming, accounts: Mapping[str, str]) -> str:
    """Match a signed manifest in the artifact bucket."""
    shared = naming.of(StackName.SHARED, accounts[StackName.SHARED])
    return object_created(shared.account_id, shared.bucket(ARTIFACTS), _SIGNED)


def approved(naming: Naming, accounts: Mapping[str, str]) -> str:
    """Match an approval for an environment in the evidence bucket."""
    shared = naming.of(StackName.SHARED, accounts[StackName.SHARED])
    return object_created(shared.account_id, shared.bucket(EVIDENCE), approval_of(naming.stack))


def deployed_before(naming: Naming, accounts: Mapping[str, str]) -> str:
    """Match a deployment in the environment below that succeeded."""
    before = next(stack for stack, after in _NEXT.items() if after is naming.stack)
    return build_succeeded(accounts[before], naming.of(before, accounts[before]).build_project(DEPLOY))


def approval_of(stack: str) -> Mapping[str, str]:
    """Match keys of approvals: `approvals/<release>/<environment>/<user id>/<name>`."""
    return {"wildcard": f"approvals/*/{stack}/*"}


def _senders(naming: Naming, accounts: Mapping[str, str]) -> list[str]:
    """Return whose events an environment takes: those of shared, and of the environment below it."""
    stacks = [StackName.SHARED, *(stack for stack, after in _NEXT.items() if after is naming.stack)]
    return [naming.of(stack, accounts[stack]).role_arn(EVENTS) for stack in stacks]


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What an environment is told.

    Attributes:
        name: of the rule.
        purpose: one line.
        pattern: from the environment's names and all accounts.
        release: where the event names the release.
    """

    name: str
    purpose: str
    pattern: Callable[[Naming, Mapping[str, str]], str]
    release: str


_ABOVE_DEV: Final = (
    _Told(name="approved", purpose="An approval begins a deployment", pattern=approved, release=OBJECT_KEY),
    _Told(
        name="promoted",
        purpose="What succeeded below is deployed, or its effects are written down to be approved",
        pattern=deployed_before,
        release=FIRST_VARIABLE,
    ),
)
_TOLD: Final[Mapping[Environment, tuple[_Told, ...]]] = {
    Environment.DEV: (
        _Told(name="signed", purpose="A signed release is deployed", pattern=signed, release=OBJECT_KEY),
    ),
    Environment.STAGING: _ABOVE_DEV,
    Environment.PROD: _ABOVE_DEV,
}
