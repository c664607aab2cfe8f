"""Which Airflow is installed: read from the lock file, so that nothing has to import it."""

import tomllib
from functools import cache

from slipway_sandbox.airflow.place import TOOL


@cache
def airflow_version() -> str:
    """The locked version, one that MWAA offers."""
    packages = tomllib.loads((TOOL / "uv.lock").read_text(encoding="utf-8"))["package"]
    (version,) = (one["version"] for one in packages if one["name"] == "apache-airflow")
    return str(version)
