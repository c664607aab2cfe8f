"""PULUMI_HOME of the sandbox: the provider plugins, as executables the engine finds without being told.

The engine looks for ``plugins/resource-NAME-vVERSION/pulumi-resource-NAME``; the version must be the one the
program's SDK asks for, so it is read from what the project has installed, else from its lockfile.
"""

import re
import shlex
import sys
import tomllib
from pathlib import Path

from slipway_sandbox.supervisor.faults import DependencyError
from slipway_sandbox.supervisor.home import Home

PACKAGES = ("aws", "github", "snowflake")

_SHIM = """\
#!/bin/sh
# Started by the Pulumi engine; it serves the {package} resources of the sandbox in {home}.
exec {command} "$@"
"""


def write_plugins(home: Home, project: Path) -> None:
    """Make PULUMI_HOME with one plugin a package.

    Raises:
        DependencyError: the project has no SDK of a package.
    """
    for package, version in sdk_versions(project).items():
        folder = home.pulumi_home / "plugins" / f"resource-{package}-v{version}"
        folder.mkdir(parents=True, exist_ok=True)
        shim = folder / f"pulumi-resource-{package}"
        shim.write_text(_shim(package, home), encoding="utf-8")
        shim.chmod(0o755)


def sdk_versions(project: Path) -> dict[str, str]:
    """Package -> the version of its SDK in the project.

    Raises:
        DependencyError: one is neither installed nor locked.
    """
    found = _locked(project) | _installed(project)
    missing = [f"pulumi-{package}" for package in PACKAGES if package not in found]
    if missing:
        raise DependencyError(
            f"{project} neither has installed nor locks {', '.join(missing)}", remedy="run `make setup`"
        )
    return {package: found[package] for package in PACKAGES}


def _installed(project: Path) -> dict[str, str]:
    pattern = re.compile(r"pulumi_(?P<package>[a-z]+)-(?P<version>[^-]+)\.dist-info")
    folders = (project / ".venv").glob("lib/python3.*/site-packages/pulumi_*.dist-info")
    matches = (pattern.fullmatch(folder.name) for folder in folders)
    return {match["package"]: match["version"] for match in matches if match is not None}


def _locked(project: Path) -> dict[str, str]:
    lockfile = project / "uv.lock"
    if not lockfile.is_file():
        return {}
    packages = tomllib.loads(lockfile.read_text(encoding="utf-8")).get("package", [])
    sdks = ((entry["name"].partition("pulumi-")[2], entry.get("version")) for entry in packages)
    return {name: version for name, version in sdks if name and version}


def _shim(package: str, home: Home) -> str:
    # -P: the engine starts plugins in the program's folder, whose modules must not shadow the sandbox's
    command = [sys.executable, "-P", "-u", "-m", "slipway_sandbox.provider"]
    command += ["--package", package, "--home", str(home.path)]
    return _SHIM.format(package=package, home=home.path, command=shlex.join(command))
