"""What dbt is installed from: the packages of the locked environment that models are tested in."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

LOCK: Final = Path(__file__).resolve().parents[1] / "toolchain" / "envs" / "dbt" / "uv.lock"
_WANTED: Final = ("dbt-core", "dbt-snowflake")
_ELSEWHERE: Final = "win32"


def dbt_packages() -> tuple[str, ...]:
    """Return dbt and all it needs, each with the version of the lock file, sorted.

    Without hashes: the lock names those of its own Python, and MWAA decides which Python there is.
    """
    packages = {each["name"]: each for each in tomllib.loads(LOCK.read_text(encoding="utf-8"))["package"]}
    found: dict[str, str] = {}
    waiting: list[Mapping[str, Any]] = [{"name": name} for name in _WANTED]
    while waiting:
        asked = waiting.pop()
        package = packages[asked["name"]]
        first = asked["name"] not in found
        found[asked["name"]] = package["version"]
        waiting += _here(package.get("dependencies", ())) if first else []
        optional = package.get("optional-dependencies", {})
        waiting += (each for extra in asked.get("extra", ()) for each in _here(optional.get(extra, ())))
    return tuple(f"{name}=={version}" for name, version in sorted(found.items()))


def _here(dependencies: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Leave out what only Windows needs."""
    return [each for each in dependencies if _ELSEWHERE not in each.get("marker", "")]
