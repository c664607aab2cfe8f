"""Topics evolve so that a reader of the new version understands every old message; breaks are refused."""

import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from avro_evolution import refusals

WORKSPACE = Path(__file__).resolve().parents[2]
FILES = sorted(WORKSPACE.glob("streaming/*/avro/*.avsc"))
NAME = re.compile(r"(?P<subject>.+-value)\.v(?P<version>\d+)\.avsc")
Change = Callable[[dict[str, Any]], None]


def subjects() -> dict[str, list[str]]:
    """The versions of each subject, oldest first."""
    found: dict[str, dict[int, str]] = {}
    for path in FILES:
        matched = NAME.fullmatch(path.name)
        assert matched, path.name
        found.setdefault(matched["subject"], {})[int(matched["version"])] = path.read_text()
    for subject, versions in found.items():
        assert sorted(versions) == list(range(1, len(versions) + 1)), subject
    return {subject: [versions[number] for number in sorted(versions)] for subject, versions in found.items()}


def test_every_topic_has_a_schema() -> None:
    assert sorted(subjects()) == [
        "ledger.public.postings-value",
        "payments.events-value",
        "payments.public.accounts-value",
        "payments.public.invoices-value",
        "payments.public.merchants-value",
    ]
    assert [len(versions) for versions in subjects().values()].count(2) == 1


@pytest.mark.parametrize("subject", sorted(subjects()))
def test_each_version_reads_all_that_came_before(subject: str) -> None:
    """BACKWARD_TRANSITIVE: topics are replayed from the archive, so the last version alone is not enough."""
    for old, new in itertools.combinations_with_replacement(subjects()[subject], 2):
        assert refusals(reader=new, writer=old) == []


def field(schema: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(field for field in schema["fields"] if field["name"] == name)
    return found


def without(name: str) -> Change:
    return lambda schema: schema["fields"].remove(field(schema, name))


POSTINGS = "ledger.public.postings-value"
ACCEPTED: dict[str, Change] = {
    "a field with a default is added": lambda s: s["fields"].append(
        {"name": "memo", "type": ["null", "string"], "default": None}
    ),
    "a field is dropped": without("cdc_lsn"),
    "a type is widened": lambda s: field(s, "account_id").update(type="double"),
    "an enum symbol is added": lambda s: field(s, "direction")["type"]["symbols"].append("reversal"),
    "a field may now be null": lambda s: field(s, "currency").update(type=["null", "string"]),
    "a field is renamed with an alias": lambda s: field(s, "currency").update(
        name="currency_code", aliases=["currency"]
    ),
}
REFUSED: dict[str, Change] = {
    "a field without a default is added": lambda s: s["fields"].append({"name": "memo", "type": "string"}),
    "a field is renamed": lambda s: field(s, "currency").update(name="currency_code"),
    "a type is narrowed": lambda s: field(s, "account_id").update(type="int"),
    "an enum symbol is dropped": lambda s: field(s, "direction")["type"]["symbols"].remove("debit"),
    "a decimal loses precision": lambda s: field(s, "amount")["type"].update(precision=10),
    "a decimal changes its scale": lambda s: field(s, "amount")["type"].update(scale=4),
    "the record is renamed": lambda s: s.update(name="Posting"),
}


@pytest.mark.parametrize("what", sorted(ACCEPTED))
def test_a_compatible_evolution_is_accepted(what: str) -> None:
    assert evolved(ACCEPTED[what]) == []


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_a_breaking_evolution_is_refused(what: str) -> None:
    assert evolved(REFUSED[what])


def evolved(change: Change) -> list[str]:
    """What a reader with the changed schema says of the messages written before."""
    old = subjects()[POSTINGS][-1]
    new = json.loads(old)
    change(new)
    return refusals(reader=json.dumps(new), writer=old)


@pytest.mark.parametrize("subject", sorted(set(subjects()) - {"payments.events-value"}))
def test_the_contract_of_a_topic_promises_the_fields_of_its_schema(subject: str) -> None:
    topic = subject.removesuffix("-value")
    read = [yaml.safe_load(path.read_text()) for path in (WORKSPACE / "contracts").glob("topic_*.odcs.yaml")]
    promised = next(contract for contract in read if contract["schema"][0]["physicalName"] == topic)
    fields = json.loads(subjects()[subject][-1])["fields"]
    columns = promised["schema"][0]["properties"]
    assert [column["name"] for column in columns] == [field["name"] for field in fields]
    nullable = [isinstance(field["type"], list) for field in fields]
    assert [not column.get("required", False) for column in columns] == nullable
