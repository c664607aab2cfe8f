"""dbt as tasks: the project lies on the workers, the key of their user in the environment that they run in.

Every task works with the Snowflake role of its pipeline: it may change the pipeline's own tables and views,
which that role owns, and read the schemas of what the catalog names as its inputs.
"""

from collections.abc import Sequence
from typing import Final

from airflow.models.baseoperator import BaseOperator
from airflow.operators.bash import BashOperator

from finedge import releases
from finedge.lineage import datasets

# The release that is deployed writes the variable; until it does, a task fails instead of running an unknown
# project.
PROJECT: Final = "{{ var.value.dbt_project_dir }}"


# How roles begin in Snowflake; the release that is deployed writes this variable too.
_ROLE: Final = "{{ var.value.snowflake_role_prefix }}{{ dag.dag_id | upper }}"

# The project lies in a folder that all workers share and that stays as it was published.
_OUTSIDE: Final = 'export DBT_TARGET_PATH="$(mktemp -d)" DBT_LOG_PATH="$(mktemp -d)"'


def build(
    task_id: str, select: str, *, inlets: Sequence[str] = (), outlets: Sequence[str] = ()
) -> BaseOperator:
    """Build and test models. Unit tests ran before the release; in an environment only data is tested.

    Args:
        task_id: task's id.
        select: dbt selection, such as ``path:models/staging/merchants``.
        inlets: tables that are read.
        outlets: tables that are written.
    """
    command = f"build --select {select} --exclude-resource-type unit_test --fail-fast"
    return _task(task_id, command, inlets, outlets)


def load(
    table: str,
    prefix: str,
    *,
    stage: str,
    file_format: str,
    inlets: Sequence[str] = (),
    outlets: Sequence[str] = (),
) -> BaseOperator:
    """Load the new files of a prefix into a table of RAW; Snowflake skips the files it loaded before.

    Args:
        table: table of the schema RAW.
        prefix: folder below the stage.
        stage: LANDING or CURATED.
        file_format: PARQUET or CSV_HEADER.
        inlets: what is read.
        outlets: what is written.
    """
    arguments = f"{{table: {table}, prefix: {prefix}, stage: {stage}, file_format: {file_format}}}"
    return _task(f"load_{table.lower()}", f"run-operation load_files --args '{arguments}'", inlets, outlets)


def check_freshness(task_id: str, select: str, *, inlets: Sequence[str] = ()) -> BaseOperator:
    """Fail when a source is older than it may be: a figure from stale data is worse than a late one.

    The source is an input of the pipeline: its role may not read the table otherwise. A run that a release
    triggers does not ask: that the data are old is no fault of its code.

    Args:
        task_id: task's id.
        select: the source, as dbt selects it.
        inlets: its table.
    """
    freshness = f"source freshness --select {select}"
    return _task(
        task_id, f"{{% if {releases.TEMPLATE} %}}--version{{% else %}}{freshness}{{% endif %}}", inlets
    )


def _task(
    task_id: str, command: str, inlets: Sequence[str] = (), outlets: Sequence[str] = ()
) -> BaseOperator:
    return BashOperator(  # noqa: AIR312  # MWAA runs Airflow 2.11, where Bash is no provider's
        task_id=task_id,
        bash_command=f"set -euo pipefail; {_OUTSIDE}; cd {PROJECT} && dbt --no-use-colors {command}",
        env={"SNOWFLAKE_ROLE": _ROLE},
        append_env=True,
        inlets=datasets(inlets),
        outlets=datasets(outlets),
    )
