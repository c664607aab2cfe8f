"""The copied estate taken into a stack and proven, by the commands, on a sandbox that has its objects."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.adopt.copies import copied_estate
from bench.progress import say
from slipway.model.errors import ExitCode
from tests.integration.adopting_project import BASELINES, exempt, give_own_folders
from tests.integration.running_sandbox import running_sandbox

_ROOT: Final = Path(__file__).parents[2]
_STACK: Final = "shared"
_OBJECTS: Final = 550
_KIB_A_MIB: Final = 1024


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One command.

    Attributes:
        name: what it is called in the table.
        seconds: until it ended.
        mebibytes: the peak of the largest process that it started, itself among them.
    """

    name: str
    seconds: float
    mebibytes: float


def owning_table(scratch: Path) -> str:
    """Measure import and verify, and return the table as Markdown.

    Args:
        scratch: an empty folder.
    """
    state, review = scratch / "terraform.tfstate", scratch / "review"
    state.write_bytes(copied_estate(_OBJECTS))
    layer = ("-s", _STACK, "--layer", "all")
    proposal = str(review / "all.proposal.json")
    with running_sandbox(scratch / "sandbox", project=_ROOT) as sandbox:
        project = sandbox.home / "project"
        give_own_folders(project, _ROOT)
        say("adopt: bringing the shared stack up, and what the estate's state remembers")
        sandbox.expect("up", "-s", _STACK, "--yes", "--skip-preview")
        run = _Runner(sandbox.environment)
        seeded = run("sandbox", "seed", "--state", str(state), "-s", _STACK)
        written = ("--to", str(review), *BASELINES)
        run("adopt", "propose", str(state), "-s", _STACK, "--layer", "all=*aws_*", *written)
        exempt(project, [review / "all.waivers.yaml"])
        say("adopt: import")
        imported = run("adopt", "import", proposal, "-s", _STACK)
        say("adopt: verify")
        verified = run("adopt", "verify", *layer, "--to", str(review), code=ExitCode.PARTIAL)
    return "\n".join(_rows([seeded, imported, verified]))


class _Runner:
    """Runs `slipway` in an environment, and requires how it ends."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __call__(self, *words: str, code: ExitCode = ExitCode.OK) -> Ran:
        began = time.perf_counter()
        with subprocess.Popen(
            ["slipway", *words], env=self._environment, stdout=subprocess.DEVNULL
        ) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != code:
            raise SystemExit(f"slipway {' '.join(words)} ended with {process.returncode}, not with {code}")
        return Ran(
            name=" ".join(words[:2]),
            seconds=time.perf_counter() - began,
            mebibytes=used.ru_maxrss / _KIB_A_MIB,
        )


def _rows(ran: Sequence[Ran]) -> list[str]:
    return [
        f"| {_OBJECTS} objects at least, in one layer | seconds | peak of one process, MiB |",
        "|---|---|---|",
        *(f"| `slipway {each.name}` | {each.seconds:.1f} | {each.mebibytes:.0f} |" for each in ran),
    ]
