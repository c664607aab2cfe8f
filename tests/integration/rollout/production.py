"""Production before a release, and what people and engines see of it."""

import json
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final

from slipway.environment.composition import read_artifact
from slipway.model.environment import StackName
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.parts import PartId
from slipway.model.pipeline import PartKind, PipelineName
from slipway.model.snowflake_objects import Database, Schema, Table, View
from slipway.ports.orchestrator import DagId, PublishedFile
from slipway.ports.stack_engine import Program
from slipway.ports.warehouse import Statements
from tests.integration.rollout.site import DATABASE, ENVIRONMENT, OpenSite
from tests.integration.rollout.small_workspace import first_document

REVENUE: Final = PipelineName("revenue")
REFUNDS: Final = PipelineName("refunds")
TABLES: Final = ("REVENUE", "REVENUE_MONTHLY")
ORDERS: Final = {number: (1 + number % 3, Decimal(number) + Decimal("0.10")) for number in range(1, 101)}
"""Month and amount of each order."""

_ORDERS: Final = ", ".join(f"({number}, {month}, {amount})" for number, (month, amount) in ORDERS.items())
_STATEMENTS: Final = (
    f"CREATE TABLE {DATABASE}.RAW.ORDERS (ID NUMBER(38,0), MONTH NUMBER(2,0), AMOUNT NUMBER(18,2))",
    f"INSERT INTO {DATABASE}.RAW.ORDERS VALUES {_ORDERS}",
    "CREATE ROLE ANALYST",
    "USE SECONDARY ROLES NONE",
    f"USE WAREHOUSE {DATABASE}_TRANSFORM",
    f"USE ROLE {DATABASE}_REVENUE",
    f"CREATE TABLE {DATABASE}.MARTS.REVENUE CHANGE_TRACKING = TRUE AS SELECT * FROM {DATABASE}.RAW.ORDERS",
    f"""CREATE TABLE {DATABASE}.MARTS.REVENUE_MONTHLY AS
        SELECT MONTH, COUNT(*) AS ORDERS, CAST(SUM(AMOUNT) AS NUMBER(18,2)) AS AMOUNT
        FROM {DATABASE}.MARTS.REVENUE GROUP BY MONTH""",
    f"""CREATE VIEW {DATABASE}.MARTS.REVENUE_LINES AS
        SELECT ID, MONTH, AMOUNT, 'v1' AS VERSION FROM {DATABASE}.MARTS.REVENUE""",
    f"GRANT SELECT ON TABLE {DATABASE}.MARTS.REVENUE TO ROLE ANALYST",
    f"GRANT SELECT ON TABLE {DATABASE}.MARTS.REVENUE_MONTHLY TO ROLE ANALYST",
    f"GRANT SELECT ON VIEW {DATABASE}.MARTS.REVENUE_LINES TO ROLE ANALYST",
    f"USE ROLE {DATABASE}_REFUNDS",
    f"CREATE TABLE {DATABASE}.MARTS.REFUNDS AS SELECT ID, AMOUNT FROM {DATABASE}.RAW.ORDERS",
)


def expected_rows(factor: str) -> dict[str, list[tuple[object, ...]]]:
    """What the code makes of the orders."""
    lines = [(number, month, _cents(amount * Decimal(factor))) for number, (month, amount) in ORDERS.items()]
    months = {
        month: [amount for _, own, amount in lines if own == month]
        for month in sorted({m for _, m, _ in lines})
    }
    return {
        "REVENUE": list(lines),
        "REVENUE_MONTHLY": [(month, len(own), sum(own)) for month, own in months.items()],
        "REFUNDS": [(number, amount) for number, _, amount in lines],
    }


def _cents(amount: Decimal) -> Decimal:
    """As Snowflake rounds: half away from zero."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def build(administrator: Statements) -> None:
    """Make the tables of version 1, each as the role of its pipeline, as scheduled runs did."""
    for statement in _STATEMENTS:
        administrator.run(statement, subject="test")


def bring_up(here: OpenSite) -> None:
    """Have version 1 run: resources, the DAGs parsed and not paused."""
    document = first_document(here.artifacts, ENVIRONMENT)
    here.documents.add(document)
    workspace = here.compositions.of(document.entries)
    here.engine.up(Program(stack=StackName.PROD, workspace=workspace), on_change=lambda _: None)
    for pipeline in (REVENUE, REFUNDS):
        _bring_up_dag(here, document, pipeline)
    here.airflow.set_variable("dbt_project_dir", "/projects/first")


def _bring_up_dag(here: OpenSite, document: EnvironmentDocument, pipeline: PipelineName) -> None:
    part = document.entry(PartId(pipeline, PartKind.DAG))
    assert part is not None
    files = [
        PublishedFile(path=file.path.removeprefix("dags/"), content=file.content)
        for file in read_artifact(here.artifacts, part)
    ]
    here.dag_store.put_generation(pipeline, part.artifact, files)
    here.dag_store.point(pipeline, part.artifact)
    here.airflow.dag_parsed(DagId(pipeline))
    here.airflow.pause(DagId(pipeline), paused=False)


def rows_of(warehouse: Statements, table: str) -> list[tuple[object, ...]]:
    """Every row, in order."""
    return [tuple(row) for row in warehouse.run(f"SELECT * FROM {table} ORDER BY 1", subject="test").rows]


def seen(here: OpenSite) -> dict[str, Any]:
    """Everything of production that a release touches; kept generations lie in schemas of their own."""
    warehouse = here.warehouse
    document = here.documents.newest(ENVIRONMENT)
    assert document is not None
    marts = {table: Table.of(DATABASE, "MARTS", table) for table in TABLES}
    return {
        "rows": {name: rows_of(warehouse, table.sql) for name, table in marts.items()},
        "view": rows_of(warehouse, f"{DATABASE}.MARTS.REVENUE_LINES"),
        "grants": {
            **{name: warehouse.grants(table) for name, table in marts.items()},
            "REVENUE_LINES": warehouse.grants(View(Schema(Database(DATABASE), "MARTS"), "REVENUE_LINES")),
        },
        "objects": rows_of(
            warehouse,
            f"(SELECT TABLE_SCHEMA, TABLE_NAME, COMMENT FROM {DATABASE}.INFORMATION_SCHEMA.TABLES "
            "WHERE TABLE_SCHEMA IN ('MARTS', 'RAW') ORDER BY 1, 2)",
        ),
        "entries": {str(entry.part): entry.artifact for entry in document.entries},
        "resources": resources(here),
        "pointer": here.dag_store.pointed(REVENUE),
        "paused": {dag: flow.paused for dag, flow in here.airflow.flows.items()},
    }


def resources(here: OpenSite) -> list[str]:
    """Names of the catalogue's components in the stack's state, each with the digest of its entry."""
    return sorted(_resources(here.site.platform.parent / "state"))


def _resources(backend: Path) -> Iterator[str]:
    (state,) = (backend / ".pulumi" / "stacks").rglob("prod.json")
    latest = json.loads(state.read_bytes())["checkpoint"]["latest"]
    for resource in latest.get("resources", []):
        if resource["type"] == "test:entries:Entry":
            yield resource["urn"].rpartition("::")[2]
