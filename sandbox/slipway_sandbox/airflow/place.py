"""Names that an Airflow and those who start or call it agree on. It imports nothing: `env` stays quick."""

import hashlib
import hmac
from enum import StrEnum
from pathlib import Path
from typing import Final

INSTALLATION: Final = Path(__file__).resolve().parents[3]
"""The platform's checkout, whose `make setup` installs Airflow."""

TOOL: Final = INSTALLATION / "toolchain" / "envs" / "airflow"
"""The locked environment in which Airflow is installed: DAG files are tested in the same one."""

REST_USER: Final = "mwaa"
"""Who calls the REST API for every caller of InvokeRestApi."""

DAGS_PREFIX: Final = "dags"
"""`DagS3Path`: where DAG files are in the environment's bucket."""


class Purpose(StrEnum):
    """What a secret of an instance is for; one never serves another's purpose."""

    REST = "rest"
    COOKIES = "cookies"
    CREDENTIALS = "credentials"


def environment_name(stack: str) -> str:
    """The MWAA environment of a stack."""
    return f"slipway-{stack}"


def execution_role(stack: str) -> str:
    """The role that tasks run with, as `slipway.model.naming` calls it; pipelines' roles trust it."""
    return f"slipway-{stack}-airflow"


def instance_folder(home: Path, stack: str) -> Path:
    """AIRFLOW_HOME of an instance."""
    return home / f"airflow-{stack}"


def derived_secret(world_secret: str, stack: str, purpose: Purpose) -> str:
    """A secret of one instance for one purpose, from the secret of the world."""
    text = f"{stack}/{purpose}".encode()
    return hmac.new(world_secret.encode(), text, hashlib.sha256).hexdigest()
