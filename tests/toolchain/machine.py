"""A made-up machine: a small checkout and a PATH on which only what a test puts there exists."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
PULUMI = "3.259.0"
_JAR = "the jar"

# Each program notes its call, then does for the installer what the real one would do. They are shell scripts
# because a setup calls fifteen of them, and because the machine's PATH has nothing else on it.
_PREAMBLE = """#!/bin/sh -eu
PATH=/usr/bin:/bin
home={home}
echo "$(basename "$0") $*" >> "$home/calls"
"""
_GIT = 'echo "git version {version}"'
_JAVA = "echo 'openjdk version \"{version}\" 2025-04-15' >&2"
_UV = """
[ "$1" = sync ] || { echo "uv {version} (a build)"; exit; }
mkdir -p .venv/bin
touch .venv/bin/python .venv/pyvenv.cfg
"""
_MAVEN = """
[ "$1" = --batch-mode ] || { echo "Apache Maven {version}"; exit; }
for word; do
  case $word in -DoutputDirectory=*) folder=${word#*=} ;; esac
done
mkdir -p "$folder"
cp "$home/jar" "$folder/DynamoDBLocal.jar"
echo "Downloaded from somewhere: DynamoDBLocal.jar"
"""
_GO = """
case "$1 $2" in
  "env GOVERSION") echo "go{version}"; exit ;;
  "env "*) printf '%s\\n' "$home/modules" "$home/cache"; exit ;;
  "list -m") echo "$home/sdk"; exit ;;
  "list "*) printf '%s\\n' "go: downloading example.org/m v1" example.org/m/one example.org/m/two; exit ;;
esac
echo example.org/m/one
folder=$4
cp "$home/built-pulumi" "$folder/pulumi"
cp "$home/built-pulumi" "$folder/pulumi-language-python"
echo $$ > "$home/go.pid"
while [ -e "$home/hang" ]; do sleep 0.01; done
[ ! -e "$home/broken" ] || { echo "one.go:3:1: syntax error"; exit 1; }
"""
_PULUMI = 'echo "v{version}"'
PROGRAMS = {
    "git": (_GIT, "2.39.5"),
    "java": (_JAVA, "17.0.15"),
    "uv": (_UV, "0.13.9"),
    "mvn": (_MAVEN, "3.8.7"),
    "go": (_GO, "1.26.8"),
}


@dataclass(frozen=True)
class Outcome:
    """How a run of the installer ended."""

    code: int
    stdout: str
    stderr: str


class Machine:
    """A machine on which setup can be run as a person runs it.

    Attributes:
        home: the folder that holds all of it.
        checkout: the checkout that is set up.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.checkout = home / "checkout"
        self._bin = home / "bin"
        self._make_checkout()
        for name in PROGRAMS:
            self.install(name)
        write_program(home / "built-pulumi", _PREAMBLE + _PULUMI, home, PULUMI)

    def install(self, name: str, version: str | None = None) -> None:
        """Put one of the known programs on the PATH."""
        body, usual = PROGRAMS[name]
        write_program(self._bin / name, _PREAMBLE + body, self.home, version or usual)

    def install_official_pulumi(self, version: str, *, host: bool = True) -> Path:
        """Put a Pulumi CLI on the PATH as its own installer would."""
        write_program(self._bin / "pulumi", _PREAMBLE + _PULUMI, self.home, version)
        if host:
            write_program(self._bin / "pulumi-language-python", _PREAMBLE, self.home, version)
        return self._bin / "pulumi"

    def remove(self, name: str) -> None:
        """Take a program off the PATH."""
        (self._bin / name).unlink()

    def setup(self, *arguments: str) -> Outcome:
        """Run the installer to its end."""
        process = self.start(*arguments)
        stdout, stderr = process.communicate(timeout=60)
        return Outcome(process.returncode, stdout, stderr)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the installer, without site-packages: it has to do with the standard library."""
        return subprocess.Popen(
            [sys.executable, "-S", self.checkout / "toolchain" / "install.py", *arguments],
            env={"PATH": str(self._bin), "HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def interrupt_build(self, number: signal.Signals) -> Outcome:
        """Start setup, send it a signal while Go compiles, and return when both have ended."""
        hang = self.home / "hang"
        hang.touch()
        process = self.start()
        compiler = self.await_build()
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=30)
        compiler.wait(timeout=30)
        hang.unlink()
        return Outcome(process.returncode, stdout, stderr)

    def await_build(self) -> psutil.Process:
        """Return the running Go once it compiles."""
        noted = self.home / "go.pid"
        deadline = time.monotonic() + 30
        while not (noted.exists() and noted.read_text()):
            assert time.monotonic() < deadline, "setup does not begin to compile"
            os.sched_yield()
        process = psutil.Process(int(noted.read_text()))
        noted.unlink()
        return process

    def calls(self, beginning: str) -> list[str]:
        """Return the calls of programs that begin with some words."""
        noted = self.home / "calls"
        lines = noted.read_text().splitlines() if noted.exists() else []
        return [line for line in lines if line.startswith(beginning)]

    def made(self) -> set[str]:
        """Name what setup has made in the checkout, apart from its lock, logs and bookkeeping."""
        folders = (
            ".venv",
            "sandbox/.venv",
            "toolchain/envs/dbt/.venv",
            ".slipway/pulumi",
            ".slipway/java",
            ".slipway/stamps",
        )
        return {folder for folder in folders if (self.checkout / folder).exists()}

    def _make_checkout(self) -> None:
        toolchain = self.checkout / "toolchain"
        shutil.copytree(
            ROOT / "toolchain" / "installer",
            toolchain / "installer",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        for name in ("__init__.py", "install.py", "uv-requirements.txt"):
            shutil.copy(ROOT / "toolchain" / name, toolchain)
        jar = hashlib.sha256(_JAR.encode()).hexdigest()
        module = f"module m\n\ngo 1.26\n\nrequire (\n\tgithub.com/pulumi/pulumi/sdk/v3 v{PULUMI}\n)\n"
        files = {
            "toolchain/pulumi/go.mod": module,
            "toolchain/pulumi/pulumi-language-python/main.go": "package main\n",
            "toolchain/java/dynamodb/pom.xml": "<project/>",
            "toolchain/java/dynamodb/jars.sha256": f"{jar}  DynamoDBLocal.jar\n",
            "../sdk/python/cmd/pulumi-language-python-exec": "executor",
            "../sdk/python/dist/pulumi-resource-pulumi-python": "dynamic provider",
            "../jar": _JAR,
        }
        for project in ("", "sandbox/", "toolchain/envs/dbt/"):
            files[f"{project}pyproject.toml"] = files[f"{project}uv.lock"] = project
        for name, text in files.items():
            write(self.checkout / name, text)


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def write_program(path: Path, template: str, home: Path, version: str) -> None:
    """Write an executable from its template."""
    text = template.replace("{home}", str(home)).replace("{version}", version)
    write(path, text)
    path.chmod(0o755)
