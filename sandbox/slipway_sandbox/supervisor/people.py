"""The people of the workspace's team: each a user of the audit account with a key, as team.yaml says."""

import secrets
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from slipway_sandbox.supervisor.faults import DefinitionError
from slipway_sandbox.world import PersonKey

_KEY_ALPHABET = string.ascii_uppercase + "234567"
_SETTINGS = "slipway.yaml"
_WORKSPACE = "slipway:workspace"


def new_key(user: str) -> PersonKey:
    """A key that nobody has guessed, for a user of the audit account."""
    key_id = "AKIA" + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(16))
    return {"user": user, "access_key_id": key_id, "secret_access_key": secrets.token_urlsafe(30)}


def team_keys(project: Path, shared: Mapping[str, Any], audit_account: str) -> dict[str, PersonKey]:
    """A key for everybody of the team who acts as a user of the audit account, by their id.

    Args:
        project: the Pulumi project.
        shared: the configuration of the shared stack.
        audit_account: the account of the users.

    Returns:
        Nobody, when the project names no workspace: it is not one of a data team.

    Raises:
        DefinitionError: the team's file is no list of people.
    """
    workspace = _workspace(project, shared)
    if workspace is None or not (workspace / _SETTINGS).is_file():
        return {}
    path = workspace / str(_read(workspace / _SETTINGS).get("team", "team.yaml"))
    users = f"arn:aws:iam::{audit_account}:user/"
    try:
        people = {str(person["id"]): str(person["aws_principal"]) for person in _read(path)["people"]}
    except (KeyError, TypeError) as error:
        raise _no_team(path, f"a person lacks {error}") from error
    return {
        id_: new_key(arn.removeprefix(users)) for id_, arn in sorted(people.items()) if arn.startswith(users)
    }


def _workspace(project: Path, shared: Mapping[str, Any]) -> Path | None:
    declared = (_read(project / "Pulumi.yaml").get("config") or {}).get(_WORKSPACE)
    default = declared.get("default") if isinstance(declared, dict) else declared
    named = shared.get(_WORKSPACE) or default
    return project / str(named) if named else None


def _read(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise _no_team(path, str(error)) from error
    if not isinstance(document, dict):
        raise _no_team(path, "it is not a mapping")
    return document


def _no_team(path: Path, reason: str) -> DefinitionError:
    return DefinitionError(
        f"{path} cannot be read for the team: {' '.join(reason.split())}",
        remedy="run `slipway catalog lint`: it says what to write",
    )
