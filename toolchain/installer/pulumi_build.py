"""Builds the Pulumi CLI and its Python language host from their Go modules."""

import re
import shutil
from functools import cached_property
from pathlib import Path

from toolchain.installer import prerequisites
from toolchain.installer.commands import Commands, LineListener
from toolchain.installer.display import Display
from toolchain.installer.problems import SetupError
from toolchain.installer.stamps import digest
from toolchain.installer.versions import Version

_CLI = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_SDK = "github.com/pulumi/pulumi/sdk/v3"
_HOST = "./pulumi-language-python"
_ENVIRONMENT = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}
_SCRIPTS = (
    Path("python/cmd/pulumi-language-python-exec"),
    Path("python/dist/pulumi-resource-pulumi-python"),  # dynamic providers
)
EXECUTABLES = ("pulumi", "pulumi-language-python", *(script.name for script in _SCRIPTS))


class PulumiBuild:
    """The Go module in `toolchain/pulumi` and what comes out of it.

    Attributes:
        module: the module's folder.
        version: the version of the CLI that go.mod requires.
        go_minimum: the version of Go that go.mod requires.
    """

    def __init__(self, module: Path) -> None:
        self.module = module
        requirements = (module / "go.mod").read_text()
        self.version = _required(requirements, rf"^\s*{re.escape(_SDK)} v(\S+)", "Pulumi SDK")
        self.go_minimum = _required(requirements, r"^go (\S+)", "Go version")

    @cached_property
    def key(self) -> str:
        """The digest of all that the build depends on, the compiler included."""
        files = (found for found in self.module.rglob("*") if found.is_file())
        sources = sorted(source for source in files if not source.name.endswith("_test.go"))
        named = [part for source in sources for part in (str(source.relative_to(self.module)), source)]
        return digest([str(prerequisites.go_version()), *self._flags(), *named])

    def run(self, folder: Path, commands: Commands, display: Display) -> None:
        """Build everything into a new folder.

        Raises:
            SetupError: if something cannot be fetched or compiled, or what was built does not run.
        """
        total = self._count_packages(commands, display)
        compiled = 0

        def show(line: str) -> None:
            nonlocal compiled
            compiled += 1
            display.status(f"compiling package {min(compiled, total)} of {total}: {line}")

        self._go(commands, "build", "-v", "-o", f"{folder}/", *self._flags(), _CLI, _HOST, listener=show)
        self._copy_scripts(folder, commands)
        told = prerequisites.installed_version(folder / "pulumi", "version")
        if told != self.version:
            raise SetupError(
                f"the Pulumi CLI that was built says it is {told}, not {self.version}",
                remedy=f"read {commands.log} and check {self.module / 'go.mod'}",
            )

    def _flags(self) -> list[str]:
        linker = f"-s -w -X {_SDK}/go/common/version.Version=v{self.version}"
        return ["-trimpath", "-buildvcs=false", "-tags=osusergo,grpcnotrace", f"-ldflags={linker}"]

    def _count_packages(self, commands: Commands, display: Display) -> int:
        """Fetch the modules and count the packages that are not in Go's build cache yet."""
        packages: list[str] = []
        fetched = 0

        def hear(line: str) -> None:
            nonlocal fetched
            if line.startswith("go: downloading"):
                fetched += 1
                display.status(f"module {fetched}: {line.removeprefix('go: downloading ')}")
            elif line:
                packages.append(line)

        stale = "{{if .Stale}}{{.ImportPath}}{{end}}"
        self._go(commands, "list", "-deps", "-f", stale, *self._flags(), _CLI, _HOST, listener=hear)
        return len(packages)

    def _copy_scripts(self, folder: Path, commands: Commands) -> None:
        """Copy the scripts out of the SDK's module folder, where Go keeps them without their execute bits."""
        answers: list[str] = []
        self._go(commands, "list", "-m", "-f", "{{.Dir}}", _SDK, listener=answers.append)
        for script in _SCRIPTS:
            copy = folder / script.name
            shutil.copyfile(Path(answers[-1]) / script, copy)
            copy.chmod(0o755)

    def _go(self, commands: Commands, *arguments: str, listener: LineListener) -> None:
        commands.run(["go", *arguments], cwd=self.module, extra=_ENVIRONMENT, listener=listener)


def _required(requirements: str, pattern: str, subject: str) -> Version:
    match = re.search(pattern, requirements, re.MULTILINE)
    version = Version.find(match[1]) if match else None
    if version is None:
        raise SetupError(f"toolchain/pulumi/go.mod names no {subject}", remedy="restore the file from git")
    return version
