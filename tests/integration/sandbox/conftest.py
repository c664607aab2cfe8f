"""Desks for the sandbox's tests; nothing that runs at one outlives its test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.sandbox.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk without a sandbox."""
    made = Desk.at(tmp_path)
    yield made
    made.clear()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose sandbox is up, for all tests of a module."""
    made = Desk.at(tmp_path_factory.mktemp("running"))
    started = made.slipway("up")
    assert started.code == 0, started.err
    yield made
    made.slipway("down")
    made.clear()
