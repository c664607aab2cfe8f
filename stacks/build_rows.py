"""Which builds there are: one row a project, its buildspec, its values, its limits.

Another build is another row, and another file of buildspecs/.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from components.builds.buildspec import RELEASE, BuildValues
from components.builds.project import Compute
from components.flow.build_alarms import WatchedBuild
from components.repository import DEFAULT_BRANCH
from slipway.model.environment import Environment, StackName
from slipway.model.naming import Naming
from slipway.model.subjects import AUDIT, BUILD, CHECK, CI, DEPLOY, JANITOR, OBSERVE, ROLLBACK, SIGN, TICK
from slipway.model.workload import Workload
from stacks.settings import EnvironmentSettings, Settings, SharedSettings

PIPELINE: Final = "PIPELINE"
"""What a person starts the build of a rollback with."""

REASON: Final = "REASON"
"""Why, for the ledger; a rollback in a hurry may leave it out."""

_ASKS_GITHUB: Final = "GITHUB_TOKEN"
_LOGS_IN: Final = "SNOWFLAKE_PRIVATE_KEY"

_SPARE_MINUTES: Final = 5
"""Of a time limit, for what is done before and after waiting."""

_NIGHT: Final = timedelta(hours=26)
"""From one night's build to the end of the next one's."""

_PATIENCE_MINUTES: Final = 25
"""How long a deployment's build waits for others' work; then the tick continues."""

_LONGEST_MINUTES: Final = 480
"""Of what goes on with a release: what that does has limits of its own, in the entries of pipelines.

A deployment's build is ended sooner; what it has begun the tick begins again, and has the time to end it.
"""

_JANITOR_MINUTES: Final = 30
_RECOVERY_MINUTES: Final = 15


@dataclass(frozen=True, kw_only=True)
class BuildRow:
    """One build of a stack.

    Attributes:
        duty: names project and buildspec.
        purpose: one line.
        minutes: its time limit.
        variables: what its buildspec reads.
        secret: whose secret it reads.
        secrets: what of that, as names of variables.
        given: variables that whoever starts it sets.
        compute: how large.
        on_workspace: it works on the workspace's history.
        on_merge: a merge starts it.
        unseen: nobody looks at it, so an alarm tells when it fails. The others tell GitHub, and a deployment
            fails whenever its gates refuse: what is wrong with one, the alarms about deployments say.
        due_within: after so long without success an alarm tells too.
    """

    duty: str
    purpose: str
    minutes: int
    variables: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""
    secrets: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    compute: Compute = Compute.SMALL
    on_workspace: bool = False
    on_merge: bool = False
    unseen: bool = False
    due_within: timedelta | None = None

    def values(self, naming: Naming) -> BuildValues:
        """Return what the buildspec reads, with where its secrets are."""
        places = {name: f"{naming.secrets(self.secret)}:{name.lower()}" for name in self.secrets}
        return BuildValues(variables=self.variables, secrets=places, given=self.given)


def shared_rows(settings: SharedSettings) -> tuple[BuildRow, ...]:
    """Return the builds of the audit account."""
    # What is built is checked where pull requests are: `slipway check` clones from dev.
    dev = settings.naming.of(StackName.DEV, settings.environment_accounts[Environment.DEV])
    return (
        BuildRow(
            duty=BUILD,
            purpose="Builds what was merged, unsigned",
            minutes=30,
            variables=_snowflake(settings, dev, CI, Workload.CI),
            secret=BUILD,
            secrets=(_ASKS_GITHUB, _LOGS_IN),
            compute=Compute.MEDIUM,
            on_workspace=True,
            on_merge=True,
        ),
        BuildRow(
            duty=SIGN,
            purpose="Looks again at what was built, and signs it",
            minutes=15,
            secret=SIGN,
            secrets=(_ASKS_GITHUB,),
            given=(RELEASE,),
            on_workspace=True,
            unseen=True,
        ),
        BuildRow(
            duty=AUDIT,
            purpose="Proves every night that the records are whole",
            minutes=60,
            unseen=True,
            due_within=_NIGHT,
        ),
    )


def environment_rows(settings: EnvironmentSettings) -> tuple[BuildRow, ...]:
    """Return the builds of an environment, but for checks."""
    target = {"SLIPWAY_TARGET": settings.stack.value}
    return (*_release_rows(settings, target), *_upkeep_rows(settings, target))


def _release_rows(settings: EnvironmentSettings, target: Mapping[str, str]) -> tuple[BuildRow, ...]:
    """What carries releases in, on and back."""
    return (
        BuildRow(
            duty=DEPLOY,
            purpose="Carries a release in",
            minutes=_PATIENCE_MINUTES + _SPARE_MINUTES,
            variables={**target, **_waiting(_PATIENCE_MINUTES), **_deployer(settings, Workload.RELEASE)},
            secret=DEPLOY,
            secrets=(_LOGS_IN,),
            given=(RELEASE,),
            compute=Compute.MEDIUM,
        ),
        BuildRow(
            duty=ROLLBACK,
            purpose="Takes one pipeline back",
            minutes=_RECOVERY_MINUTES,
            variables={
                **target,
                **_waiting(_RECOVERY_MINUTES - _SPARE_MINUTES),
                **_deployer(settings, Workload.ROLLBACK),
            },
            secret=DEPLOY,
            secrets=(_LOGS_IN,),
            given=(PIPELINE, REASON),
            compute=Compute.MEDIUM,
            unseen=True,
        ),
        BuildRow(
            duty=TICK,
            purpose="Continues what waits",
            minutes=_LONGEST_MINUTES,
            variables={**target, **_deployer(settings, Workload.RELEASE)},
            secret=DEPLOY,
            secrets=(_LOGS_IN,),
            unseen=True,
        ),
    )


def _upkeep_rows(settings: EnvironmentSettings, target: Mapping[str, str]) -> tuple[BuildRow, ...]:
    """What looks after an environment between releases."""
    return (
        BuildRow(
            duty=JANITOR,
            purpose="Drops kept generations and clones whose time has passed",
            minutes=_JANITOR_MINUTES,
            variables={
                **target,
                "JANITOR_OPTIONS": "--ci" if settings.checks_pull_requests else "",
                **_snowflake(settings, settings.naming, DEPLOY, Workload.RELEASE),
            },
            secret=DEPLOY,
            secrets=(_LOGS_IN,),
            unseen=True,
        ),
        BuildRow(
            duty=OBSERVE,
            purpose="Measures what runs, and tells CloudWatch",
            minutes=5,
            variables={**target, **_snowflake(settings, settings.naming, OBSERVE, Workload.TRANSFORM)},
            secret=OBSERVE,
            secrets=(_LOGS_IN,),
            on_workspace=True,
            unseen=True,
        ),
    )


def check_row(settings: EnvironmentSettings) -> BuildRow:
    """Return the check of pull requests; its project has more to it than the others'."""
    return BuildRow(
        duty=CHECK,
        purpose="Checks pull requests, and what the merge queue is about to merge",
        minutes=12,
        variables={
            "DEFAULT_BRANCH": DEFAULT_BRANCH,
            **_snowflake(settings, settings.naming, CI, Workload.CI),
        },
        secret=CHECK,
        secrets=(_LOGS_IN,),
    )


def watched_builds(rows: Iterable[BuildRow]) -> list[WatchedBuild]:
    """Return the builds that have alarms."""
    return [WatchedBuild(duty=row.duty, due_within=row.due_within) for row in rows if row.unseen]


def _deployer(settings: EnvironmentSettings, workload: Workload) -> dict[str, str]:
    """Whoever updates the stack too: Pulumi's Snowflake provider is told that it logs in with a key."""
    reached = _snowflake(settings, settings.naming, DEPLOY, workload)
    return {**reached, "SNOWFLAKE_AUTHENTICATOR": "SNOWFLAKE_JWT"}


def _snowflake(settings: Settings, naming: Naming, user: str, workload: Workload) -> dict[str, str]:
    """How Snowflake is reached: a user is called as its role is."""
    named = naming.snowflake_account_object(user)
    return {
        "SNOWFLAKE_ACCOUNT": settings.snowflake_account,
        "SNOWFLAKE_USER": named,
        "SNOWFLAKE_ROLE": named,
        "SNOWFLAKE_WAREHOUSE": naming.snowflake_account_object(workload),
    }


def _waiting(minutes: int) -> dict[str, str]:
    return {"PATIENCE_MINUTES": str(minutes)}
