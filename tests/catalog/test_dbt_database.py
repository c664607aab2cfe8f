"""The database that dbt builds in is told by the catalog, or refused: never the first of several."""

import pytest

from slipway.catalog import load_workspace
from slipway.catalog.dbt_database import DatabaseUnclear, logical_database
from tests.doubles.workspace_folder import WorkspaceFolder


def test_pipelines_with_a_dbt_part_tell(folder: WorkspaceFolder) -> None:
    """Others may produce where they want."""
    events = "catalog/payment-events.yaml"
    folder.change(events, "snowflake://FINEDGE.STREAMING", "snowflake://EVENTS.STREAMING")
    folder.change("catalog/revenue.yaml", "snowflake://FINEDGE.STREAMING", "snowflake://EVENTS.STREAMING")
    assert logical_database(load_workspace(folder.root)) == "FINEDGE"


def test_several_are_refused(folder: WorkspaceFolder) -> None:
    """A deployment that took one of them would build in the wrong place."""
    folder.change("slipway.yaml", "snowflake://FINEDGE.MARTS.REVENUE", "snowflake://BOOKS.MARTS.REVENUE")
    output = "outputs:\n  - {dataset: snowflake://FINEDGE.MARTS.REVENUE"
    folder.change("catalog/revenue.yaml", output, output.replace("FINEDGE", "BOOKS"))
    with pytest.raises(DatabaseUnclear, match="more or less than one database: BOOKS, FINEDGE"):
        logical_database(load_workspace(folder.root))
