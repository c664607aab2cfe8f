"""The environment that an instance's processes and its tasks run in."""

import base64
import hashlib
import os
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from slipway_sandbox.airflow.place import TOOL, Purpose, derived_secret, instance_folder
from slipway_sandbox.snowflake.place import AIRFLOW_KEY_FILE, FOLDER
from slipway_sandbox.supervisor.environment import neutral
from slipway_sandbox.world import Founding

CREDENTIALS_PATH: Final = "/_slipway/airflow-credentials"
"""Where the AWS front gives tasks fresh credentials of their execution role, as ECS does on MWAA."""

DATABASE: Final = "airflow.db"

_TOOLS: Final = "tools"
"""A folder with nothing but links to the tools of tasks: no environment shadows another's programs."""

_SECRETS: Final = "secrets"
"""The section of the options that speaks of an environment by its name."""

_QUICK: Final = {
    "AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL": "1",
    # Every DAG file anew each second took two fifths of a core for as long as the sandbox was up.
    "AIRFLOW__SCHEDULER__MIN_FILE_PROCESS_INTERVAL": "3",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
    "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
    "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "1",
    "AIRFLOW__SCHEDULER__PARSING_CLEANUP_INTERVAL": "2",
    "AIRFLOW__SCHEDULER__STALE_DAG_THRESHOLD": "8",
    "AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "1",
    "AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME": "3",
}
"""Periods of seconds where MWAA has half a minute: the sandbox shows what happens, not how long it takes."""

_LEAN: Final = {
    "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    # Airflow's own tests run the LocalExecutor on SQLite by this; it forks tasks, so that they start at once.
    "_AIRFLOW__SKIP_DATABASE_EXECUTOR_COMPATIBILITY_CHECK": "1",
    "AIRFLOW__CORE__PARALLELISM": "2",
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__SCHEDULER__PARSING_PROCESSES": "1",
    "AIRFLOW__WEBSERVER__WORKERS": "1",
    "AIRFLOW__WEBSERVER__WEB_SERVER_MASTER_TIMEOUT": "600",  # it gives up by itself on a busy machine
    "AIRFLOW__API__AUTH_BACKENDS": "airflow.api.auth.backend.basic_auth",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
}


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One Airflow.

    Attributes:
        home: the sandbox's folder.
        stack: the stack whose environment it serves.
        port: of its web server, on the loopback interface.
        aws_url: base URL of the AWS front.
        snowflake_url: base URL of the Snowflake account; empty when it is not part of the world.
    """

    home: Path
    stack: str
    port: int
    aws_url: str
    snowflake_url: str

    @property
    def folder(self) -> Path:
        """AIRFLOW_HOME."""
        return instance_folder(self.home, self.stack)

    @property
    def dags(self) -> Path:
        """Where the files of the bucket are kept."""
        return self.folder / "dags"


def lead_as_tasks(environ: MutableMapping[str, str], variables: Mapping[str, str]) -> None:
    """Have this process's own AWS clients find endpoint and credentials as tasks do.

    What it has inherited goes: whoever starts a sandbox may be led to one that has ended, or to a real
    account, and a key among the variables is taken before the role that tasks have.

    Args:
        environ: of this process.
        variables: of tasks.
    """
    for name in [name for name in environ if name.startswith("AWS_")]:
        del environ[name]
    environ.update({name: value for name, value in variables.items() if name.startswith("AWS_")})


def basic_variables(folder: Path) -> dict[str, str]:
    """What any Airflow command needs that works on the database in a folder."""
    folders = [str(folder / _TOOLS), str(TOOL / ".venv" / "bin"), os.environ.get("PATH", os.defpath)]
    path = os.pathsep.join(folders)
    own = {
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder / DATABASE}",
    }
    return {**neutral(os.environ), **_LEAN, **shared_options(), **_QUICK, **own, "PATH": path}


def shared_options() -> Mapping[str, str]:
    """The options that MWAA's environments have too, as variables: one file says them for both."""
    return _options({section: told for section, told in _told().items() if section != _SECRETS})


def secret_options(stack: str) -> Mapping[str, str]:
    """Where an instance finds what its stack tells it: secrets of its account."""
    return {
        name: value.replace("<stack>", stack)
        for name, value in _options({_SECRETS: _told()[_SECRETS]}).items()
    }


@cache
def _told() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((TOOL / "options.toml").read_text(encoding="utf-8"))


def _options(sections: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    return {
        f"AIRFLOW__{section}__{option}".upper(): value
        for section, options in sections.items()
        for option, value in options.items()
    }


def link_tools(folder: Path) -> None:
    """Put what tasks call on their PATH: dbt of its own locked environment (on MWAA: a start-up script).

    Args:
        folder: AIRFLOW_HOME.
    """
    tools = folder / _TOOLS
    tools.mkdir(parents=True)
    (tools / "dbt").symlink_to(TOOL.parent / "dbt" / ".venv" / "bin" / "dbt")


def instance_variables(
    instance: Instance, founding: Founding, snowflake: Mapping[str, str]
) -> dict[str, str]:
    """What the processes of an instance, its tasks among them, are started with.

    Args:
        instance: which one.
        founding: region and secret of the world.
        snowflake: what leads Snowflake's tools to the world's account.
    """
    cookies = derived_secret(founding.airflow_secret, instance.stack, Purpose.COOKIES)
    fernet = base64.urlsafe_b64encode(hashlib.sha256(cookies.encode()).digest()).decode()
    own = {
        "AIRFLOW__WEBSERVER__SECRET_KEY": cookies,
        "AIRFLOW__CORE__FERNET_KEY": fernet,
        "AIRFLOW__WEBSERVER__INSTANCE_NAME": f"{instance.stack} (sandbox)",
        "AIRFLOW_CONN_AWS_DEFAULT": "aws://",  # the worker's own role, as on MWAA
        "SLIPWAY_ENVIRONMENT": instance.stack,
    }
    ours = snowflake_variables(instance, founding, snowflake)
    told = {**secret_options(instance.stack), **aws_variables(instance, founding)}
    return {**basic_variables(instance.folder), **own, **told, **ours}


def snowflake_variables(
    instance: Instance, founding: Founding, snowflake: Mapping[str, str]
) -> dict[str, str]:
    """What tasks' dbt needs (on MWAA: a start-up script); names are those of `slipway.model.naming`.

    The stack makes the user, with a role that holds each pipeline's; a task chooses its pipeline's.
    """
    if not snowflake:
        return {}
    organization = founding.dag_buckets[instance.stack].partition(f"-{instance.stack}-dags-")[0]
    key = str(instance.home / FOLDER / AIRFLOW_KEY_FILE)
    environment = f"{organization}_{instance.stack}".replace("-", "_").upper()
    return {
        **snowflake,
        "SNOWFLAKE_USER": f"{environment}_AIRFLOW",
        "SNOWFLAKE_ROLE": f"{environment}_PIPELINES",
        **dict.fromkeys(("SNOWFLAKE_PRIVATE_KEY_FILE", "SNOWFLAKE_PRIVATE_KEY_PATH"), key),
        "SNOWFLAKE_DATABASE": environment,
        "SNOWFLAKE_WAREHOUSE": f"{environment}_TRANSFORM",
    }


def aws_variables(instance: Instance, founding: Founding) -> dict[str, str]:
    """What leads AWS's tools to the environment's account; the SDK renews credentials by itself."""
    return {
        "AWS_ENDPOINT_URL": instance.aws_url,
        "AWS_REGION": founding.region,
        "AWS_DEFAULT_REGION": founding.region,
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{instance.aws_url}{CREDENTIALS_PATH}/{instance.stack}",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": derived_secret(
            founding.airflow_secret, instance.stack, Purpose.CREDENTIALS
        ),
    }
