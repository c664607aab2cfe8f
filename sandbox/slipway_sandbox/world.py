"""Where the running sandbox is and who may talk to it: the content of ``endpoints.json``.

Owned here: the shape of that file, and how it is read and written. The file is written last, when every
server answers, so that its presence means "ready". Not owned: starting or ending anything.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

ENDPOINTS_FILE = "endpoints.json"
FOUNDING_FILE = "founding.json"
AUDIT_STACK = "shared"
"""The stack whose account is the audit account: the platform engineer's own account."""

ACCESS_ROLE = "OrganizationAccountAccessRole"
"""The role that AWS Organizations creates in each member account (Organizations user guide)."""

PersonKey = Mapping[str, str]
"""A person's key: ``user`` (in the audit account), ``access_key_id``, ``secret_access_key``."""

_VERSION = 1


class WorldError(Exception):
    """There is no running sandbox, or its description cannot be read.

    Attributes:
        message: one sentence that names the file.
        remedy: one sentence that says what to do.
    """

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, kw_only=True)
class World:
    """One running sandbox.

    Attributes:
        home: the sandbox's folder, absolute.
        pid: the supervisor's process id.
        aws: base URL of the AWS front.
        dynamodb: base URL of DynamoDB Local behind the front (internal: clients use ``aws``).
        github: base URL of the GitHub server.
        snowflake: base URL of the Snowflake account; empty when it is not part of this world.
        airflow: stack name -> base URL of its Airflow's web server, for each that is part of this world.
        region: the default AWS region.
        accounts: stack name -> AWS account id; ``shared`` is the audit account.
        github_owner: the organisation that owns the repositories.
        access_key_id: the platform engineer's key, of an IAM user in the audit account.
        secret_access_key: its secret.
        people: id of each person of the team -> their key.
    """

    home: Path
    pid: int
    aws: str
    dynamodb: str
    github: str
    region: str
    accounts: Mapping[str, str]
    github_owner: str
    access_key_id: str
    secret_access_key: str
    snowflake: str = ""
    people: Mapping[str, PersonKey] = field(default_factory=dict)
    airflow: Mapping[str, str] = field(default_factory=dict)

    @property
    def audit_account(self) -> str:
        """The account of the shared stack, in which the platform engineer's user lives."""
        return self.accounts[AUDIT_STACK]

    @property
    def absent(self) -> tuple[str, ...]:
        """The clouds that this world was started without, as people call them."""
        clouds = {"AWS": self.aws, "GitHub": self.github, "Snowflake": self.snowflake}
        return tuple(name for name, url in clouds.items() if not url)

    @staticmethod
    def load(home: Path) -> "World":
        """Read the world that runs in ``home``.

        Raises:
            WorldError: the file is missing (no sandbox is up) or is not one of ours.
        """
        path = home / ENDPOINTS_FILE
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise WorldError(
                f"no sandbox is up in {home}", remedy="start one with `slipway sandbox up`"
            ) from None
        except (OSError, ValueError) as error:
            raise WorldError(f"{path} cannot be read: {error}", remedy=_START_OVER) from error
        return _parsed(path, document)

    def save(self) -> None:
        """Write the file, readable by its owner only."""
        document: dict[str, Any] = {"version": _VERSION} | asdict(self) | {"home": str(self.home)}
        _write(self.home / ENDPOINTS_FILE, document)


@dataclass(frozen=True, kw_only=True)
class Founding:
    """What a world is made of, decided before its servers start; each server reads its part of it.

    Attributes:
        region: the default AWS region.
        accounts: stack name -> AWS account id; ``shared`` is the audit account.
        github_owner: the organisation that owns the repositories.
        access_key_id: the platform engineer's key.
        secret_access_key: its secret.
        people: id of each person of the team -> their key.
        dag_buckets: stack name -> the bucket of its DAG files, for each stack with an Airflow.
        airflow_secret: what the secrets of the Airflow instances are derived from.
    """

    region: str
    accounts: Mapping[str, str]
    github_owner: str
    access_key_id: str
    secret_access_key: str
    people: Mapping[str, PersonKey] = field(default_factory=dict)
    dag_buckets: Mapping[str, str] = field(default_factory=dict)
    airflow_secret: str = ""

    @property
    def audit_account(self) -> str:
        """The account of the shared stack."""
        return self.accounts[AUDIT_STACK]

    @property
    def told(self) -> dict[str, Any]:
        """The fields of a World that are its founding's, by name."""
        own = {each.name for each in fields(self)}
        return {each.name: getattr(self, each.name) for each in fields(World) if each.name in own}

    @staticmethod
    def load(home: Path) -> "Founding":
        """Read the founding file.

        Raises:
            WorldError: the file is missing or is not one of ours.
        """
        path = home / FOUNDING_FILE
        try:
            return Founding(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise WorldError(f"{path} cannot be read: {error}", remedy=_START_OVER) from error

    def save(self, home: Path) -> None:
        """Write the file, readable by its owner only."""
        _write(home / FOUNDING_FILE, asdict(self))


def _write(path: Path, document: Mapping[str, Any]) -> None:
    """Write a document atomically: a reader sees all of it or none."""
    draft = path.with_suffix(".tmp")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)


_START_OVER = "end it with `slipway sandbox down` and start again with `slipway sandbox up`"


def _parsed(path: Path, document: Any) -> World:
    expected = {each.name for each in fields(World)} | {"version"}
    if not isinstance(document, dict) or set(document) != expected or document["version"] != _VERSION:
        raise WorldError(f"{path} was written by another version of the sandbox", remedy=_START_OVER)
    values = {name: value for name, value in document.items() if name != "version"}
    return World(**values | {"home": Path(document["home"])})
