"""Finds uv, or installs the pinned one into the checkout."""

import shutil
import sys
from pathlib import Path

from toolchain.installer import prerequisites
from toolchain.installer.commands import Commands
from toolchain.installer.display import Display
from toolchain.installer.layout import Layout
from toolchain.installer.problems import Missing, SetupError
from toolchain.installer.versions import Version

MINIMUM = Version(0, 9)  # as [tool.uv] required-version in pyproject.toml says


class Uv:
    """The uv of one checkout.

    Attributes:
        pins: the requirements file that holds the version and hashes of our own uv.
    """

    def __init__(self, layout: Layout) -> None:
        self.pins = layout.toolchain / "uv-requirements.txt"
        self._own = layout.state / "uv"

    def missing(self) -> list[Missing]:
        """Name what installing uv would lack, if it has to be installed."""
        return [] if self._find() else prerequisites.virtual_environments()

    def get(self, commands: Commands, display: Display) -> Path:
        """Return a uv that runs: the one on the PATH, else our own, installed when it is not there yet.

        Raises:
            SetupError: if it cannot be installed.
        """
        found = self._find()
        if found:
            return found
        display.say("no uv of a suitable version on the PATH: installing our own")
        commands.run([sys.executable, "-m", "venv", "--clear", self._own], cwd=self.pins.parent)
        pip: list[str | Path] = [
            self._own / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
        ]
        commands.run([*pip, "--require-hashes", "--requirement", self.pins], cwd=self.pins.parent)
        found = self._find()
        if found is None:
            raise SetupError(f"{self._own}/bin/uv does not run", remedy="install uv and put it on the PATH")
        return found

    def _find(self) -> Path | None:
        on_path = shutil.which("uv")
        candidates = [Path(on_path)] if on_path else []
        for candidate in [*candidates, self._own / "bin" / "uv"]:
            version = prerequisites.installed_version(candidate, "--version")
            if version and version >= MINIMUM:
                return candidate
        return None
