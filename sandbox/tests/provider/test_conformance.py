"""Every type of the three SDKs keeps the protocol's promises, over real gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from slipway_sandbox.provider.schema import load
from tests.provider.conformance import violations
from tests.provider.engine import engine, offline_world

if TYPE_CHECKING:
    from pathlib import Path

PARTS = {"aws": 12, "github": 1, "snowflake": 1}
"""Into how many tests a package is cut, so that parallel workers share it."""
COUNTS = {"aws": 1748, "github": 88, "snowflake": 148}


@pytest.mark.parametrize(
    ("package", "part"), [(p, part) for p, parts in PARTS.items() for part in range(parts)]
)
def test_every_type_keeps_the_protocols_promises(package: str, part: int, tmp_path: Path) -> None:
    """Check, preview, create, read, update, delete and import, with secrets and unknowns in the inputs."""
    schema = load(package)
    offline_world(tmp_path)
    with engine(package, tmp_path) as connected:
        tokens = sorted(schema.tokens)[part :: PARTS[package]]
        found = [text for token in tokens for text in violations(connected, schema, token)]
    assert found == []


@pytest.mark.parametrize("package", PARTS)
def test_no_type_is_left_out(package: str) -> None:
    """The schemas hold every type of the SDKs' pinned versions; a type that vanishes is noticed."""
    assert len(list(load(package).tokens)) == COUNTS[package]
