"""Dataset URIs: one spelling each, and a remedy for every other."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from slipway.model.dataset import DATASET_PATTERN, Dataset, DatasetError, DatasetField, DatasetScheme

uris = st.from_regex(re.compile(DATASET_PATTERN), fullmatch=True).map(lambda uri: uri.rstrip("\n"))


@given(uris)
def test_a_uri_is_read_and_written_back(uri: str) -> None:
    """A dataset has one spelling, so that two files that mean one table write the same text."""
    dataset = Dataset.parse(uri)
    assert dataset.uri == uri
    assert Dataset.parse(dataset.uri) == dataset
    assert hash(Dataset.parse(dataset.uri)) == hash(dataset)


@given(st.one_of(st.text(), uris.map(str.swapcase), st.tuples(uris, st.text(max_size=2)).map("".join)))
def test_the_pattern_for_editors_accepts_what_the_parser_accepts(text: str) -> None:
    """Nothing else: JSON Schema and lint never disagree about a URI."""
    try:
        accepted = Dataset.parse(text).uri == text
    except DatasetError:
        accepted = False
    assert (re.fullmatch(DATASET_PATTERN, text) is not None) is accepted


@pytest.mark.parametrize(
    ("uri", "parts"),
    [
        (
            "snowflake://FINEDGE.MARTS.SETTLEMENTS",
            {"database": "FINEDGE", "schema": "MARTS", "table": "SETTLEMENTS"},
        ),
        (
            "postgres://payments.public.merchants",
            {"database": "payments", "schema": "public", "table": "merchants"},
        ),
        ("kafka://payments.events", {"topic": "payments.events"}),
        ("s3://settlement-files/incoming/visa", {"bucket": "settlement-files", "prefix": "incoming/visa"}),
    ],
)
def test_a_dataset_has_the_parts_of_its_scheme(uri: str, parts: dict[str, str]) -> None:
    """And refuses, by name, those of another."""
    dataset = Dataset.parse(uri)
    assert str(dataset.scheme) == uri.partition("://")[0]
    for name in ("database", "schema", "table", "topic", "bucket", "prefix"):
        if name in parts:
            assert getattr(dataset, name) == parts[name]
        else:
            with pytest.raises(DatasetError, match=f"has no {name}: it is a {dataset.scheme} dataset"):
                getattr(dataset, name)


UNQUOTED = (
    "write three upper-case identifiers that need no quotes, joined by dots, such as "
    "snowflake://FINEDGE.MARTS.SETTLEMENTS"
)
ANY_SCHEME = (
    "write a URI such as snowflake://FINEDGE.MARTS.SETTLEMENTS or kafka://payments.events or "
    "s3://settlement-files/incoming or postgres://payments.public.merchants"
)


@pytest.mark.parametrize(
    ("uri", "message", "remedy"),
    [
        (
            "FINEDGE.MARTS.SETTLEMENTS",
            "'FINEDGE.MARTS.SETTLEMENTS' names no dataset: it does not begin with a scheme and '://'",
            ANY_SCHEME,
        ),
        (
            "snowflak://A.B.C",
            "'snowflak://A.B.C' names no dataset: 'snowflak' is not a scheme",
            "did you mean 'snowflake'?",
        ),
        ("S3://bucket/in", "'S3://bucket/in' names no dataset: 'S3' is not a scheme", "write s3://bucket/in"),
        (
            "snowflake://A.b.C",
            "'snowflake://A.b.C' names no dataset: 'b' is no schema",
            "write snowflake://A.B.C",
        ),
        (
            "snowflake://A.B",
            "'snowflake://A.B' names no dataset: 2 of the parts database, schema, table",
            UNQUOTED,
        ),
        (
            'snowflake://FINEDGE."Marts".SETTLEMENTS',
            "'snowflake://FINEDGE.\"Marts\".SETTLEMENTS' names no dataset: '\"Marts\"' is no schema",
            UNQUOTED,
        ),
        (
            "snowflake://FINEDGE.MARTS.DAILY-TOTALS",
            "'snowflake://FINEDGE.MARTS.DAILY-TOTALS' names no dataset: 'DAILY-TOTALS' is no table",
            UNQUOTED,
        ),
        (
            "postgres://A.B.C",
            "'postgres://A.B.C' names no dataset: 'A' is no database",
            "write postgres://a.b.c",
        ),
        ("s3://bucket/in/", "'s3://bucket/in/' names no dataset: 'in/' is no prefix", "write s3://bucket/in"),
        (
            "s3://bucket",
            "'s3://bucket' names no dataset: 1 of the parts bucket, prefix",
            "write a bucket and a prefix without a slash at its end, such as s3://settlement-files/incoming",
        ),
        (
            "s3://bucket/../other",
            "'s3://bucket/../other' names no dataset: '../other' is no prefix",
            "write a bucket and a prefix without a slash at its end, such as s3://settlement-files/incoming",
        ),
        (
            "kafka://..",
            "'kafka://..' names no dataset: '..' is no topic",
            "write a topic of letters, digits, '.', '_' and '-', such as kafka://payments.events",
        ),
        (
            "kafka://",
            "'kafka://' names no dataset: nothing follows its scheme",
            "write a topic of letters, digits, '.', '_' and '-', such as kafka://payments.events",
        ),
    ],
)
def test_a_wrong_uri_says_what_to_write(uri: str, message: str, remedy: str) -> None:
    """The remedy can be copied into the file."""
    with pytest.raises(DatasetError) as caught:
        Dataset.parse(uri)
    assert (caught.value.message, caught.value.remedy) == (message, remedy)


@pytest.mark.parametrize("scheme", list(DatasetScheme))
def test_every_scheme_has_an_example_that_is_right(scheme: DatasetScheme) -> None:
    """The remedy for a URI without a scheme names one of each."""
    with pytest.raises(DatasetError) as caught:
        Dataset.parse("")
    (example,) = re.findall(rf"{scheme}://\S+", caught.value.remedy)
    assert Dataset.parse(example).scheme is scheme


class _Holder(BaseModel):
    dataset: DatasetField


def test_as_a_field_it_is_read_from_its_uri_and_written_as_it() -> None:
    """Documents and JSON hold text, the model holds values."""
    holder = _Holder.model_validate({"dataset": "kafka://payments.events"})
    assert holder.dataset == Dataset.parse("kafka://payments.events")
    assert holder.model_dump(mode="json") == {"dataset": "kafka://payments.events"}


@pytest.mark.parametrize("given_value", [{"scheme": "kafka", "parts": ["x"]}, 1, None, ["kafka://x"]])
def test_as_a_field_it_takes_nothing_but_its_uri(given_value: object) -> None:
    """The parts of a dataset are no second spelling."""
    with pytest.raises(ValidationError, match="Input should be a valid string"):
        _Holder.model_validate({"dataset": given_value})
