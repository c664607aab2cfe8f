"""What every model of the warehouse must be, asserted on the manifest that dbt made of the project."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest
import yaml

MONEY = re.compile(r"(amount|total|movement|credit_limit|fixed_fee)$")
CURRENCY = re.compile(r"currency$")
# how a model that merges takes what arrived
NEWEST = re.compile(
    r"newest_arrived\(\s*source\('raw', '\w+'\),\s*key=(?P<key>\[.+?\]),\s*version='(?P<version>\w+)',?\s*\)"
)


def models(manifest: dict[str, Any], *, layer: str = "") -> Iterator[dict[str, Any]]:
    """Models whose file is below a folder of models/."""
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["path"].startswith(layer):
            yield node


def is_published(node: dict[str, Any]) -> bool:
    return node["access"] != "private"


def generic_tests(manifest: dict[str, Any], *names: str) -> set[tuple[str, str | None]]:
    """Model and column of each data test of these names."""
    return {
        (node["attached_node"], node["column_name"])
        for node in manifest["nodes"].values()
        if node.get("test_metadata", {}).get("name") in names
    }


def test_the_project_is_whole(manifest: dict[str, Any]) -> None:
    kinds = Counter(node["resource_type"] for node in manifest["nodes"].values())
    assert kinds["model"] == 26
    assert kinds["seed"] == 2
    assert kinds["snapshot"] == 1
    assert kinds["test"] > 60
    assert len(manifest["sources"]) == 8
    assert len(manifest["unit_tests"]) == 26


def test_every_relation_lies_where_its_layer_says(manifest: dict[str, Any]) -> None:
    schemas = {
        (node["resource_type"], node["path"].split("/")[0], is_published(node), node["schema"])
        for node in models(manifest)
    }
    assert schemas == {
        ("model", "staging", True, "STAGING"),
        ("model", "marts", True, "MARTS"),
        ("model", "marts", False, "INTERMEDIATE"),
    }
    assert {node["database"] for node in models(manifest)} == {"FINEDGE"}
    assert not [node["alias"] for node in models(manifest) if node["alias"].startswith(("stg_", "int_"))]


def test_published_models_have_an_enforced_contract(manifest: dict[str, Any]) -> None:
    for node in filter(is_published, models(manifest)):
        assert node["contract"]["enforced"], node["name"]
        assert node["columns"], node["name"]
        assert all(column["data_type"] for column in node["columns"].values()), node["name"]


def test_money_is_exact_and_says_its_currency(manifest: dict[str, Any]) -> None:
    for node in filter(is_published, models(manifest)):
        types = {name: column["data_type"] for name, column in node["columns"].items()}
        money = {name for name in types if MONEY.search(name)}
        assert {types[name] for name in money} <= {"number(18,2)"}, node["name"]
        assert not [kind for kind in types.values() if "float" in kind or "double" in kind], node["name"]
        if money:
            assert [name for name in types if CURRENCY.search(name)], node["name"]


def test_money_and_its_currency_are_never_null(manifest: dict[str, Any]) -> None:
    """Snowflake enforces NOT NULL and nothing else, and not on a view: there a data test says it."""
    tested = generic_tests(manifest, "not_null")
    open_questions = []
    for node in filter(is_published, models(manifest)):
        for name, column in node["columns"].items():
            enforced = any(constraint["type"] == "not_null" for constraint in column["constraints"])
            if MONEY.search(name) or name == "currency":
                open_questions += (
                    [] if enforced or (node["unique_id"], name) in tested else [(node["name"], name)]
                )
    assert open_questions == []


def test_tables_keep_their_time_travel(manifest: dict[str, Any]) -> None:
    kept = [
        node for node in manifest["nodes"].values() if node["resource_type"] in {"model", "seed", "snapshot"}
    ]
    assert [node["name"] for node in kept if node["config"].get("transient") is not False] == []


def test_incremental_models_are_safe_to_run_again(manifest: dict[str, Any]) -> None:
    incremental = {
        n["name"]: n["config"] for n in models(manifest) if n["config"]["materialized"] == "incremental"
    }
    assert {name: config["incremental_strategy"] for name, config in incremental.items()} == {
        "stg_merchants": "merge",
        "stg_accounts": "merge",
        "stg_invoices": "merge",
        "stg_settlement_lines": "merge",
        "stg_fx_rates": "merge",
        "stg_chargebacks": "merge",
        "settlements": "delete+insert",
    }
    assert all(
        config["unique_key"] and config["on_schema_change"] == "fail" for config in incremental.values()
    )


def merged(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Models whose arrived rows overwrite those of the same key."""
    return [node for node in models(manifest) if node["config"].get("incremental_strategy") == "merge"]


def newest(node: dict[str, Any]) -> re.Match[str]:
    """How the model takes the newest of what arrived: key and version."""
    found = NEWEST.search(node["raw_code"])
    assert found, f"{node['name']} merges whatever arrives: take it from newest_arrived"
    return found


def test_an_older_row_that_arrives_late_overwrites_nothing(manifest: dict[str, Any]) -> None:
    """The newest row of a batch need not be the table's: each merge compares with what was merged before."""
    assert len(merged(manifest)) == 6
    for node in merged(manifest):
        found = newest(node)
        unique_key = node["config"]["unique_key"]
        key = [unique_key] if isinstance(unique_key, str) else unique_key
        assert ast.literal_eval(found["key"]) == key, node["name"]
        for name in (*key, found["version"], "loaded_at"):
            refused = {constraint["type"] for constraint in node["columns"][name]["constraints"]}
            assert "not_null" in refused, (node["name"], name)


def test_a_model_that_merges_is_tested_on_rows_that_were_merged_before(manifest: dict[str, Any]) -> None:
    """Without `this` a unit test sees one batch only, and every batch is right by itself."""
    second_runs = {
        test["model"]: next(given["rows"] for given in test["given"] if given["input"] == "this")
        for test in manifest["unit_tests"].values()
        if test["overrides"] and test["overrides"]["macros"].get("is_incremental") is True
    }
    assert {node["name"] for node in merged(manifest)} <= set(second_runs)
    for node in merged(manifest):
        needed = {newest(node)["version"], "loaded_at"}
        assert all(needed <= set(row) for row in second_runs[node["name"]]), node["name"]


def test_every_published_model_has_a_tested_grain(manifest: dict[str, Any]) -> None:
    grained = {model for model, _ in generic_tests(manifest, "unique", "unique_combination")}
    assert [
        node["name"] for node in filter(is_published, models(manifest)) if node["unique_id"] not in grained
    ] == []


def test_logic_that_moves_money_has_a_unit_test(manifest: dict[str, Any]) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    passes_through = {
        "stg_ledger_posting_totals",
        "int_settlement_movements",
        "int_fee_revenue",
        "revenue_monthly",
    }
    passes_through |= {
        "int_merchant_chargebacks",
        "int_safeguarding_movements",
        "settlement_exceptions",
    }
    assert {node["name"] for node in models(manifest)} - passes_through == tested


def test_private_models_have_an_owner_and_published_ones_a_description(manifest: dict[str, Any]) -> None:
    for node in models(manifest):
        assert node["config"]["group"] in {group["name"] for group in manifest["groups"].values()}, node[
            "name"
        ]
        assert node["description"], node["name"]
        assert is_published(node) or "/intermediate/" in node["path"]


def test_sources_say_when_they_are_too_old(manifest: dict[str, Any], entries: dict[str, Any]) -> None:
    """A source is stale when the pipeline that stages it breaks its freshness objective."""
    minutes = {"m": 1, "h": 60, "d": 1440}
    for entry in entries.values():
        outputs = {output["dataset"].removeprefix("snowflake://FINEDGE.") for output in entry["outputs"]}
        age = entry["freshness"]["max_age"]
        for source in manifest["sources"].values():
            if f"{source['schema']}.{source['identifier']}".upper() in outputs:
                warn = source["freshness"]["warn_after"]
                assert (warn["count"], warn["period"]) == (int(age[:-1]) * minutes[age[-1]], "minute")
                assert source["freshness"]["error_after"]["count"] > warn["count"]
                assert source["loaded_at_field"] in source["columns"]


def test_exposures_are_the_consumers_of_the_workspace(manifest: dict[str, Any], workspace: Path) -> None:
    declared = {
        exposure["name"]: {
            manifest["nodes"][parent]["relation_name"] for parent in exposure["depends_on"]["nodes"]
        }
        for exposure in manifest["exposures"].values()
    }
    consumers = yaml.safe_load((workspace / "slipway.yaml").read_text())["consumers"]
    expected = {
        consumer["name"].replace("-", "_"): {uri.removeprefix("snowflake://") for uri in consumer["reads"]}
        for consumer in consumers
        if any(uri.startswith("snowflake://") for uri in consumer["reads"])
    }
    assert {name: {relation.upper() for relation in read} for name, read in declared.items()} == expected


@pytest.mark.parametrize(
    ("target", "schema"), [("dev", "MARTS"), ("prod", "MARTS"), ("ci", "MARTS"), ("personal", "ANA_MARTS")]
)
def test_schemas_are_named_alike_in_every_environment(workspace: Path, target: str, schema: str) -> None:
    assert _schema(workspace, target, {}) == schema


def test_a_releases_candidates_are_built_beside_every_schema(workspace: Path) -> None:
    """The suffix is what keeps new code out of production until it has passed its audits."""
    assert _schema(workspace, "prod", {"SLIPWAY_SCHEMA_SUFFIX": "__SLIPWAY_1"}) == "MARTS__SLIPWAY_1"


def _schema(workspace: Path, target: str, environment: dict[str, str]) -> str:
    macros = jinja2.Template((workspace / "dbt/macros/names.sql").read_text())
    context = {"target": SimpleNamespace(name=target, schema="ANA"), "env_var": environment.get}
    named = macros.make_module(context).generate_schema_name("MARTS", None)  # type: ignore[attr-defined]
    return str(named)


def test_the_profile_holds_nothing_but_references_to_the_environment(workspace: Path) -> None:
    profile = yaml.safe_load((workspace / "dbt/profiles.yml").read_text())["finedge"]
    assert set(profile["outputs"]) == {"dev", "staging", "prod", "ci", "personal"}
    for output in profile["outputs"].values():
        literal = {key: value for key, value in output.items() if "env_var(" not in str(value)}
        assert literal == {"type": "snowflake", "client_session_keep_alive": False}
