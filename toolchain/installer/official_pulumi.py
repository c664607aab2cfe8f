"""Looks for an official Pulumi CLI that can be used as it is."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from toolchain.installer.prerequisites import ask
from toolchain.installer.versions import Version

# Since 3.254 `pulumi import --file` takes inputs and outputs, which adopting Terraform estates relies on.
MINIMUM = Version(3, 254)
_LANGUAGE_HOST = "pulumi-language-python"


@dataclass(frozen=True)
class Usable:
    """An official CLI that serves.

    Attributes:
        path: the executable.
        version: what it says it is.
    """

    path: Path
    version: Version


@dataclass(frozen=True)
class Unusable:
    """A CLI that is there but does not serve.

    Attributes:
        reason: one sentence that says why.
    """

    reason: str


def look_for_official_pulumi() -> Usable | Unusable | None:
    """Judge the first `pulumi` on the PATH; None if there is none.

    Virtual environments are passed over: what is in one, this checkout's or another's, is a build of ours and
    goes away with it.
    """
    path = os.pathsep.join(folder for folder in os.get_exec_path() if not _in_virtual_environment(folder))
    found = shutil.which("pulumi", path=path)
    if found is None:
        return None
    executable = Path(found)
    version = Version.find(ask(executable, "version", extra={"PULUMI_SKIP_UPDATE_CHECK": "true"}) or "")
    if version is None:
        return Unusable(f"{executable} does not tell its version")
    if version < MINIMUM:
        return Unusable(f"{executable} is {version}, older than {MINIMUM}")
    if not _has_language_host(executable, path):
        return Unusable(f"{executable} has no {_LANGUAGE_HOST} beside it or on the PATH")
    return Usable(executable, version)


def _in_virtual_environment(folder: str) -> bool:
    return (Path(folder).parent / "pyvenv.cfg").exists()


def _has_language_host(executable: Path, path: str) -> bool:
    beside = (executable.parent / _LANGUAGE_HOST, executable.resolve().parent / _LANGUAGE_HOST)
    return (
        any(os.access(host, os.X_OK) for host in beside)
        or shutil.which(_LANGUAGE_HOST, path=path) is not None
    )
