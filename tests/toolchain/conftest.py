"""Fixtures of the toolchain's tests."""

from pathlib import Path

import pytest

from tests.toolchain.machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine that has everything setup asks for, and a checkout that was never set up."""
    return Machine(tmp_path)
