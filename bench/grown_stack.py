"""A stack with a grown workspace, up in a sandbox of its own: what benchmarks of previews begin with."""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.preview.programs import ROOT, STACK, run
from bench.progress import say
from slipway.model.airflow_capacity import EnvironmentClass
from tests.integration.running_sandbox import running_sandbox


@dataclass(frozen=True, kw_only=True)
class GrownStack:
    """What is up.

    Attributes:
        workspace: folder of the workspace.
        environment: in which commands reach the sandbox.
        first: seconds of the `pulumi up` that made the stack.
    """

    workspace: Path
    environment: Mapping[str, str]
    first: float

    def timed(self, *command: str) -> float:
        """Run a command and return its seconds."""
        return _timed(command, self.environment)

    def pulumi(self, *words: str) -> float:
        """Run Pulumi without its progress and return its seconds."""
        return _pulumi(words, self.environment)


@contextmanager
def grown_stack(pipelines: int, scratch: Path) -> Iterator[GrownStack]:
    """Bring it up, and take its sandbox down whatever happens.

    Args:
        pipelines: size of the workspace.
        scratch: a folder that is not there yet.
    """
    scratch.mkdir()
    workspace = scratch / "workspace"
    grown = [sys.executable, "-m", "bench.workspace", "--pipelines", str(pipelines), "--out", str(workspace)]
    run(grown, os.environ)
    with running_sandbox(scratch / "sandbox", project=ROOT) as sandbox:
        environment = sandbox.environment
        grow(workspace, environment)
        say(f"{pipelines} pipelines: pulumi up")
        _pulumi(["up", "-s", "shared", "--yes", "--skip-preview"], environment)
        first = _pulumi(["up", "-s", STACK, "--yes", "--skip-preview"], environment)
        yield GrownStack(workspace=workspace, environment=environment, first=first)


def grow(workspace: Path, environment: Mapping[str, str]) -> None:
    """Have the stack read a workspace, with an Airflow as large as that needs."""
    for key, value in (("workspace", str(workspace)), ("airflowLargestClass", EnvironmentClass.XXLARGE)):
        run(["pulumi", "config", "set", f"slipway:{key}", value, "-s", STACK], environment)


def _pulumi(words: Sequence[str], environment: Mapping[str, str]) -> float:
    return _timed(["pulumi", *words, "--suppress-progress", "--non-interactive"], environment)


def _timed(command: Sequence[str], environment: Mapping[str, str]) -> float:
    began = time.perf_counter()
    run(list(command), environment)
    return time.perf_counter() - began
