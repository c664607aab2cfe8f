"""Whether a reader with one version of an Avro schema understands what was written with another.

Avro's own rules, and one more: a decimal of another precision or scale is read as if it were the same, so
that 12.50 becomes 1.25. Avro leaves that to the application, and this is it.
"""

from collections.abc import Iterator
from typing import Any

from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.schema import parse


def refusals(reader: str, writer: str) -> list[str]:
    """Why the reader must not be used on the writer's messages; empty when it may."""
    found = ReaderWriterCompatibilityChecker().get_compatibility(reader=parse(reader), writer=parse(writer))
    by_avro = [] if found.compatibility is SchemaCompatibilityType.compatible else sorted(found.messages)
    return by_avro + list(_changed_decimals(_fields(reader), _fields(writer)))


def _fields(schema: str) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in parse(schema).to_json()["fields"]}


def _changed_decimals(reader: dict[str, Any], writer: dict[str, Any]) -> Iterator[str]:
    for name in reader.keys() & writer.keys():
        new, old = _decimal(reader[name]["type"]), _decimal(writer[name]["type"])
        if new != old:
            yield f"{name}: decimal {old} is read as {new}"


def _decimal(written: Any) -> tuple[int, int] | None:
    """Precision and scale of a decimal or of a union that holds one; None of every other type."""
    branches = written if isinstance(written, list) else [written]
    for branch in branches:
        if isinstance(branch, dict) and branch.get("logicalType") == "decimal":
            return branch["precision"], branch.get("scale", 0)
    return None
