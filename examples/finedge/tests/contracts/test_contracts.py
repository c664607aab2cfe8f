"""Every contract is valid against the official JSON schema of ODCS, and a broken one is not."""

import copy
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

CONTRACTS = sorted((Path(__file__).resolve().parents[2] / "contracts").glob("*.odcs.yaml"))
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def odcs() -> jsonschema.Draft201909Validator:
    """The schema as Bitol publishes it, from the package open-data-contract-standard."""
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text())
    jsonschema.Draft201909Validator.check_schema(schema)
    return jsonschema.Draft201909Validator(schema)


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.name)
def test_a_contract_is_valid(odcs: jsonschema.Draft201909Validator, path: Path) -> None:
    contract = yaml.safe_load(path.read_text())
    assert [f"{error.json_path}: {error.message}" for error in odcs.iter_errors(contract)] == []
    assert contract["kind"] == "DataContract"
    assert contract["apiVersion"] == "v3.1.0"


def test_contracts_have_ids_of_their_own() -> None:
    ids = [yaml.safe_load(path.read_text())["id"] for path in CONTRACTS]
    assert len(ids) == len(set(ids)) == 24


def column(contract: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = contract["schema"][0]["properties"][0]
    return found


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda contract: contract.pop("id"), "$"),
        (lambda contract: contract.update(kind="Contract"), "$.kind"),
        (lambda contract: contract.update(owner="risk"), "$"),
        (
            lambda contract: column(contract).update(logicalType="money"),
            "$.schema[0].properties[0].logicalType",
        ),
        (lambda contract: column(contract).update(nullable=True), "$.schema[0].properties[0]"),
        (lambda contract: contract["slaProperties"][0].pop("value"), "$.slaProperties[0]"),
    ],
)
def test_a_broken_contract_is_refused(
    odcs: jsonschema.Draft201909Validator, change: Change, where: str
) -> None:
    contract = copy.deepcopy(yaml.safe_load(CONTRACTS[0].read_text()))
    change(contract)
    assert where in {error.json_path for error in odcs.iter_errors(contract)}


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.name)
def test_money_is_a_decimal_with_its_currency_beside_it(path: Path) -> None:
    table = yaml.safe_load(path.read_text())["schema"][0]
    names = {column["name"] for column in table["properties"]}
    for found in table["properties"]:
        unit = {extra["property"]: extra["value"] for extra in found.get("customProperties", [])}
        if found["logicalType"] == "number" and found["physicalType"].endswith("(18,2)"):
            assert unit.get("currencyColumn") in names, found["name"]
        else:
            assert "currencyColumn" not in unit, found["name"]


def test_keys_are_numbered_from_one() -> None:
    for path in CONTRACTS:
        for table in yaml.safe_load(path.read_text())["schema"]:
            positions = sorted(c["primaryKeyPosition"] for c in table["properties"] if c.get("primaryKey"))
            assert positions == list(range(1, len(positions) + 1)), path.name
            assert positions, path.name
