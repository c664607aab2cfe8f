"""MWAA's environments of all accounts: made, changed and deleted as its API reference says, in no time.

Owned here: what an environment is told to be, and what it says of itself. Not owned: the Airflow behind it.
One that was started with the world serves the environment of its stack from the first moment on, so that
deployments can be tried without a program; CreateEnvironment then says what that environment is. One whose
Airflow nobody started is PENDING for ever, as an environment is on MWAA until it can be reached.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

from slipway_sandbox.airflow.place import DAGS_PREFIX, environment_name, execution_role
from slipway_sandbox.airflow.version import airflow_version
from slipway_sandbox.aws.faults import AwsError
from slipway_sandbox.world import Founding

_CLASSES: Final = tuple(f"mw1.{size}" for size in ("micro", "small", "medium", "large", "xlarge", "2xlarge"))
_MODULES: Final = {
    "DagProcessingLogs": "DAGProcessing",
    "SchedulerLogs": "Scheduler",
    "TaskLogs": "Task",
    "WebserverLogs": "WebServer",
    "WorkerLogs": "Worker",
}
"""Members of the logging configuration, and how their log groups end."""

_VERSIONED: Final = ("Plugins", "Requirements", "StartupScript")
_REQUIRED: Final = ("ExecutionRoleArn", "SourceBucketArn", "DagS3Path", "NetworkConfiguration")
_OPTIONAL: Final = (
    "AirflowConfigurationOptions",
    "AirflowVersion",
    "EndpointManagement",
    "EnvironmentClass",
    "KmsKey",
    "LoggingConfiguration",
    "MaxWebservers",
    "MaxWorkers",
    "MinWebservers",
    "MinWorkers",
    "Schedulers",
    "Tags",
    "WebserverAccessMode",
    "WeeklyMaintenanceWindowStart",
    *(f"{file}{part}" for file in _VERSIONED for part in ("S3Path", "S3ObjectVersion")),
)
_KNOWN: Final = frozenset({*_REQUIRED, *_OPTIONAL})
_FIXED: Final = frozenset({"EndpointManagement", "KmsKey", "Tags"})
"""What UpdateEnvironment does not take."""

_SUBNETS: Final = 2


class _Life(StrEnum):
    """How an environment came to be: with the world, by a call; or that it is gone."""

    FOUNDED = "founded"
    CREATED = "created"
    DELETED = "deleted"


@dataclass(kw_only=True)
class Environment:
    """One MWAA environment.

    Attributes:
        name: in the API.
        account: whose it is.
        url: base URL of its Airflow's web server; "" when none was started.
        stack: the stack whose Airflow that is.
        told: the members that it was created or changed with.
        life: how it came to be.
        since: when, in seconds of the epoch.
        changed: when it was changed last, if ever.
    """

    name: str
    account: str
    url: str = ""
    stack: str = ""
    told: dict[str, Any]
    life: _Life
    since: float = field(default_factory=time.time)
    changed: float | None = None

    @property
    def status(self) -> str:
        """What the API says of it."""
        return "AVAILABLE" if self.url else "PENDING"


class Environments:
    """All of them.

    Args:
        founding: accounts, region, buckets.
        airflows: stack name -> base URL of its web server.
    """

    def __init__(self, founding: Founding, airflows: Mapping[str, str]) -> None:
        self._region = founding.region
        self._lock = Lock()
        self._all = [_founded(founding, stack, url) for stack, url in airflows.items()]

    def names(self, account: str) -> list[str]:
        """The names of an account's environments."""
        return sorted(one.name for one in self._living() if one.account == account)

    def find(self, name: str, account: str) -> Environment:
        """The environment of that name.

        Raises:
            AwsError: there is none in this account.
        """
        for one in self._living():
            if (one.name, one.account) == (name, account):
                return one
        raise AwsError("ResourceNotFoundException", f"Environment {name} not found.", status=404)

    def by_arn(self, arn: str, account: str) -> Environment:
        """The environment that an ARN names; see `find`."""
        return self.find(arn.rpartition("/")[2], account)

    def create(self, name: str, account: str, given: Mapping[str, Any]) -> str:
        """Make an environment, or say what the one is that came with the world; its ARN.

        Raises:
            AwsError: a member is missing, unknown or wrong, or somebody has created it already.
        """
        if missing := [member for member in _REQUIRED if not given.get(member)]:
            raise _invalid(f"missing: {', '.join(missing)}")
        with self._lock:
            known = [one for one in self._all if (one.name, one.account) == (name, account)]
            if any(one.life is _Life.CREATED for one in known):
                raise _invalid(f"An environment with name {name} already exists")
            told = _checked(given)
            if known:
                known[0].told, known[0].life, known[0].since = told, _Life.CREATED, time.time()
            else:
                self._all.append(Environment(name=name, account=account, told=told, life=_Life.CREATED))
        return self._arn(name, account)

    def update(self, name: str, account: str, given: Mapping[str, Any]) -> str:
        """Change an environment; its ARN.

        Raises:
            AwsError: there is none, or a member is unknown or wrong.
        """
        one = self.find(name, account)
        if fixed := sorted(_FIXED & given.keys()):
            raise _invalid(f"UpdateEnvironment does not take {', '.join(fixed)}")
        strategy = {"WorkerReplacementStrategy"}
        changed = {member: value for member, value in given.items() if member not in strategy}
        if network := changed.get("NetworkConfiguration"):
            changed["NetworkConfiguration"] = {**one.told["NetworkConfiguration"], **network}
        with self._lock:
            one.told = _checked({**one.told, **changed})
            one.changed = time.time()
        return self._arn(name, account)

    def delete(self, name: str, account: str) -> None:
        """Delete an environment; an Airflow behind it runs on, out of reach.

        Raises:
            AwsError: there is none.
        """
        one = self.find(name, account)
        with self._lock:
            one.life = _Life.DELETED

    @contextmanager
    def tags(self, arn: str, account: str) -> Iterator[dict[str, str]]:
        """The tags of an environment, to be read and changed."""
        one = self.by_arn(arn, account)
        with self._lock:
            yield one.told.setdefault("Tags", {})

    def described(self, one: Environment) -> dict[str, Any]:
        """An environment as GetEnvironment tells it."""
        own = f"{one.name}.{self._region}.airflow.sandbox"
        told = {
            "Name": one.name,
            "Arn": self._arn(one.name, one.account),
            "Status": one.status,
            "CreatedAt": one.since,
            "WebserverUrl": urlsplit(one.url).netloc or own,
            "ServiceRoleArn": f"arn:aws:iam::{one.account}:role/aws-service-role/airflow.amazonaws.com/"
            "AWSServiceRoleForAmazonMWAA",
            **one.told,
            "LoggingConfiguration": self._logging(one),
        }
        return told | ({"LastUpdate": _update(one.changed)} if one.changed else {})

    def _logging(self, one: Environment) -> dict[str, Any]:
        given = one.told.get("LoggingConfiguration") or {}
        place = f"arn:aws:logs:{self._region}:{one.account}:log-group:airflow-{one.name}"
        return {
            member: {"Enabled": False, "LogLevel": "INFO", **(given.get(member) or {})}
            | {"CloudWatchLogGroupArn": f"{place}-{module}"}
            for member, module in _MODULES.items()
        }

    def _arn(self, name: str, account: str) -> str:
        return f"arn:aws:airflow:{self._region}:{account}:environment/{name}"

    def _living(self) -> list[Environment]:
        return [one for one in self._all if one.life is not _Life.DELETED]


def members(body: bytes) -> dict[str, Any]:
    """The members of a request.

    Raises:
        AwsError: the body is no object.
    """
    try:
        given = json.loads(body or b"{}")
    except ValueError as error:
        raise _invalid(f"the request is no JSON: {error}") from error
    if not isinstance(given, dict):
        raise _invalid("the request is no object")
    return given


def _founded(founding: Founding, stack: str, url: str) -> Environment:
    account = founding.accounts[stack]
    told = {
        **_defaults("mw1.micro"),
        "SourceBucketArn": f"arn:aws:s3:::{founding.dag_buckets[stack]}",
        "DagS3Path": DAGS_PREFIX,
        "ExecutionRoleArn": f"arn:aws:iam::{account}:role/{execution_role(stack)}",
    }
    name = environment_name(stack)
    return Environment(name=name, account=account, url=url, stack=stack, told=told, life=_Life.FOUNDED)


def _defaults(class_: str) -> dict[str, Any]:
    """What MWAA chooses where nothing is said."""
    one = class_ == "mw1.micro"
    return {
        "AirflowConfigurationOptions": {},
        "AirflowVersion": airflow_version(),
        "EndpointManagement": "SERVICE",
        "EnvironmentClass": class_,
        "MaxWebservers": 1 if one else 2,
        "MaxWorkers": 1 if one else 10,
        "MinWebservers": 1 if one else 2,
        "MinWorkers": 1,
        "Schedulers": 1 if one else 2,
        "Tags": {},
        "WebserverAccessMode": "PRIVATE_ONLY",
        "WeeklyMaintenanceWindowStart": "SUN:03:00",
    }


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Members and defaults together, none of them wrong.

    Raises:
        AwsError: one is.
    """
    if unknown := sorted(given.keys() - _KNOWN):
        raise _invalid(f"unknown: {', '.join(unknown)}")
    class_ = given.get("EnvironmentClass", "mw1.small")
    if class_ not in _CLASSES:
        raise _invalid(f"EnvironmentClass {class_} is none of {', '.join(_CLASSES)}")
    told = {**_defaults(class_), **given}
    if told["AirflowVersion"] != airflow_version():
        raise _invalid(f"AirflowVersion {told['AirflowVersion']}: the sandbox runs {airflow_version()}")
    for file in _VERSIONED:
        if told.get(f"{file}S3Path") and not told.get(f"{file}S3ObjectVersion"):
            raise _invalid(f"{file}S3Path needs {file}S3ObjectVersion")
    subnets = (told.get("NetworkConfiguration") or {}).get("SubnetIds", ["one", "two"])
    if len(subnets) != _SUBNETS:
        raise _invalid(f"SubnetIds: {_SUBNETS} are needed, {len(subnets)} are given")
    if not told["MinWorkers"] <= told["MaxWorkers"]:
        raise _invalid(f"MinWorkers {told['MinWorkers']} is more than MaxWorkers {told['MaxWorkers']}")
    return told


def _update(when: float) -> dict[str, Any]:
    return {"Status": "SUCCESS", "CreatedAt": when, "Source": "UpdateEnvironment"}


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
