"""Writes tests/golden/urns-<stack>.txt from a sandbox: `python -m tests.golden.urns [stack ...]`.

`clone` and `cluster` are the programs of these names in tests/integration/programs.

Review the difference: a line that goes while another comes is a resource that will be replaced, unless the
new one carries an alias to the old.
"""

import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.integration.running_sandbox import RunningSandbox, running_sandbox

HERE = Path(__file__).parent
PROGRAMS = {
    "clone": {"snowflake:organizationName": "FINEDGE", "snowflake:accountName": "PAYMENTS"},
    "cluster": {"aws:region": "us-east-1"},
}
"""Programs of tests/integration/programs with what no stack of the example has, and their settings."""

STACKS = ("shared", "dev", *PROGRAMS)


def main(*wanted: str) -> None:
    """Bring stacks up in a sandbox of their own and write their URNs; without a name, all of them."""
    with (
        TemporaryDirectory() as scratch,
        running_sandbox(Path(scratch) / "home", project=HERE.parents[1]) as sandbox,
    ):
        for stack in STACKS:
            if not wanted or stack in wanted:
                folder = _program(sandbox, Path(scratch), stack) if stack in PROGRAMS else None
                sandbox.expect("up", "-s", stack, "--yes", "--skip-preview", folder=folder)
                lines = urns(json.loads(sandbox.expect("stack", "export", "-s", stack, folder=folder)))
                (HERE / f"urns-{stack}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _program(sandbox: RunningSandbox, scratch: Path, name: str) -> Path:
    """Put a program where its stack file may be written, and what it needs into the sandbox."""
    folder = scratch / name
    shutil.copytree(HERE.parent / "integration" / "programs" / name, folder)
    sandbox.expect("stack", "init", name, folder=folder)
    for key, value in PROGRAMS[name].items():
        sandbox.expect("config", "set", key, value, "-s", name, folder=folder)
    if name == "clone":
        sandbox.snowflake("CREATE DATABASE LEDGER", "CREATE SCHEMA LEDGER.BOOKS")
    return folder


def urns(exported: dict[str, dict[str, list[dict[str, str]]]]) -> list[str]:
    """Return the URNs of an exported stack, without the engine's own resources, sorted."""
    resources = exported["deployment"]["resources"]
    own = ("pulumi:providers", "pulumi:pulumi")
    return sorted(each["urn"] for each in resources if not each["type"].startswith(own))


def told_of(stack: str, type_: str) -> int:
    """Return how many resources of a type the golden file of a stack has."""
    lines = (HERE / f"urns-{stack}.txt").read_text(encoding="utf-8").splitlines()
    return sum(line.split("::")[2].rsplit("$", 1)[-1] == type_ for line in lines)


if __name__ == "__main__":
    main(*sys.argv[1:])
