"""The estate: in which account each stack is, how one gets there, and what things are called there.

Read from the stack files, never from Pulumi's state: names follow from `slipway.model.naming`. So a command
finds everything without a running engine, and before a stack has come up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from slipway.model.check_pool import CheckPool
from slipway.model.environment import Environment, StackName
from slipway.model.errors import DefinitionError, DependencyError
from slipway.model.naming import Naming

_PROJECT: Final = "Pulumi.yaml"
_ORGANIZATION: Final = "slipway:organization"
_OWNER: Final = "github:owner"
_WORKSPACE: Final = "slipway:workspace"
_PLACE_VARIABLE: Final = "PULUMI_OPTION_CWD"
"""Pulumi's own: where `pulumi` looks for its project."""


class NoPlatformError(DependencyError):
    """There is no platform project here, so nobody knows which accounts there are."""


@dataclass(frozen=True, kw_only=True)
class StackPlace:
    """Where a stack is.

    Attributes:
        naming: what things are called in it.
        region: AWS region.
        role_arn: the role that works in its account; None: one's own credentials do.
        needs_airflow: whether it has an Airflow that must not be lost, and so cannot do without one.
        statement_minutes: how long a statement may run in its Snowflake; None: as long as Snowflake says.
        time_travel_days: how far back its database can be read; None: as far as Snowflake says.
        check_pool: the masked clones of its rows that wait for checks; None: there are none.
    """

    naming: Naming
    region: str
    role_arn: str | None
    needs_airflow: bool
    statement_minutes: int | None
    time_travel_days: int | None
    check_pool: CheckPool | None = None


@dataclass(frozen=True, kw_only=True)
class Estate:
    """All stacks.

    Attributes:
        platform: the folder with Pulumi.yaml and the stack files.
        stacks: where each is.
        github_owner: who owns the workspace's repository on GitHub.
        project: name of the Pulumi project: a folder of its backend.
    """

    platform: Path
    stacks: Mapping[StackName, StackPlace]
    github_owner: str
    project: str

    @property
    def shared(self) -> StackPlace:
        """The audit account: evidence, ledger, artifacts, signing key."""
        return self.stacks[StackName.SHARED]

    def environment(self, environment: Environment) -> StackPlace:
        """An environment's account: leases, journal, environment documents."""
        return self.stacks[StackName(environment.value)]


class _Role(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    role_arn: Annotated[str, Field(alias="roleArn", pattern=r"^arn:aws:iam::\d{12}:role/.+$")]


class _Config(BaseModel):
    """What of a stack file's configuration says where the stack is; the rest is the program's business."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    region: Annotated[str, Field(alias="aws:region")]
    accounts: Annotated[
        tuple[Annotated[str, Field(pattern=r"^\d{12}$")], ...],
        Field(alias="aws:allowedAccountIds", min_length=1, max_length=1),
    ]
    roles: Annotated[tuple[_Role, ...], Field(alias="aws:assumeRoles", max_length=1)] = ()
    organization: Annotated[str | None, Field(alias=_ORGANIZATION)] = None
    airflow_protected: Annotated[bool, Field(alias="slipway:airflowProtected")] = False
    statement_minutes: Annotated[int | None, Field(alias="slipway:statementLimitMinutes", ge=1)] = None
    time_travel_days: Annotated[int | None, Field(alias="slipway:timeTravelDays", ge=1)] = None
    check_pool: Annotated[CheckPool | None, Field(alias="slipway:checkPool")] = None


def find_platform(start: Path, environ: Mapping[str, str]) -> Path:
    """Find the platform's project: where Pulumi is told to look, else the nearest folder upwards.

    Args:
        start: where the command runs.
        environ: its environment.

    Raises:
        NoPlatformError: there is none.
    """
    named = environ.get(_PLACE_VARIABLE)
    folders = (Path(named),) if named else (start, *start.parents)
    for folder in folders:
        if (folder / _PROJECT).is_file():
            return folder
    where = f"{named} ({_PLACE_VARIABLE}) has no" if named else f"neither {start} nor a folder above has a"
    raise NoPlatformError(
        f"no platform project here: {where} {_PROJECT}",
        remedy=f"go to a checkout of the platform, or name its folder in {_PLACE_VARIABLE}",
    )


def read_estate(platform: Path) -> Estate:
    """Read where every stack is.

    Args:
        platform: the folder with Pulumi.yaml and the stack files.

    Raises:
        DefinitionError: a file is missing or wrong; it names file and key.
    """
    organization = _default(platform / _PROJECT, _ORGANIZATION)
    return Estate(
        platform=platform,
        github_owner=_github_owner(platform / f"Pulumi.{StackName.SHARED}.yaml"),
        project=_project(platform / _PROJECT),
        stacks={stack: _place(platform / f"Pulumi.{stack}.yaml", stack, organization) for stack in StackName},
    )


def _place(path: Path, stack: StackName, organization: str | None) -> StackPlace:
    try:
        config = _Config.model_validate(document_of(path).get("config") or {})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(step) for step in first["loc"])
        raise DefinitionError(
            f"{path.name}: '{key}' is wrong: {first['msg']}",
            remedy=f"pulumi config set {key} VALUE -s {stack}",
        ) from error
    named = config.organization or organization
    if named is None:
        raise DefinitionError(
            f"neither {_PROJECT} nor {path.name} sets '{_ORGANIZATION}'",
            remedy=f"pulumi config set {_ORGANIZATION} NAME -s {stack}",
        )
    naming = Naming(organization=named, stack=stack, account_id=config.accounts[0])
    role = config.roles[0].role_arn if config.roles else None
    return StackPlace(
        naming=naming,
        region=config.region,
        role_arn=role,
        needs_airflow=config.airflow_protected,
        statement_minutes=config.statement_minutes,
        time_travel_days=config.time_travel_days,
        check_pool=config.check_pool,
    )


def _github_owner(path: Path) -> str:
    owner = (document_of(path).get("config") or {}).get(_OWNER)
    if not isinstance(owner, str):
        raise DefinitionError(
            f"{path.name}: '{_OWNER}' is missing",
            remedy=f"pulumi config set {_OWNER} NAME -s {StackName.SHARED}",
        )
    return owner


def _project(path: Path) -> str:
    name = document_of(path).get("name")
    if not isinstance(name, str):
        raise DefinitionError(f"{path} names no project", remedy="give it a `name:`, as Pulumi asks for")
    return name


def workspace_of(platform: Path, stack: StackName) -> Path:
    """Return the folder of the workspace that a stack's settings name.

    Args:
        platform: the folder with Pulumi.yaml and the stack files.
        stack: which.

    Raises:
        DefinitionError: none is named.
    """
    own = (document_of(platform / f"Pulumi.{stack}.yaml").get("config") or {}).get(_WORKSPACE)
    named = own or _default(platform / _PROJECT, _WORKSPACE)
    if named is None:
        raise DefinitionError(
            f"neither {_PROJECT} nor Pulumi.{stack}.yaml sets '{_WORKSPACE}'",
            remedy=f"pulumi config set {_WORKSPACE} FOLDER -s {stack}",
        )
    return (platform / str(named)).resolve()


def _default(path: Path, key: str) -> str | None:
    declared: Any = (document_of(path).get("config") or {}).get(key)
    value = declared.get("default") if isinstance(declared, dict) else declared
    return None if value is None else str(value)


def document_of(path: Path) -> dict[str, Any]:
    """Read a stack file, or the project's own.

    Args:
        path: where it is.

    Raises:
        DefinitionError: it is missing, unreadable or no mapping.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DefinitionError(
            f"{path} does not exist", remedy="each stack has its file: see docs/reference/stack-settings.md"
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DefinitionError(
            f"{path} cannot be read: {' '.join(str(error).split())}", remedy="correct the file"
        ) from error
    if not isinstance(document, dict) or not isinstance(document.get("config") or {}, dict):
        raise DefinitionError(f"{path} is no stack file", remedy="give it a `config:` mapping")
    return document
