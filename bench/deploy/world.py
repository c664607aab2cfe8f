"""FinEdge's dev, ready for releases: stacks, an Airflow, tables, a repository, and what runs written down."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.check.finedge import DATABASE, FINEDGE, ROOT, fill_dev
from bench.progress import say
from slipway.adapters.snowflake import snowflake_warehouse
from slipway.cli.snowflake_access import settings_of
from slipway.cli.snowflake_settings import connection_variables
from slipway.model.environment import Environment
from slipway.model.query_tag import QueryTag
from slipway.ports.warehouse import Statements
from tests.integration.running_sandbox import PACK, RunningSandbox, running_sandbox

_DEMO: Final = ROOT / "examples" / "demo"
sys.path.insert(0, str(_DEMO))
from forge import Forge  # noqa: E402 - a folder that is run, not a package

PIPELINE: Final = "revenue"
AUTHOR, REVIEWER, DEPLOYER = "chloemartin", "benokafor", "grace.kim"
_MODELS: Final = f"models/marts/{PIPELINE}/"
_OWNER: Final = f"{DATABASE}_{PIPELINE}".upper()
_WAREHOUSE: Final = "FINEDGE_DEV_TRANSFORM"


@dataclass(frozen=True, kw_only=True)
class World:
    """Where releases are built and deployed.

    Attributes:
        forge: the team's repository.
        environment: variables of the deployer's commands.
    """

    forge: Forge
    environment: Mapping[str, str]

    def slipway(self, *words: str) -> Any:
        """Run a command as the deployer, in the repository; return what it answers.

        Raises:
            SystemExit: it failed; what it said is shown.
        """
        return _answer(["slipway", *words, "--format", "json"], self.environment, self.forge.folder)


@contextmanager
def ready_world(scratch: Path) -> Iterator[World]:
    """Bring it up, and take it down whatever happens.

    Args:
        scratch: an empty folder.
    """
    home = scratch / "sandbox"
    say("a sandbox with the Airflow of dev")
    with running_sandbox(home, project=ROOT, servers=["--airflow", "dev"]) as sandbox:
        for stack in ("shared", "dev"):
            say(f"pulumi up -s {stack}")
            sandbox.expect("up", "-s", stack, "--yes", "--skip-preview", *PACK)
        say("a day of payments, and everything that dbt makes of it")
        _fill(sandbox, scratch / "target")
        say("a repository, and what runs written down")
        yield _bootstrapped(sandbox, scratch)


def _fill(sandbox: RunningSandbox, target: Path) -> None:
    target.mkdir()
    connection = connection_variables(sandbox.environment, whose="the sandbox", warehouse=_WAREHOUSE)
    tag = QueryTag(environment=Environment.DEV, stage="bench")
    session = snowflake_warehouse(settings_of(connection), tag)
    fill_dev(session, connection, target)
    _hand_over(session, json.loads((target / "manifest.json").read_text(encoding="utf-8")))
    session.close()


def _hand_over(session: Statements, manifest: Mapping[str, Any]) -> None:
    """Leave what the pipeline makes to its role, as an administrator who takes an estate over."""
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["original_file_path"].startswith(_MODELS):
            kind = "VIEW" if node["config"]["materialized"] == "view" else "TABLE"
            name = f"{DATABASE}.{node['schema']}.{node['alias']}"
            session.run(
                f"GRANT OWNERSHIP ON {kind} {name} TO ROLE {_OWNER} COPY CURRENT GRANTS", subject="dev"
            )


def _bootstrapped(sandbox: RunningSandbox, scratch: Path) -> World:
    forge = Forge(sandbox.environment, scratch / "repository")
    forge.begin(_files(), "gracekim-ops", REVIEWER)
    engineer = World(forge=forge, environment=sandbox.environment)
    _run(["slipway", "release", "pin"], engineer.environment, forge.folder)
    engineer.slipway("release", "bootstrap", "-s", "dev")
    operator = [sys.executable, str(_DEMO / "first_run.py"), "dev", PIPELINE]
    _run(operator, engineer.environment, forge.folder)
    place = ["--home", str(sandbox.home), "--project", str(ROOT)]
    own = _answer(
        ["slipway", "sandbox", "env", "--as", DEPLOYER, *place, "--format", "json"], os.environ, ROOT
    )
    merged = {**os.environ, **own}  # null: the variable is to be unset
    return World(
        forge=forge, environment={name: value for name, value in merged.items() if value is not None}
    )


def _files() -> dict[str, bytes]:
    """The workspace as it is committed in this checkout."""
    listed = _run(["git", "ls-files"], os.environ, FINEDGE).splitlines()
    return {name: (FINEDGE / name).read_bytes() for name in listed}


def _answer(command: list[str], environment: Mapping[str, str], folder: Path) -> Any:
    return json.loads(_run(command, environment, folder))


def _run(command: list[str], environment: Mapping[str, str], folder: Path) -> str:
    ended = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{ended.stdout}{ended.stderr}")
    return ended.stdout
