"""A manifest becomes edges: none is lost, and what cannot be read is refused by name."""

import json

import pytest

from slipway.lineage.extract.dbt import DbtProject, ManifestError, read_manifest
from slipway.lineage.graph import Edge, Node, NodeKind, Origin
from slipway.lineage.impact import walk
from tests.doubles.dbt_manifest import manifest, model, resource

DATABASES = {"FINEDGE_DEV": "FINEDGE"}
RAW = resource(
    "source.finedge.raw.lines", "models/_raw.yml", relation_name="FINEDGE_DEV.RAW.settlement_lines"
)
STAGING = model("stg_lines", RAW["unique_id"], relation_name="FINEDGE_DEV.STAGING.LINES")
EPHEMERAL = model("int_lines", STAGING["unique_id"], relation_name=None)
ROUND = resource("macro.finedge.round_money", "macros/money.sql")
CAST = resource("macro.finedge.cast_money", "macros/money.sql", macros=("macro.finedge.round_money",))
MART = model(
    "settlements",
    EPHEMERAL["unique_id"],
    macros=("macro.finedge.cast_money",),
    patch_path="finedge://models/_settlements.yml",
)
PORTAL = resource("exposure.finedge.merchant_portal", "models/_exposures.yml", MART["unique_id"])
TEST = resource("test.finedge.not_null", "models/_settlements.yml", MART["unique_id"])


def project(*more: object) -> DbtProject:
    """A project of one chain."""
    return read_manifest(manifest(RAW, STAGING, EPHEMERAL, ROUND, CAST, MART, PORTAL, TEST, *more), DATABASES)


def dataset(name: str) -> Node:
    """A table, by the catalog's name."""
    return Node(NodeKind.DATASET, f"snowflake://FINEDGE.{name}")


def test_every_edge_of_the_manifest_is_drawn() -> None:
    """By the catalog's names, whatever the database of the run and the case of the alias."""
    ephemeral = Node(NodeKind.MODEL, "model.finedge.int_lines")
    cast = Node(NodeKind.MACRO, "macro.finedge.cast_money")
    assert {(e.source, e.target) for e in project().graph.edges} == {
        (dataset("RAW.SETTLEMENT_LINES"), dataset("STAGING.LINES")),
        (dataset("STAGING.LINES"), ephemeral),
        (ephemeral, dataset("MARTS.SETTLEMENTS")),
        (Node(NodeKind.MACRO, "macro.finedge.round_money"), cast),
        (cast, dataset("MARTS.SETTLEMENTS")),
        (dataset("MARTS.SETTLEMENTS"), Node(NodeKind.CONSUMER, "merchant-portal")),
    }
    assert {e.origin for e in project().graph.edges} == {Origin.DBT}


@pytest.mark.parametrize("removed", sorted(project().graph.edges), ids=str)
def test_without_any_of_its_edges_an_impact_is_missed(removed: Edge) -> None:
    """The mutation: each edge of the chain is the only way to what follows it."""
    graph = project().graph
    less = type(graph).of(graph.edges - {removed}, graph.nodes)
    assert set(walk(graph, [removed.source])) - set(walk(less, [removed.source])) >= {removed.target}


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("models/stg_lines.sql", {"snowflake://FINEDGE.STAGING.LINES"}),
        ("models/_settlements.yml", {"snowflake://FINEDGE.MARTS.SETTLEMENTS"}),
        ("models/_raw.yml", {"snowflake://FINEDGE.RAW.SETTLEMENT_LINES"}),
        ("macros/money.sql", {"macro.finedge.round_money", "macro.finedge.cast_money"}),
        ("models/_exposures.yml", {"merchant-portal"}),
        ("tests/none.sql", set()),
    ],
)
def test_a_file_is_what_it_makes_or_describes(path: str, names: set[str]) -> None:
    """A column's type stands in the description: a change there is a change of the table."""
    assert {node.name for node in project().changed_by(frozenset({path}))} == names


def test_a_file_of_a_package_is_not_one_of_the_project() -> None:
    """Paths are relative to each package's own folder."""
    foreign = resource("macro.dbt_utils.star", "macros/money.sql")
    assert "macro.dbt_utils.star" not in {
        node.name for node in project(foreign).changed_by(frozenset({"macros/money.sql"}))
    }


def test_what_dbt_names_and_the_manifest_lacks_is_assumed() -> None:
    """An unknown edge counts as impacted, so it is drawn."""
    orphan = model("orphan", "model.other_package.hidden")
    edges = {e for e in project(orphan).graph.edges if e.target == dataset("MARTS.ORPHAN")}
    hidden = Node(NodeKind.MODEL, "model.other_package.hidden")
    assert edges == {Edge(hidden, dataset("MARTS.ORPHAN"), Origin.ASSUMED)}


@pytest.mark.parametrize(
    ("relation", "node"),
    [
        ('"FINEDGE_DEV"."MARTS"."SETTLEMENTS"', dataset("MARTS.SETTLEMENTS")),
        ("finedge_dev.marts.settlements", dataset("MARTS.SETTLEMENTS")),
        ("OTHER.MARTS.T", Node(NodeKind.DATASET, "snowflake://OTHER.MARTS.T")),
        ('FINEDGE_DEV.MARTS."lower"', Node(NodeKind.MODEL, "model.finedge.m")),
        ('FINEDGE_DEV.MARTS."A.B"', Node(NodeKind.MODEL, "model.finedge.m")),
    ],
)
def test_relations_are_named_as_snowflake_stores_them(relation: str, node: Node) -> None:
    """What a catalog cannot name keeps dbt's id: it is in the graph all the same."""
    found = read_manifest(manifest(model("m", relation_name=relation)), DATABASES)
    assert found.node(found.resources["model.finedge.m"]) == node


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{}", "dbt's manifest cannot be read: metadata: Field required"),
        (b"[", "dbt's manifest cannot be read: the document: Invalid JSON: "),
        (manifest(version="v11"), "dbt's manifest is of version v11.json, not v12"),
        (
            json.dumps({**json.loads(manifest()), "nodes": {"x": {"name": "x"}}}).encode(),
            "dbt's manifest cannot be read: nodes.x.unique_id: Field required",
        ),
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused(content: bytes, message: str) -> None:
    """A field that moved would make edges vanish without a word."""
    with pytest.raises(ManifestError) as caught:
        read_manifest(content, DATABASES)
    assert caught.value.message.startswith(message)
    assert caught.value.remedy == "parse the project again with the dbt of toolchain/envs/dbt"
