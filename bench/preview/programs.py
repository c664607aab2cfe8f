"""The two programs under comparison, each a Pulumi project folder that can be previewed."""

import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
STACK: Final = "dev"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One preview.

    Attributes:
        seconds: wall clock of `pulumi preview`.
        peak_mib: peak resident memory of the Python program, from the kernel (VmHWM).
    """

    seconds: float
    peak_mib: float


@dataclass(frozen=True, kw_only=True)
class Program:
    """A project folder and the environment in which it is previewed."""

    name: str
    folder: Path
    environment: Mapping[str, str]

    def preview(self, scratch: Path) -> Sample:
        """Preview once, all resources new.

        Args:
            scratch: folder for the peak that the program writes when it ends.
        """
        peak = scratch / "peak-kb"
        peak.unlink(missing_ok=True)
        environment = {
            **self.environment,
            "PULUMI_OPTION_CWD": str(self.folder),
            "PYTHONPATH": str(HERE / "peak"),
            "BENCH_PEAK": str(peak),
        }
        began = time.perf_counter()
        run(["pulumi", "preview", "-s", STACK, "--suppress-progress", "--non-interactive"], environment)
        seconds = time.perf_counter() - began
        return Sample(seconds=seconds, peak_mib=int(peak.read_text(encoding="utf-8")) / 1024)


def run(command: list[str], environment: Mapping[str, str]) -> str:
    """Run a command and return its output.

    Raises:
        SystemExit: it failed; its output is shown.
    """
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def bare_program(folder: Path, rows: Path, like: Program) -> Program:
    """Lay out the bare project beside the platform's, with the same provider configuration."""
    folder.mkdir()
    (folder / ".venv").symlink_to(ROOT / ".venv")
    (folder / "Pulumi.yaml").write_text(
        f"name: {folder.name}\nruntime:\n  name: python\n  options:\n    virtualenv: .venv\n",
        encoding="utf-8",
    )
    shutil.copy(HERE / "bare_program.py", folder / "__main__.py")
    environment = {**like.environment, "PULUMI_OPTION_CWD": str(folder), "BENCH_ROWS": str(rows)}
    stack_file = folder / f"Pulumi.{STACK}.yaml"
    stack_file.write_text(_provider_configuration(like.folder / stack_file.name), encoding="utf-8")
    run(["pulumi", "stack", "init", STACK], environment)
    return Program(name="bare", folder=folder, environment=environment)


def _provider_configuration(stack_file: Path) -> str:
    """Return the stack file of the platform without the keys that only the platform's program reads."""
    config = yaml.safe_load(stack_file.read_text(encoding="utf-8"))["config"]
    own = {key: value for key, value in config.items() if not key.startswith("slipway:")}
    return yaml.safe_dump({"config": own})
