"""What the provider's tests share: a home whose world asks no server, and providers in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from slipway_sandbox.provider.schema import Schema, load
from tests.provider.engine import Engine, engine, offline_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def schemas() -> dict[str, Schema]:
    """The three packages' schemas."""
    return {package: load(package) for package in ("aws", "github", "snowflake")}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A sandbox's folder; its servers are nowhere."""
    return offline_world(tmp_path / "home").home


@pytest.fixture
def aws(home: Path) -> Iterator[Engine]:
    """The aws provider with recorded types only."""
    with engine("aws", home) as connected:
        yield connected


@pytest.fixture
def snowflake(home: Path) -> Iterator[Engine]:
    """The snowflake provider."""
    with engine("snowflake", home) as connected:
        yield connected
