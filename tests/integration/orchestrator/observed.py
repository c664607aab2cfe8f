"""What a report about prod looks at beside Airflow: tables in Snowflake, state in DynamoDB, a workspace."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from slipway.adapters.system_clock import SystemClock
from slipway.model.signals import REPORTED_EVERY
from tests.doubles.workspace_folder import WorkspaceFolder
from tests.integration.aws.tables import make_table
from tests.integration.running_sandbox import RunningSandbox

_CONTRACT: Final = """\
schema:
  - name: settlements
    properties:
      - {name: id, physicalType: "NUMBER(38,0)"}
      - {name: loaded_at, physicalType: TIMESTAMP_NTZ}
slaProperties:
  - {property: latency, value: 90, unit: m, element: settlements.loaded_at}
"""
AGE: Final = timedelta(minutes=40)
"""Of the newest settlement, when it is written."""


class NextSlotClock(SystemClock):
    """The time one slot later: what happens now is in a slot that has closed."""

    def now(self) -> datetime:
        """Return the moment."""
        return super().now() + REPORTED_EVERY


def workspace(root: Path) -> WorkspaceFolder:
    """Three pipelines: one with a named column, one without an objective, a stream without a column."""
    folder = WorkspaceFolder(root)
    folder.write("contracts/settlements.odcs.yaml", _CONTRACT)
    return folder


def make_state(sandbox: RunningSandbox) -> None:
    """Make prod's tables of leases, journals and documents, with nothing in them."""
    dynamodb = sandbox.aws("dynamodb", "prod")
    make_table(dynamodb, "slipway-prod-leases", "target")
    make_table(dynamodb, "slipway-prod-journal", "deployment", ("stage", "S"))
    make_table(dynamodb, "slipway-prod-environment-documents", "environment", ("version", "N"))


def make_tables(sandbox: RunningSandbox) -> None:
    """Make settlements with a row."""
    loaded = (datetime.now(UTC) - AGE).strftime("%Y-%m-%d %H:%M:%S")
    sandbox.snowflake(
        "CREATE WAREHOUSE FINEDGE_PROD_TRANSFORM",
        "CREATE DATABASE FINEDGE_PROD",
        "CREATE SCHEMA FINEDGE_PROD.MARTS",
        "CREATE TABLE FINEDGE_PROD.MARTS.SETTLEMENTS (ID NUMBER(38,0), LOADED_AT TIMESTAMP_NTZ)",
        f"INSERT INTO FINEDGE_PROD.MARTS.SETTLEMENTS VALUES (1, '{loaded}')",
    )


def told(cloudwatch: Any, metric: str, **dimension: str) -> list[float]:
    """The largest number of each slot of the last half hour, oldest first, as an alarm sees it."""
    ((name, value),) = dimension.items()
    now = datetime.now(UTC)
    answer = cloudwatch.get_metric_statistics(
        Namespace="Slipway/Platform" if name == "Environment" else "Slipway/Pipelines",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value}],
        StartTime=now - timedelta(minutes=30),
        EndTime=now + timedelta(minutes=30),
        Period=int(REPORTED_EVERY.total_seconds()),
        Statistics=["Maximum"],
    )
    points = sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])
    return [point["Maximum"] for point in points]
