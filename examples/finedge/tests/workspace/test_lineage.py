"""The catalog, dbt, the contracts and the connectors tell one story: each test compares two of them."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

SNOWFLAKE = "snowflake://"
PREPARED_BY_LOADS = ["loaded_at", "source_file"]


def relations(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Everything dbt reads or writes, by DATABASE.SCHEMA.TABLE."""
    kinds = {"model", "seed", "snapshot"}
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in kinds]
    return {node["relation_name"].upper(): node for node in [*nodes, *manifest["sources"].values()]}


def produced(entry: dict[str, Any], scheme: str = SNOWFLAKE) -> set[str]:
    found = {output["dataset"] for output in entry["outputs"]}
    return {uri.removeprefix(scheme) for uri in found if uri.startswith(scheme)}


def contracted(entries: dict[str, Any], workspace: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """Dataset, pipeline and contract of each output that promises something."""
    return [
        (output["dataset"], name, yaml.safe_load((workspace / output["contract"]).read_text()))
        for name, entry in entries.items()
        for output in entry["outputs"]
        if "contract" in output
    ]


def test_every_part_exists(entries: dict[str, Any], workspace: Path) -> None:
    parts = [workspace / path for entry in entries.values() for path in entry["parts"].values()]
    assert [str(path) for path in parts if not path.exists()] == []


def test_every_table_of_the_catalog_is_known_to_dbt(
    entries: dict[str, Any], manifest: dict[str, Any]
) -> None:
    declared = set().union(*(produced(entry) for entry in entries.values()))
    assert declared <= set(relations(manifest))


def test_every_table_of_dbt_is_produced_by_one_pipeline(
    entries: dict[str, Any], manifest: dict[str, Any]
) -> None:
    """Private models are a pipeline's own business and no output."""
    published = {name for name, node in relations(manifest).items() if node.get("access") != "private"}
    producers = {name: [p for p, entry in entries.items() if name in produced(entry)] for name in published}
    assert {name: by for name, by in producers.items() if len(by) != 1} == {}


def test_only_the_schema_of_private_models_is_named_by_no_entry(
    entries: dict[str, Any], manifest: dict[str, Any], workspace: Path
) -> None:
    """The platform makes and grants the schemas that entries name, and this one beside MARTS."""
    named = {table.split(".")[1] for entry in entries.values() for table in produced(entry)}
    used = {table.split(".")[1] for table in relations(manifest)}
    assert used - named == {"INTERMEDIATE"}
    assert "`INTERMEDIATE`. No catalog entry names it" in (workspace / "README.md").read_text()


def test_a_pipeline_reads_what_its_entry_says(entries: dict[str, Any], manifest: dict[str, Any]) -> None:
    """What no model of it reads are sources whose freshness its DAG asks for: its own test knows which."""
    dated = {
        source["relation_name"].upper()
        for source in manifest["sources"].values()
        if source["loaded_at_field"]
    }
    for entry in entries.values():
        folder = entry["parts"]["dbt"].removeprefix("dbt/")
        own = [
            node for node in manifest["nodes"].values() if node["original_file_path"].startswith(f"{folder}/")
        ]
        own = [node for node in own if node["resource_type"] in {"model", "snapshot"}]
        ids = {node["unique_id"] for node in own}
        parents = {parent for node in own for parent in node["depends_on"]["nodes"]} - ids
        everything = manifest["nodes"] | manifest["sources"]
        read = {everything[parent]["relation_name"].upper() for parent in parents}
        declared = {uri.removeprefix(SNOWFLAKE) for uri in entry["inputs"] if uri.startswith(SNOWFLAKE)}
        assert read - produced(entry) <= declared, entry["pipeline"]
        assert declared - read <= dated, entry["pipeline"]


def test_contracts_promise_the_columns_that_dbt_makes(
    entries: dict[str, Any], manifest: dict[str, Any], workspace: Path
) -> None:
    tables = relations(manifest)
    compared = 0
    for dataset, _, contract in contracted(entries, workspace):
        if not dataset.startswith(SNOWFLAKE):
            continue
        made = tables[dataset.removeprefix(SNOWFLAKE)]["columns"].values()
        promised = contract["schema"][0]["properties"]
        assert [(column["name"], column["physicalType"]) for column in promised] == [
            (column["name"], column["data_type"].upper()) for column in made
        ], dataset
        compared += 1
    assert compared == 19


def test_contracts_require_what_dbt_refuses_to_be_null(
    entries: dict[str, Any], manifest: dict[str, Any], workspace: Path
) -> None:
    tables = relations(manifest)
    for dataset, _, contract in contracted(entries, workspace):
        made = tables.get(dataset.removeprefix(SNOWFLAKE))
        if made is None or made["resource_type"] != "model" or made["config"]["materialized"] == "view":
            continue
        refused = {
            name
            for name, column in made["columns"].items()
            if any(constraint["type"] == "not_null" for constraint in column["constraints"])
        }
        required = {
            column["name"] for column in contract["schema"][0]["properties"] if column.get("required")
        }
        assert required == refused, dataset


def test_contracts_name_their_dataset_their_pipeline_and_its_freshness(
    entries: dict[str, Any], workspace: Path
) -> None:
    for dataset, pipeline, contract in contracted(entries, workspace):
        physical = dataset.partition("://")[2].removeprefix("FINEDGE.")
        assert [table["physicalName"] for table in contract["schema"]] == [physical]
        assert contract["dataProduct"] == pipeline
        assert contract["team"]["name"] == contract["domain"] == entries[pipeline]["owner"]
        latency = next(sla for sla in contract["slaProperties"] if sla["property"] == "latency")
        assert f"{latency['value']}{latency['unit']}" == entries[pipeline]["freshness"]["max_age"]


def test_every_contract_belongs_to_an_output(entries: dict[str, Any], workspace: Path) -> None:
    used = {output.get("contract") for entry in entries.values() for output in entry["outputs"]}
    assert {f"contracts/{path.name}" for path in (workspace / "contracts").glob("*")} == used - {None}


@pytest.mark.parametrize("table", ["merchants", "accounts", "invoices"])
def test_a_change_reaches_raw_with_every_field(manifest: dict[str, Any], workspace: Path, table: str) -> None:
    path = workspace / f"streaming/{table}_cdc/avro/payments.public.{table}-value.v1.avsc"
    message = [field["name"] for field in json.loads(path.read_text())["fields"]]
    raw = relations(manifest)[f"FINEDGE.RAW.{table.upper()}_CDC"]["columns"]
    assert list(raw) == message + PREPARED_BY_LOADS


def test_connectors_move_what_the_catalog_says(entries: dict[str, Any], workspace: Path) -> None:
    for entry in entries.values():
        folder = workspace / entry["parts"].get("stream", "nowhere") / "connectors"
        for path in sorted(folder.glob("*.json")):
            config = json.loads(path.read_text())["config"]
            if "table.include.list" in config:
                table = f"{config['topic.prefix']}.{config['table.include.list']}"
                assert f"postgres://{table}" in entry["inputs"]
                assert table in produced(entry, "kafka://")
            else:
                topic = f"kafka://{config['topics']}"
                assert topic in entry["inputs"] or topic.removeprefix("kafka://") in produced(
                    entry, "kafka://"
                )
                bucket = {"${env:LANDING_BUCKET}": "landing", "${env:CURATED_BUCKET}": "curated"}
                prefix = f"{bucket[config['s3.bucket.name']]}/{config['topics.dir']}"
                assert prefix in produced(entry, "s3://")


def test_no_two_connectors_share_a_slot(workspace: Path) -> None:
    """Two connectors on one replication slot lose changes silently."""
    configs = [
        json.loads(path.read_text()) for path in (workspace / "streaming").glob("*/connectors/debezium.json")
    ]
    slots = [(config["config"]["database.dbname"], config["config"]["slot.name"]) for config in configs]
    assert len(slots) == len(set(slots)) == 4
    assert len({config["name"] for config in configs}) == 4


def test_connectors_hold_no_secret(workspace: Path) -> None:
    for path in (workspace / "streaming").glob("*/connectors/*.json"):
        config = json.loads(path.read_text())["config"]
        secret = {key: value for key, value in config.items() if "password" in key or key.endswith(".user")}
        assert all(value.startswith("${secretsManager:") for value in secret.values()), path.name
