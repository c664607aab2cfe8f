"""How data flows: what is drawn, and what lies around one pipeline."""

from slipway.catalog import load_workspace
from slipway.catalog.graph import Edge, Flow, Node, NodeKind, flow_of
from tests.doubles.workspace_folder import WorkspaceFolder


def _dataset(uri: str) -> Node:
    return Node(NodeKind.DATASET, uri)


def _pipeline(name: str) -> Node:
    return Node(NodeKind.PIPELINE, name)


FILES = _dataset("s3://settlement-files/incoming")
TOPIC = _dataset("kafka://payments.events")
EVENTS = _dataset("snowflake://FINEDGE.STREAMING.PAYMENT_EVENTS")
SETTLEMENTS = _dataset("snowflake://FINEDGE.MARTS.SETTLEMENTS")
REVENUE = _dataset("snowflake://FINEDGE.MARTS.REVENUE")
DASHBOARD = Node(NodeKind.CONSUMER, "finance-dashboard")

EDGES: set[Edge] = {
    (FILES, _pipeline("settlements")),
    (_pipeline("settlements"), SETTLEMENTS),
    (SETTLEMENTS, _pipeline("revenue")),
    (TOPIC, _pipeline("payment-events")),
    (_pipeline("payment-events"), EVENTS),
    (EVENTS, _pipeline("revenue")),
    (_pipeline("revenue"), REVENUE),
    (REVENUE, DASHBOARD),
}


def _flow(folder: WorkspaceFolder) -> Flow:
    return flow_of(load_workspace(folder.root))


def test_the_flow_has_every_edge_of_the_catalogue(folder: WorkspaceFolder) -> None:
    """From sources to consumers, nothing else, sorted."""
    flow = _flow(folder)
    assert flow.edges == tuple(sorted(EDGES))
    assert flow.nodes == tuple(sorted({node for edge in EDGES for node in edge}))
    assert flow.origins == (TOPIC, FILES)


def test_a_source_that_nobody_reads_is_in_the_flow(folder: WorkspaceFolder) -> None:
    """It is declared, so a person looks for it."""
    folder.change(
        "slipway.yaml", "consumers:", "  - {dataset: s3://a-bucket/b, owner: c, description: d}\nconsumers:"
    )
    assert _dataset("s3://a-bucket/b") in _flow(folder).nodes


def test_around_a_pipeline_lies_what_leads_to_it_and_what_it_leads_to(folder: WorkspaceFolder) -> None:
    """The other branch of its reader is not there: a change here does not touch it."""
    around = _flow(folder).around(_pipeline("settlements"))
    assert around.edges == tuple(sorted(edge for edge in EDGES if not {TOPIC, EVENTS} & set(edge)))
    assert around.origins == (FILES,)


def test_around_the_last_pipeline_lies_everything(folder: WorkspaceFolder) -> None:
    """All data comes together in revenue."""
    flow = _flow(folder)
    assert flow.around(_pipeline("revenue")) == flow
