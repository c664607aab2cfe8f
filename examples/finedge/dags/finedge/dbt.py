"""dbt as tasks: the project lies on the workers, credentials come from the environment they run in."""

from collections.abc import Sequence
from typing import Final

from airflow.datasets import Dataset
from airflow.operators.bash import BashOperator

# The release that is deployed writes the variable; until it does, a task fails instead of running an unknown project.
PROJECT: Final = "{{ var.value.dbt_project_dir }}"
_RUN: Final = "set -euo pipefail; cd " + PROJECT + " && dbt --no-use-colors "


def build(
    task_id: str, select: str, *, inlets: Sequence[Dataset] = (), outlets: Sequence[Dataset] = ()
) -> BashOperator:
    """Build and test models. Unit tests ran before the release; in an environment only data is tested.

    Args:
        task_id: task's id.
        select: dbt selection, such as ``path:models/staging/merchants``.
        inlets: tables that are read.
        outlets: tables that are written.
    """
    return BashOperator(
        task_id=task_id,
        bash_command=f"{_RUN}build --select {select} --exclude-resource-type unit_test --fail-fast",
        append_env=True,
        inlets=list(inlets),
        outlets=list(outlets),
    )


def load(
    table: str, prefix: str, *, stage: str, file_format: str, inlets: Sequence[Dataset] = (), outlets: Sequence[Dataset] = ()
) -> BashOperator:
    """Load the new files of a prefix into a table of RAW; files that were loaded before are skipped by Snowflake.

    Args:
        table: table of the schema RAW.
        prefix: folder below the stage.
        stage: LANDING or CURATED.
        file_format: PARQUET or CSV_HEADER.
        inlets: what is read.
        outlets: what is written.
    """
    arguments = f"{{table: {table}, prefix: {prefix}, stage: {stage}, file_format: {file_format}}}"
    return BashOperator(
        task_id=f"load_{table.lower()}",
        bash_command=f"{_RUN}run-operation load_files --args '{arguments}'",
        append_env=True,
        inlets=list(inlets),
        outlets=list(outlets),
    )


def check_freshness(task_id: str, select: str) -> BashOperator:
    """Fail when a source is older than it may be: a figure from stale data is worse than a late one."""
    return BashOperator(
        task_id=task_id, bash_command=f"{_RUN}source freshness --select {select}", append_env=True
    )
