"""Looks for the programs that setup and the sandbox need, before anything is made."""

import importlib.util
import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from toolchain.installer.problems import Missing
from toolchain.installer.versions import Version

JAVA_MINIMUM = Version(17, 0)
GIT_MINIMUM = Version(2, 38, 0)  # the first whose merge-tree writes the merged tree
MAVEN_MINIMUM = Version(3, 6, 3)  # what the pinned maven-dependency-plugin needs
_ANSWER_TIMEOUT = 30.0  # seconds; a program that takes longer to tell its version is broken
GIB = 1024**3


def ask(*argv: str | Path, cwd: Path | None = None, extra: Mapping[str, str] | None = None) -> str | None:
    """Return what a program answers to a question such as `--version`; None if it cannot be run or fails."""
    try:
        answer = subprocess.run(
            argv,
            capture_output=True,
            text=True,
            check=False,
            timeout=_ANSWER_TIMEOUT,
            cwd=cwd,
            env=os.environ | (extra or {}),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout + answer.stderr if answer.returncode == 0 else None


def installed_version(*question: str | Path, extra: Mapping[str, str] | None = None) -> Version | None:
    """Return the version that a program tells; None if it does not run or tells none."""
    return Version.find(ask(*question, extra=extra) or "")


def git() -> list[Missing]:
    """Git: the sandbox's repositories are real ones, and merge-tree merges in them."""
    found = installed_version("git", "--version")
    if found and found >= GIT_MINIMUM:
        return []
    return [
        Missing(
            what=f"git {GIT_MINIMUM} or later is missing ({_found('git', found)})",
            remedy="install git and put it on the PATH",
        )
    ]


def java() -> list[Missing]:
    """A Java runtime: DynamoDB Local and Spark run on it."""
    found = installed_version("java", "-version")
    if found and found >= JAVA_MINIMUM:
        return []
    return [
        Missing(
            what=f"a JDK, version {JAVA_MINIMUM.major} or later, is missing ({_found('java', found)})",
            remedy="install one (Debian: apt-get install openjdk-17-jdk) and put its java on the PATH",
        )
    ]


def maven() -> list[Missing]:
    """Maven: DynamoDB Local is published as Maven artifacts only."""
    found = installed_version("mvn", "--version")
    if found and found >= MAVEN_MINIMUM:
        return []
    return [
        Missing(
            what=f"Maven {MAVEN_MINIMUM} or later is missing ({_found('mvn', found)})",
            remedy="install it (Debian: apt-get install maven) and put mvn on the PATH",
        )
    ]


def go(minimum: Version) -> list[Missing]:
    """Go: the Pulumi CLI is built from its modules where no official one is installed."""
    found = go_version()
    if found and found >= minimum:
        return []
    return [
        Missing(
            what=f"Go {minimum} or later is missing ({_found('go', found)})",
            remedy="install it from go.dev/dl, or install the official Pulumi CLI, and put it on the PATH",
        )
    ]


def go_version() -> Version | None:
    """Return the version of the Go on the PATH itself, not of one that it would fetch for a module."""
    return installed_version("go", "env", "GOVERSION", extra={"GOTOOLCHAIN": "local", "GOWORK": "off"})


def virtual_environments() -> list[Missing]:
    """Python's venv module with pip in it: Debian packages them apart from Python."""
    if importlib.util.find_spec("ensurepip"):
        return []
    return [
        Missing(
            what="neither uv nor Python's venv module with pip is there to install it",
            remedy="install uv, or the module (Debian: apt-get install python3-venv)",
        )
    ]


def free_space(needs: Iterable[Mapping[Path, int]]) -> list[Missing]:
    """Compare the bytes that the steps will take with what each disk has free."""
    needed: dict[int, int] = defaultdict(int)
    folders: dict[int, Path] = {}
    for need in needs:
        for folder, size in need.items():
            there = _existing(folder)
            device = there.stat().st_dev
            folders.setdefault(device, there)
            needed[device] += size
    return [missing for device, size in needed.items() for missing in _space_on(folders[device], size)]


def _space_on(folder: Path, size: int) -> list[Missing]:
    free = shutil.disk_usage(folder).free
    if free >= size:
        return []
    return [
        Missing(
            what=f"disk space is missing: setup takes {size / GIB:.1f} GiB, "
            f"the disk of {folder} has {free / GIB:.1f} GiB free",
            remedy="free some space, or move the checkout (or the Go and uv caches) to a larger disk",
        )
    ]


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _found(program: str, version: Version | None) -> str:
    path = shutil.which(program)
    if path is None:
        return f"no {program} on the PATH"
    return f"{path} is {version}" if version else f"{path} does not tell its version"
