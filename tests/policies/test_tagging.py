"""The tagging rule: what it refuses, what it leaves alone, and which typing mistakes it sees."""

import pytest

from policies.rules.tagging import REQUIRED_TAGS_RULE, taggable_types
from slipway.model.tags import REQUIRED_TAGS
from tests.doubles.entries import PLATFORM_TAGS
from tests.policies.judged import judged

BUCKET = "aws:s3/bucket:Bucket"
TAGS = PLATFORM_TAGS.as_aws()


def _violations(type_: str, properties: dict[str, object]) -> list[str]:
    return judged(REQUIRED_TAGS_RULE, type_, properties)


def test_a_tagged_resource_complies() -> None:
    """The components' own tags satisfy the rule."""
    assert _violations(BUCKET, {"tags": TAGS}) == []


@pytest.mark.parametrize("tag", REQUIRED_TAGS)
def test_each_required_tag_is_required(tag: str) -> None:
    """The message names the tag that lacks."""
    tags = {key: value for key, value in TAGS.items() if key != tag}
    assert _violations(BUCKET, {"tags": tags}) == [f"{BUCKET} 'lake' lacks the tags {tag}"]


def test_an_empty_tag_is_a_missing_one() -> None:
    """An owner of '' is no owner."""
    assert _violations(BUCKET, {"tags": {**TAGS, "Owner": ""}}) == [f"{BUCKET} 'lake' lacks the tags Owner"]


def test_no_tags_at_all() -> None:
    """A resource without the property is not exempt by its absence."""
    assert _violations(BUCKET, {}) == [f"{BUCKET} 'lake' lacks the tags {', '.join(REQUIRED_TAGS)}"]


def test_default_tags_of_the_provider_count() -> None:
    """The engine shows them as `tagsAll`."""
    assert _violations(BUCKET, {"tagsAll": TAGS}) == []


@pytest.mark.parametrize(
    ("tag", "value"), [("Criticality", "high"), ("DataClass", "secret"), ("Environment", "production")]
)
def test_a_word_outside_the_vocabulary_is_refused(tag: str, value: str) -> None:
    """Cost reports and alarms group by these words."""
    (message,) = _violations(BUCKET, {"tags": {**TAGS, tag: value}})
    assert f"{tag}={value} is none of" in message


@pytest.mark.parametrize("type_", ["aws:kms/alias:Alias", "snowflake:index/database:Database"])
def test_what_cannot_be_tagged_is_exempt(type_: str) -> None:
    """Exempt by the SDK's schema, never by a list of ours."""
    assert _violations(type_, {}) == []


@pytest.mark.parametrize(
    "type_",
    [BUCKET, "aws:iam/role:Role", "aws:kms/key:Key", "aws:dynamodb/table:Table", "aws:sns/topic:Topic"],
)
def test_the_types_that_the_platform_makes_are_known(type_: str) -> None:
    """A type missing from the list would pass untagged."""
    assert type_ in taggable_types()
