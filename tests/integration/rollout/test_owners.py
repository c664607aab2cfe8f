"""Whose tables and views are: a release as the deployer, scheduled runs as the pipeline, in turns.

Roles, grants and users are those that the stack declares; nobody here is an administrator.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bench.check.finedge import connection_of
from slipway.adapters.snowflake import SnowflakeSettings, SnowflakeWarehouse, snowflake_warehouse
from slipway.model.grants import Grantee, GranteeKind
from slipway.model.pipeline import PipelineName
from slipway.model.query_tag import QueryTag
from slipway.model.snowflake_objects import SnowflakeObject, Table, View
from slipway.model.workload import Workload
from slipway.ports.tools import Tool, ToolCall
from slipway.ports.warehouse_errors import PrivilegeMissing
from slipway.rollout.owners import OwnerNotHeld
from slipway.stages import Completed
from stacks.warehouse_settings import ServiceUserName
from tests.integration.rollout.deployer import deployed, rolled_back
from tests.integration.rollout.production import REFUNDS, REVENUE, expected_rows, rows_of
from tests.integration.rollout.site import DATABASE, ENVIRONMENT, NAMING, OpenSite
from tests.integration.rollout.small_workspace import MainBranch, refunds, revenue

pytestmark = pytest.mark.integration

TABLE = Table.of(DATABASE, "MARTS", "REVENUE")
OTHERS = Table.of(DATABASE, "MARTS", "REFUNDS")
NEW = Table.of(DATABASE, "MARTS", "REVENUE_LARGE")
NEW_VIEW = View(TABLE.schema, "REVENUE_SMALL")
ADDED = {
    "dbt/models/marts/revenue/revenue_large.sql": "select id from {{ ref('revenue') }} where amount > 50\n",
    "dbt/models/marts/revenue/revenue_small.sql": (
        "{{ config(materialized='view') }}\nselect id from {{ ref('revenue') }} where amount <= 50\n"
    ),
}
_LIMIT = timedelta(minutes=5)


def test_releases_and_scheduled_runs_leave_the_same_owner(here: OpenSite) -> None:
    """A release, a run, the way back, a run: each works on what the one before has left."""
    here.airflow.let_runs(succeed=True)
    assert here.site.snowflake.role == NAMING.snowflake_account_object("deploy")
    shipped = MainBranch(here.artifacts).merge({**revenue("1.06", version="o2"), **ADDED})
    objects = (TABLE, View(TABLE.schema, "REVENUE_LINES"))

    assert deployed(here, here.deployments(here.handlers), shipped) == Completed()
    assert owners(here, *objects, NEW, NEW_VIEW) == {NAMING.snowflake_account_object(REVENUE)}
    assert rows_of(here.warehouse, TABLE.sql) == expected_rows("1.06")["REVENUE"]
    run_on_schedule(here, REVENUE)
    assert owners(here, *objects, NEW, NEW_VIEW) == {NAMING.snowflake_account_object(REVENUE)}

    again = MainBranch(here.artifacts).merge(revenue("1.09", version="o3"))
    assert deployed(here, here.deployments(here.handlers), again) == Completed()
    assert rolled_back(here, here.deployments(here.handlers), again, REVENUE) == Completed()
    assert owners(here, *objects) == {NAMING.snowflake_account_object(REVENUE)}
    assert rows_of(here.warehouse, TABLE.sql) == expected_rows("1.06")["REVENUE"]
    run_on_schedule(here, REVENUE)
    assert owners(here, *objects) == {NAMING.snowflake_account_object(REVENUE)}
    assert rows_of(here.warehouse, TABLE.sql) == expected_rows("1.06")["REVENUE"]

    assert rolled_back(here, here.deployments(here.handlers), shipped, REVENUE) == Completed()
    assert owners(here, *objects, NEW, NEW_VIEW) == {NAMING.snowflake_account_object(REVENUE)}


def test_a_pipelines_role_is_refused_on_anothers_tables(here: OpenSite) -> None:
    """It may read what lies in a schema that it publishes into, and change nothing of it."""
    before = rows_of(here.warehouse, OTHERS.sql)
    with session(as_airflow(here, REVENUE)) as runs:
        assert rows_of(runs, OTHERS.sql) == before
        for statement in (
            f"INSERT INTO {OTHERS.sql} SELECT * FROM {OTHERS.sql}",
            f"CREATE OR REPLACE TABLE {OTHERS.sql} AS SELECT 1 AS ID",
            f"ALTER TABLE {OTHERS.sql} SWAP WITH {TABLE.sql}",
            f"DROP TABLE {OTHERS.sql}",
        ):
            with pytest.raises(PrivilegeMissing):
                runs.run(statement, subject="test")
    assert rows_of(here.warehouse, OTHERS.sql) == before


def test_an_owner_whom_the_deployer_does_not_hold_is_named_before_anything_is_touched(here: OpenSite) -> None:
    """As an estate has it: the table belongs to a role of before."""
    here.airflow.let_runs(succeed=True)
    shipped = MainBranch(here.artifacts).merge(refunds("1.06", version="o2"))
    with session(here.site.declared.administrator) as administrator:
        administrator.run("CREATE ROLE IF NOT EXISTS LEGACY_LOADER", subject="test")
        administrator.hand_over(OTHERS, Grantee(GranteeKind.ROLE, "LEGACY_LOADER"))
        with pytest.raises(OwnerNotHeld, match="REFUNDS is owned by LEGACY_LOADER") as refused:
            deployed(here, here.deployments(here.handlers), shipped)
        assert here.journal.open(ENVIRONMENT) == ()
        assert "which FINEDGE_PROD_DEPLOY does not hold" in refused.value.message
        assert "TO ROLE FINEDGE_PROD_REFUNDS COPY CURRENT GRANTS" in refused.value.remedy

        administrator.run("GRANT ROLE LEGACY_LOADER TO ROLE FINEDGE_PROD_DEPLOY", subject="test")
        assert deployed(here, here.deployments(here.handlers), shipped) == Completed()
        assert owners(here, OTHERS) == {"LEGACY_LOADER"}
        administrator.hand_over(OTHERS, Grantee(GranteeKind.ROLE, NAMING.snowflake_account_object(REFUNDS)))
        administrator.run("DROP ROLE LEGACY_LOADER", subject="test")


def owners(here: OpenSite, *subjects: SnowflakeObject) -> set[str]:
    """Whose they are."""
    found = (here.warehouse.grants(each).owner for each in subjects)
    return {owner.name for owner in found if owner is not None}


def run_on_schedule(here: OpenSite, pipeline: PipelineName) -> None:
    """Build a pipeline's models as a task of its DAG does: the airflow user, with the pipeline's role."""
    document = here.documents.newest(ENVIRONMENT)
    assert document is not None
    project = here.compositions.of(document.entries) / "dbt"
    scratch = here.site.folder / "scheduled"
    ended = here.tools.run(
        ToolCall(
            tool=Tool.DBT,
            arguments=[
                *(
                    "--no-use-colors",
                    "--no-version-check",
                    "build",
                    "--select",
                    f"path:models/marts/{pipeline}",
                ),
                *("--project-dir", str(project), "--profiles-dir", str(project)),
                *("--target-path", str(scratch), "--log-path", str(scratch)),
            ],
            folder=project,
            environment={
                **connection_of(as_airflow(here, pipeline)),
                "SLIPWAY_ENVIRONMENT": ENVIRONMENT.value,
                "SNOWFLAKE_DATABASE": DATABASE,
            },
            limit=_LIMIT,
        )
    )
    assert ended.exit_code == 0, ended.output + ended.errors


def as_airflow(here: OpenSite, pipeline: PipelineName) -> SnowflakeSettings:
    """How a task of a pipeline's DAG gets to Snowflake."""
    return here.site.declared.as_user(ServiceUserName.AIRFLOW, Workload.TRANSFORM, role=pipeline)


@contextmanager
def session(settings: SnowflakeSettings) -> Iterator[SnowflakeWarehouse]:
    """Somebody's session."""
    warehouse = snowflake_warehouse(settings, QueryTag(environment=ENVIRONMENT, stage="test"))
    try:
        yield warehouse
    finally:
        warehouse.close()
