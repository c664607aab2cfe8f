"""Run every test of the workspace, each suite in its tool's locked environment.

    python3 examples/finedge/tests/run.py [--only SUITE]...

Only the standard library: it runs before any environment is there, and then says so. Output is streamed; at
the end each suite's seconds are printed. Exit codes: 0 all passed, 1 a suite failed, 2 wrong usage, 3 an
environment is missing.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parent
REPOSITORY = TESTS.parents[2]


@dataclass(frozen=True)
class Suite:
    """Some folders of tests and the environment they run in.

    Attributes:
        name: what ``--only`` takes.
        environment: the environment's project folder, relative to the repository.
        folders: folders of this directory.
        servers: project folders whose environments the tests start servers from.
    """

    name: str
    environment: str
    folders: tuple[str, ...]
    servers: tuple[str, ...] = ()

    @property
    def python(self) -> Path:
        """The environment's interpreter; there once the environment is made."""
        return interpreter(self.environment)


def interpreter(environment: str) -> Path:
    """The interpreter of an environment."""
    return REPOSITORY / environment / ".venv" / "bin" / "python"


SUITES = (
    Suite("catalog", ".", ("catalog",)),
    Suite("contracts", "toolchain/envs/contracts", ("contracts",)),
    Suite("airflow", "toolchain/envs/airflow", ("airflow",)),
    Suite("dbt", "toolchain/envs/dbt", ("dbt", "workspace")),
    Suite("warehouse", "toolchain/envs/dbt", ("warehouse",), servers=("sandbox",)),
    Suite("spark", "toolchain/envs/spark", ("spark",)),
    Suite("streaming", "toolchain/envs/spark", ("streaming",)),
)


def run(suite: Suite, scratch: Path) -> float | None:
    """Run a suite.

    Args:
        suite: which one.
        scratch: folder for whatever the tools leave behind.

    Returns:
        Seconds it took, or None when it failed.
    """
    print(f"\n== {suite.name}: {', '.join(suite.folders)} in {suite.environment}", flush=True)  # noqa: T201
    compiled = {
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(REPOSITORY / ".slipway" / "pycache"),
    }
    environment = os.environ | compiled | {"TMPDIR": str(scratch)}
    environment.pop("VIRTUAL_ENV", None)
    command = [str(suite.python), "-m", "pytest", "-q", *(str(TESTS / folder) for folder in suite.folders)]
    started = time.monotonic()
    done = subprocess.run(command, cwd=scratch, env=environment, check=False)
    return time.monotonic() - started if done.returncode == 0 else None


def chosen(argv: Sequence[str]) -> list[Suite]:
    """Read the command line; without ``--only`` all suites are run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=[suite.name for suite in SUITES])
    only = parser.parse_args(argv).only
    return [suite for suite in SUITES if only is None or suite.name in only]


def main(argv: Sequence[str]) -> int:
    """Run the chosen suites and print what they took."""
    suites = chosen(argv)
    needed = {environment for suite in suites for environment in (suite.environment, *suite.servers)}
    missing = sorted(environment for environment in needed if not interpreter(environment).exists())
    if missing:
        print(f"no environment in {', '.join(missing)}\n  remedy: make setup", file=sys.stderr)  # noqa: T201
        return 3
    with tempfile.TemporaryDirectory(prefix="finedge-tests-") as scratch:
        seconds = {suite.name: run(suite, Path(scratch)) for suite in suites}
    print()  # noqa: T201
    for name, took in seconds.items():
        print(f"{name:<12}" + ("FAILED" if took is None else f"{took:7.1f} s"))  # noqa: T201
    return 1 if None in seconds.values() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
