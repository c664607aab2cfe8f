"""What is read of GitHub's answers."""

import json

import pytest

from slipway.adapters.github import wire
from tests.adapters.github.commits import commit


@pytest.mark.parametrize("unknown", [None, {}])
def test_an_address_without_an_account(unknown: object) -> None:
    """GitHub writes it in two ways, for people and for addresses that are none."""
    given = commit().model_dump(mode="json") | {"author": unknown, "files": []}
    read = wire.Commit.model_validate_json(json.dumps(given))
    assert (read.author, read.committer) == (None, wire.Account(login="ana"))
