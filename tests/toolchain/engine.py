"""The real Pulumi CLI on a project of a test's own, with its state and home in a temporary folder."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from tests.toolchain.machine import ROOT, Outcome, write

_PATIENCE = 60.0  # seconds; a hang is what some of these tests are about
ENVIRONMENT = Path(sys.prefix)


class Engine:
    """One project with one stack, `dev`.

    Attributes:
        project: the project's folder.
    """

    def __init__(self, folder: Path, *, virtualenv: Path = ENVIRONMENT) -> None:
        self.project = folder / "project"
        self._folder = folder
        path = os.pathsep.join([str(ROOT / ".venv" / "bin"), os.environ["PATH"]])
        found = shutil.which("pulumi", path=path)
        assert found, "no Pulumi CLI: run `make setup`"
        self._cli = found
        self._environment = os.environ | {
            "PATH": path,
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        self.write("Pulumi.yaml", f"name: trial\n{runtime(virtualenv)}")
        created = self.run("stack", "init", "dev")
        assert created.code == 0, created.stderr

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        write(self.project / name, text)
        return self.project / name

    def policy_pack(self, name: str, program: str, *, virtualenv: Path | str = ENVIRONMENT) -> Path:
        """Write a policy pack into the project."""
        self.write(f"{name}/PulumiPolicy.yaml", runtime(virtualenv))
        return self.write(f"{name}/__main__.py", program).parent

    def run(self, *arguments: str | Path, extra: Mapping[str, str] | None = None) -> Outcome:
        """Run the CLI to its end; one that does not end fails the test."""
        process = self.start(*arguments, extra=extra)
        try:
            stdout, stderr = process.communicate(timeout=_PATIENCE)
        finally:
            process.kill()
        return Outcome(process.returncode, stdout, stderr)

    def start(self, *arguments: str | Path, extra: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start the CLI."""
        return subprocess.Popen(
            [self._cli, "--non-interactive", "--color=never", *arguments],
            cwd=self.project,
            env=self._environment | dict(extra or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def await_program(self, process: subprocess.Popen[str]) -> list[psutil.Process]:
        """Return the CLI's whole family once the program has written the file `started`."""
        deadline = time.monotonic() + _PATIENCE
        while not (self.project / "started").exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline, "the program does not start"
            os.sched_yield()
        return psutil.Process(process.pid).children(recursive=True)


def runtime(virtualenv: Path | str = ENVIRONMENT) -> str:
    """Write the part of a Pulumi YAML file that chooses the interpreter."""
    return f"runtime: {{name: python, options: {{toolchain: pip, virtualenv: {virtualenv}}}}}\n"
