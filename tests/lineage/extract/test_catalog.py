"""The catalog says: precise where a tool explains an output, everything from everything where none does."""

from pathlib import Path

import pytest

from slipway.catalog import load_workspace
from slipway.lineage.extract import catalog
from slipway.lineage.extract.dbt import read_manifest
from slipway.lineage.graph import Edge, Graph, Node, NodeKind, Origin
from slipway.lineage.impact import walk
from slipway.model.parts import PartId
from slipway.model.workspace import Workspace
from tests.doubles.dbt_manifest import manifest, model, resource

FINEDGE = Path(__file__).parents[3] / "examples" / "finedge"
NOTHING = Graph.of([])


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    """FinEdge's own catalog."""
    return load_workspace(FINEDGE)


def table(name: str) -> Node:
    """A table of FinEdge."""
    return Node(NodeKind.DATASET, f"snowflake://FINEDGE.{name}")


def part(text: str) -> Node:
    """A part's node."""
    return catalog.part_node(PartId.parse(text))


def dbt_of_revenue() -> Graph:
    """What dbt says of one pipeline: two outputs, of which one rests on the other."""
    source = resource("source.finedge.s", "_s.yml", relation_name="FINEDGE.STAGING.INVOICES")
    revenue = model("revenue", "source.finedge.s", relation_name="FINEDGE.MARTS.REVENUE")
    monthly = model("revenue_monthly", revenue["unique_id"], relation_name="FINEDGE.MARTS.REVENUE_MONTHLY")
    return read_manifest(manifest(source, revenue, monthly), {}).graph


def test_without_a_tool_every_input_may_change_every_output(workspace: Workspace) -> None:
    """Spark jobs and streams are not read yet: to miss what follows from them would be worse."""
    graph = catalog.extract(workspace, NOTHING)
    settlements = workspace.pipeline("settlements")
    for dataset in settlements.inputs:
        found = {e.target for e in graph.leaving[catalog.dataset_node(dataset)] if e.origin is Origin.ASSUMED}
        assert {catalog.dataset_node(output) for output in settlements.output_datasets} <= found


def test_where_a_tool_explains_an_output_other_inputs_do_not_count(workspace: Workspace) -> None:
    """Otherwise one column of a staging table would stop every release."""
    dbt = dbt_of_revenue()
    graph = catalog.extract(workspace, dbt) | dbt
    assert Edge(table("MARTS.SETTLEMENTS"), table("MARTS.REVENUE"), Origin.ASSUMED) not in graph.edges
    assert table("MARTS.REVENUE") in walk(graph, [table("STAGING.INVOICES")])


def test_a_reader_is_touched_with_what_it_reads(workspace: Workspace) -> None:
    """Pipelines and consumers, by name."""
    impact = walk(catalog.extract(workspace, dbt_of_revenue()), [table("MARTS.REVENUE")])
    assert [str(node) for node in impact] == [
        "consumer finance-dashboard",
        "snowflake://FINEDGE.MARTS.REVENUE",
    ]


def test_a_dag_may_change_whatever_its_pipeline_produces(workspace: Workspace) -> None:
    """It decides what runs, when, and with which arguments."""
    impact = walk(catalog.extract(workspace, dbt_of_revenue()), [part("revenue/dag")])
    assert {table("MARTS.REVENUE"), table("MARTS.REVENUE_MONTHLY")} < set(impact)
    assert catalog.pipeline_node("revenue") in impact


def test_a_dbt_part_is_as_precise_as_the_manifest(workspace: Workspace) -> None:
    """Which of its models changed is known by their files; the part itself stands for its pipeline alone."""
    known = catalog.extract(workspace, dbt_of_revenue())
    assert list(walk(known, [part("revenue/dbt")])) == [part("revenue/dbt"), catalog.pipeline_node("revenue")]
    unknown = catalog.extract(workspace, NOTHING)
    assert table("MARTS.REVENUE_MONTHLY") in walk(unknown, [part("revenue/dbt")])


def test_without_any_edge_something_is_missed(workspace: Workspace) -> None:
    """The mutation, on all of FinEdge: no edge of the catalog is there for nothing."""
    graph = catalog.extract(workspace, NOTHING)
    assert len(graph.edges) > 100
    for removed in graph.edges:
        less = Graph.of(graph.edges - {removed}, graph.nodes)
        whole = walk(graph, [removed.source]).path(removed.target)
        assert whole == (removed,)
        assert removed.target not in walk(less, [removed.source]) or (
            len(walk(less, [removed.source]).path(removed.target)) > 1
        )
