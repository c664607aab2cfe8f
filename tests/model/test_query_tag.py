"""A tag is one line of JSON that is read back, and short enough for Snowflake."""

import pytest

from slipway.model.environment import Environment
from slipway.model.errors import DefinitionError
from slipway.model.query_tag import QueryTag

TAG = QueryTag(environment=Environment.PROD, deployment="d-1", stage="publish")


def test_a_tag_has_one_spelling() -> None:
    """The history is searched by it."""
    assert TAG.text == (
        '{"app":"slipway","deployment":"d-1","environment":"prod","pipeline":"","release":"","stage":"publish"}'
    )
    assert QueryTag.parse(TAG.text) == TAG


@pytest.mark.parametrize("text", ["", "dbt", '{"app":"dbt"}', '{"app":"slipway","stage":"x"}'])
def test_a_tag_of_others_is_not_ours(text: str) -> None:
    """Every tool tags its queries in its own way."""
    assert QueryTag.parse(text) is None


def test_a_tag_that_snowflake_would_refuse() -> None:
    """Two thousand characters, escapes included."""
    long = '"' * 200
    tag = QueryTag(environment=Environment.DEV, deployment=long, release=long, pipeline=long, stage=long)
    assert len(tag.text) < 2000
    with pytest.raises(DefinitionError, match="2000 are allowed"):
        _ = tag.model_copy(update={"release": long * 9}).text
