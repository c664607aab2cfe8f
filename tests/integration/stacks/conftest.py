"""The stack that all others read, brought up once for all tests of a worker."""

import pytest

from tests.integration.running_sandbox import PACK, RunningSandbox


@pytest.fixture(scope="session")
def shared(sandbox: RunningSandbox) -> RunningSandbox:
    """The sandbox with `shared` up."""
    sandbox.expect("up", "-s", "shared", "--yes", "--skip-preview", "--suppress-progress", *PACK)
    return sandbox
