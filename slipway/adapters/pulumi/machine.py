"""The Pulumi CLI of the PATH: its version and the plugins that it finds."""

import json
import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Final

from slipway.ports.machine import Machine, MachineError

_PACKAGES: Final = {"aws": "pulumi-aws", "github": "pulumi-github", "snowflake": "pulumi-snowflake"}
"""Plugin to the Python package that asks for its own version of it."""

_SECONDS: Final = 60
_QUIET: Final = {"PULUMI_SKIP_UPDATE_CHECK": "true"}


class PulumiMachine(Machine):
    """Asks the CLI."""

    def pulumi(self) -> str | None:
        """Ask its version."""
        if shutil.which("pulumi") is None:
            return None
        return _asked(["pulumi", "version"]).strip().removeprefix("v").partition("-")[0]

    def plugins(self) -> Mapping[str, frozenset[str]]:
        """Ask which plugins it finds."""
        found: dict[str, set[str]] = defaultdict(set)
        for plugin in json.loads(_asked(["pulumi", "plugin", "ls", "--json"])):
            if plugin.get("kind") == "resource":
                found[plugin["name"]].add(str(plugin.get("version", "")))
        return {name: frozenset(versions) for name, versions in found.items()}

    def wanted_plugins(self) -> Mapping[str, str]:
        """Read the installed packages' versions."""
        return {name: version(package) for name, package in _PACKAGES.items()}


def _asked(command: Sequence[str]) -> str:
    told = " ".join(command)
    try:
        ended = subprocess.run(
            command,
            env={**os.environ, **_QUIET},
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MachineError(f"`{told}` does not answer: {error}", remedy="run it by hand") from error
    if ended.returncode != 0:
        raise MachineError(f"`{told}` fails: {ended.stderr.strip()}", remedy="run it by hand")
    return ended.stdout
