"""The Pulumi project a sandbox is made for: where it is, which stacks it has, which accounts they name."""

import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from slipway_sandbox.supervisor.faults import DefinitionError, UsageError
from slipway_sandbox.supervisor.people import new_key, team_keys
from slipway_sandbox.world import AUDIT_STACK, Founding

_STACK_FILE = re.compile(r"Pulumi\.(?P<stack>[A-Za-z0-9._-]+)\.yaml")
_ACCOUNT_ID = re.compile(r"\d{12}")


def find_project(start: Path) -> Path:
    """The nearest folder with a Pulumi.yaml, from ``start`` upwards.

    Raises:
        UsageError: there is none.
    """
    for folder in (start, *start.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    raise UsageError(
        f"no Pulumi.yaml in {start} or above",
        remedy="run this in the project's folder, or name it with --project",
    )


def stack_files(project: Path) -> dict[str, Path]:
    """Stack name -> its file, sorted by name."""
    named = ((_STACK_FILE.fullmatch(path.name), path) for path in sorted(project.glob("Pulumi.*.yaml")))
    return {match["stack"]: path for match, path in named if match is not None}


def read_stack(path: Path) -> dict[str, Any]:
    """The content of a stack file.

    Raises:
        DefinitionError: it is not a YAML mapping.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or "not YAML"
        raise DefinitionError(f"{place}: {problem}", remedy="correct the stack file") from error
    if not isinstance(document, dict) or not isinstance(document.get("config", {}), dict):
        raise DefinitionError(f"{path} is not a stack file", remedy="give it a `config:` mapping")
    return document


def plan_founding(project: Path, *, needs_github: bool, airflows: Sequence[str] = ()) -> Founding:
    """Decide what the world is made of, from the project's stack files.

    Args:
        project: the Pulumi project.
        needs_github: whether GitHub is part of the world.
        airflows: the stacks that get an Airflow.

    Raises:
        DefinitionError: a stack names no account, or the shared stack lacks region or GitHub owner.
        UsageError: an Airflow is asked for where there is no stack.
    """
    configs = {stack: read_stack(path).get("config", {}) for stack, path in stack_files(project).items()}
    if AUDIT_STACK not in configs:
        raise DefinitionError(
            f"{project} has no Pulumi.{AUDIT_STACK}.yaml",
            remedy="add the stack file of the audit account, in which the shared stack lives",
        )
    shared = configs[AUDIT_STACK]
    accounts = {stack: _account(stack, config) for stack, config in configs.items()}
    engineer = new_key("platform-engineer")
    return Founding(
        region=_required(shared, "aws:region", "us-east-1"),
        accounts=accounts,
        github_owner=_required(shared, "github:owner", "finedge") if needs_github else "",
        access_key_id=engineer["access_key_id"],
        secret_access_key=engineer["secret_access_key"],
        people=team_keys(project, shared, accounts[AUDIT_STACK]),
        dag_buckets=_dag_buckets(project, accounts, airflows),
        airflow_secret=secrets.token_urlsafe(30) if airflows else "",
    )


def _dag_buckets(project: Path, accounts: Mapping[str, str], airflows: Sequence[str]) -> dict[str, str]:
    """The bucket that each stack's program makes for DAG files, named as `slipway.model.naming` names it."""
    for stack in airflows:
        if stack not in accounts:
            raise UsageError(
                f"there is no stack {stack} to start an Airflow for",
                remedy=f"add Pulumi.{stack}.yaml, or name one of: {', '.join(accounts)}",
            )
    organization = _organization(project) if airflows else ""
    return {stack: f"{organization}-{stack}-dags-{accounts[stack]}" for stack in airflows}


def _organization(project: Path) -> str:
    declared = read_stack(project / "Pulumi.yaml").get("config", {}).get("slipway:organization", {})
    name = declared.get("default", declared.get("value")) if isinstance(declared, dict) else declared
    if not isinstance(name, str) or not name:
        raise DefinitionError(
            f"{project / 'Pulumi.yaml'} names no organization, so the buckets of DAG files have no name",
            remedy="declare `slipway:organization` with a `default` in its `config:`",
        )
    return name


def _required(config: Mapping[str, Any], key: str, example: str) -> str:
    value = config.get(key)
    if not isinstance(value, str) or not value:
        raise DefinitionError(
            f"Pulumi.{AUDIT_STACK}.yaml has no {key}", remedy=f"add it, like `{key}: {example}`"
        )
    return value


def _account(stack: str, config: Mapping[str, Any]) -> str:
    allowed = config.get("aws:allowedAccountIds")
    if isinstance(allowed, list) and len(allowed) == 1 and _ACCOUNT_ID.fullmatch(str(allowed[0])):
        return str(allowed[0])
    raise DefinitionError(
        f"Pulumi.{stack}.yaml names no account: aws:allowedAccountIds is {allowed!r}",
        remedy='give it the one account of the stack, like `aws:allowedAccountIds: ["222233334444"]`',
    )
