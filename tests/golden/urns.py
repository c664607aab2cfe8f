"""Writes tests/golden/urns-<stack>.txt from a sandbox: `python -m tests.golden.urns`.

Review the difference: a line that goes while another comes is a resource that will be replaced, unless the
new one carries an alias to the old.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.integration.running_sandbox import running_sandbox

HERE = Path(__file__).parent


def main() -> None:
    """Bring `shared` and `dev` up in a sandbox of their own and write their URNs."""
    with (
        TemporaryDirectory() as scratch,
        running_sandbox(Path(scratch) / "home", project=HERE.parents[1]) as sandbox,
    ):
        for stack in ("shared", "dev"):
            sandbox.expect("up", "-s", stack, "--yes", "--skip-preview")
            exported = json.loads(sandbox.expect("stack", "export", "-s", stack))
            lines = urns(exported)
            (HERE / f"urns-{stack}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


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
    main()
