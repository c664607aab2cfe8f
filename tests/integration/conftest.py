"""Engines that are started once and shared: a sandbox for each worker, the Pulumi CLI pointed at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.running_sandbox import RunningSandbox, running_sandbox


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """A sandbox of this worker's own, with a stack initialised for each stack file of the repository."""
    home = tmp_path_factory.mktemp("sandbox") / "home"
    with running_sandbox(home, project=Path(__file__).parents[2]) as running:
        yield running
