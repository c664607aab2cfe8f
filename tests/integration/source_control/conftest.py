"""One GitHub for the tests of a worker; every test works in a repository of its own."""

from collections.abc import Iterator

import pytest

from slipway.adapters.github import GithubSourceControl
from tests.integration.source_control.forge import Repository, RunningForge, running_forge


@pytest.fixture(scope="session")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningForge]:
    """A GitHub with an organisation and nothing in it."""
    with running_forge(tmp_path_factory.mktemp("forge")) as running:
        yield running


@pytest.fixture
def repository(forge: RunningForge) -> Repository:
    """A repository in which Ana, Bruno and Carla write."""
    return forge.new_repository("ana", "bruno", "carla")


@pytest.fixture
def source_control(repository: Repository) -> Iterator[GithubSourceControl]:
    """The adapter, as the engineer."""
    opened = repository.source_control()
    yield opened
    opened.close()
