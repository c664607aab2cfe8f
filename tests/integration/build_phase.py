"""Runs the build phase of a project as CodeBuild does: its buildspec's commands, in one bash.

What `install` does is left out: the checkout's own tools are there.
"""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import yaml

from components.builds.buildspec import filled
from slipway.model.environment import StackName
from stacks.build_rows import BuildRow, check_row, environment_rows, shared_rows
from stacks.builds import buildspec
from stacks.settings import SharedSettings, parse
from tests.cli.conftest import Ended
from tests.doubles.stack_files import configuration

ROOT: Final = Path(__file__).parents[2]
_LIMIT_SECONDS: Final = 240
_OWN: Final = {"SNOWFLAKE_ROLE", "SNOWFLAKE_USER", "SNOWFLAKE_WAREHOUSE"}
"""A build logs in as itself, wherever the account is."""
_REPORTS: Final = {"checks": "arn:aws:codebuild:us-east-1:222233334444:report-group/slipway-dev-check"}


def row_of(stack: StackName, duty: str) -> BuildRow:
    """The row of a project, by the repository's own settings."""
    settings = parse(stack, configuration(ROOT, stack), root=ROOT)
    if isinstance(settings, SharedSettings):
        rows = shared_rows(settings)
    else:
        rows = (*environment_rows(settings), check_row(settings))
    return next(row for row in rows if row.duty == duty)


def run_build_phase(
    stack: StackName,
    duty: str,
    *,
    folder: Path,
    held: Mapping[str, str],
    environment: Mapping[str, str],
    given: Mapping[str, str],
    shard: int = 1,
) -> Ended:
    """Run it.

    Args:
        stack: whose project.
        duty: which.
        folder: of its first source.
        held: what the secrets hold that it may read; it gets those that its buildspec names.
        environment: what CodeBuild itself gives, and what leads to the sandbox: as whom the build logs in to
            Snowflake is its buildspec's to say.
        given: what whoever starts it sets.
        shard: which build of a batch, from 1, where the project is one of batches.
    """
    settings = parse(stack, configuration(ROOT, stack), root=ROOT)
    row = row_of(stack, duty)
    spec = yaml.safe_load(filled(buildspec(duty), replace(row.values(settings.naming), reports=_REPORTS)))
    assert set(given) == set(row.given)
    variables = spec["env"].get("variables", {})
    secrets = {name: held[name] for name in spec["env"].get("secrets-manager", {})}
    ended = subprocess.run(
        ["bash", "-c", "\n".join(("set -e", *spec["phases"]["build"]["commands"]))],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            **variables,
            **environment,
            **{name: variables[name] for name in _OWN & variables.keys()},
            **secrets,
            **given,
            **_of_batch(spec, shard),
            "CODEBUILD_SRC_DIR": str(folder),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=_LIMIT_SECONDS,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def _of_batch(spec: Mapping[str, Any], shard: int) -> dict[str, str]:
    """What CodeBuild starts a build of a batch with."""
    builds = spec.get("batch", {}).get("build-list", ())
    return dict(builds[shard - 1]["env"]["variables"]) if builds else {}
