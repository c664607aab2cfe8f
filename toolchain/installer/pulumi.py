"""The step that makes `uv run pulumi` work: with the official CLI if there is one, else with a built one."""

import os
import shutil
from pathlib import Path

from toolchain.installer import prerequisites
from toolchain.installer.commands import Commands
from toolchain.installer.display import Display
from toolchain.installer.layout import Layout
from toolchain.installer.official_pulumi import Unusable, Usable, look_for_official_pulumi
from toolchain.installer.problems import Missing, SetupError
from toolchain.installer.pulumi_build import EXECUTABLES, PulumiBuild
from toolchain.installer.stamps import Stamp
from toolchain.installer.steps import StepName


class PulumiCli:
    """The Pulumi CLI with its Python language host.

    A build is kept in `.slipway/pulumi/<key>`, so that a new `.venv` costs no new build. It is hard-linked
    into `.venv/bin`: with a symbolic link the CLI would look for its language host elsewhere and warn.

    Attributes:
        name: the step's name.
    """

    name = StepName.PULUMI

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._builds = layout.state / "pulumi"
        self._build = PulumiBuild(layout.toolchain / "pulumi")
        self._official = look_for_official_pulumi()
        self._stamp = Stamp(layout.stamps / f"{self.name}.json")

    def is_current(self) -> bool:
        """Tell whether the CLI in use is the one it should be."""
        if isinstance(self._official, Usable):
            return not any(ours.exists() for ours in self._installed())
        return self._stamp.matches(self._build.key)

    def missing(self) -> list[Missing]:
        """Name Go, unless nothing has to be built."""
        if isinstance(self._official, Usable) or self._is_kept():
            return []
        return prerequisites.go(self._build.go_minimum)

    def space(self) -> dict[Path, int]:
        """Return what a first build takes: the modules' sources and Go's build cache, then the binaries."""
        if isinstance(self._official, Usable) or self._is_kept():
            return {}
        caches = (prerequisites.ask("go", "env", "GOMODCACHE", "GOCACHE") or "").split()
        sizes = (2 * prerequisites.GIB, 3 * prerequisites.GIB)
        return {self._builds: prerequisites.GIB // 2} | dict(zip(map(Path, caches), sizes, strict=False))

    def run(self, commands: Commands, display: Display) -> None:
        """Put the right CLI in place."""
        match self._official:
            case Usable(path, version):
                display.say(f"using the official Pulumi CLI {version} at {path}")
                for ours in self._installed():
                    ours.unlink(missing_ok=True)
                return
            case Unusable(reason):
                display.say(f"{reason}: ignored, our own {self._build.version} is used instead")
            case None:
                display.say(f"no Pulumi CLI on the PATH: our own {self._build.version} is used")
        self._install(commands, display)

    def _install(self, commands: Commands, display: Display) -> None:
        if not self._layout.bin.is_dir():
            raise SetupError(
                f"{self._layout.bin} does not exist, so there is no place for the Pulumi CLI",
                remedy="run setup without --only, or `--only python` first",
            )
        kept = self._kept()
        if not self._is_kept():
            self._make(kept, commands, display)
        for target in self._installed():
            _put(kept / target.name, target)
        self._stamp.write(self._build.key, self._installed())

    def _make(self, kept: Path, commands: Commands, display: Display) -> None:
        """Build aside; the rename is what makes the build exist, and only then do older ones go."""
        aside = self._builds / "unfinished"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        display.say(f"building Pulumi {self._build.version}; the first time takes 5 to 15 minutes")
        self._build.run(aside, commands, display)
        shutil.rmtree(kept, ignore_errors=True)
        aside.rename(kept)
        for old in self._builds.iterdir():
            if old != kept:
                shutil.rmtree(old)

    def _kept(self) -> Path:
        return self._builds / self._build.key[:16]

    def _is_kept(self) -> bool:
        return all((self._kept() / name).exists() for name in EXECUTABLES)

    def _installed(self) -> list[Path]:
        return [self._layout.bin / name for name in EXECUTABLES]


def _put(source: Path, target: Path) -> None:
    """Hard-link a file into place, or copy it where links cannot reach; never half of it."""
    aside = target.with_name(f".{target.name}.new")
    aside.unlink(missing_ok=True)
    try:
        os.link(source, aside)
    except OSError:  # another file system
        shutil.copy2(source, aside)
    aside.replace(target)
