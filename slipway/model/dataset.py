"""Datasets and the URIs that name them: ``snowflake://DB.SCHEMA.TABLE``, ``kafka://topic``, ...

The one place that knows the grammar. A dataset has exactly one spelling, so that two files that mean the
same table write the same text. The database of a Snowflake dataset is logical (FINEDGE); an environment's
real one (FINEDGE_DEV) is made by ``slipway.model.naming``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer
from pydantic_core import PydanticKnownError

from slipway.model.errors import DefinitionError
from slipway.model.nearest import did_you_mean


@unique
class DatasetScheme(StrEnum):
    """The kind of store a dataset lives in. Not the tool that writes it."""

    SNOWFLAKE = "snowflake"
    KAFKA = "kafka"
    S3 = "s3"
    POSTGRES = "postgres"


class DatasetError(DefinitionError, ValueError):
    """A URI that names no dataset, or a part asked of a dataset that has none.

    It is a ValueError too, so that a pydantic validator may raise it.
    """


@dataclass(frozen=True, kw_only=True)
class _Grammar:
    """How one scheme spells its datasets.

    Attributes:
        parts: the names of the parts, in the order of the URI.
        separator: what stands between two parts.
        patterns: one pattern a part, matched in full.
        example: a dataset of this scheme, shown in errors.
        hint: the rule in words.
    """

    parts: tuple[str, ...]
    separator: str
    patterns: tuple[re.Pattern[str], ...]
    example: str
    hint: str


_TABLE = ("database", "schema", "table")
# https://docs.snowflake.com/en/sql-reference/identifiers-syntax (unquoted, as stored: upper case)
_SNOWFLAKE_IDENTIFIER = re.compile(r"[A-Z_][A-Z0-9_$]{0,254}")
# https://www.postgresql.org/docs/current/sql-syntax-lexical.html (unquoted, as stored: lower case)
_POSTGRES_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_$]{0,62}")
# org.apache.kafka.common.internals.Topic: legal characters, length, and the two names it refuses
_TOPIC = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"(?![^/]*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# "Safe characters": https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html; = for partitions
_SEGMENT = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9!_.*'()=-]+"
_PREFIX = re.compile(rf"(?=.{{1,900}}$){_SEGMENT}(?:/{_SEGMENT})*")

_GRAMMARS: Final[Mapping[DatasetScheme, _Grammar]] = MappingProxyType(
    {
        DatasetScheme.SNOWFLAKE: _Grammar(
            parts=_TABLE,
            separator=".",
            patterns=(_SNOWFLAKE_IDENTIFIER,) * 3,
            example="snowflake://FINEDGE.MARTS.SETTLEMENTS",
            hint="three upper-case identifiers that need no quotes, joined by dots",
        ),
        DatasetScheme.KAFKA: _Grammar(
            parts=("topic",),
            separator="/",  # a topic is one part and holds no slash
            patterns=(_TOPIC,),
            example="kafka://payments.events",
            hint="a topic of letters, digits, '.', '_' and '-'",
        ),
        DatasetScheme.S3: _Grammar(
            parts=("bucket", "prefix"),
            separator="/",
            patterns=(_BUCKET, _PREFIX),
            example="s3://settlement-files/incoming",
            hint="a bucket and a prefix without a slash at its end",
        ),
        DatasetScheme.POSTGRES: _Grammar(
            parts=_TABLE,
            separator=".",
            patterns=(_POSTGRES_IDENTIFIER,) * 3,
            example="postgres://payments.public.merchants",
            hint="three lower-case identifiers joined by dots",
        ),
    }
)


def _pattern_of(scheme: DatasetScheme, grammar: _Grammar) -> str:
    return f"{scheme}://" + re.escape(grammar.separator).join(part.pattern for part in grammar.patterns)


DATASET_PATTERN: Final = "^(" + "|".join(_pattern_of(*row) for row in _GRAMMARS.items()) + ")$"
"""Every dataset URI and nothing else, in the syntax that Python and ECMA 262 share: for JSON Schemas."""


@dataclass(frozen=True, slots=True, order=True)
class Dataset:
    """A table, topic or prefix. Build it with `Dataset.parse`, which checks the grammar.

    Attributes:
        scheme: the kind of store.
        parts: what the URI says after the scheme, in the order of the grammar.
    """

    scheme: DatasetScheme
    parts: tuple[str, ...]

    @classmethod
    def parse(cls, uri: str) -> "Dataset":
        """Read a dataset's URI.

        Args:
            uri: such as ``snowflake://FINEDGE.MARTS.SETTLEMENTS``.

        Returns:
            The dataset; its `uri` is the text that was read.

        Raises:
            DatasetError: the text names no dataset; the remedy says what to write instead.
        """
        scheme = _scheme_of(uri)
        grammar = _GRAMMARS[scheme]
        rest = uri[len(f"{scheme}://") :]
        parts = tuple(rest.split(grammar.separator, maxsplit=len(grammar.parts) - 1))
        wrong = _first_wrong_part(grammar, parts)
        if wrong is not None:
            raise DatasetError(f"{uri!r} names no dataset: {wrong}", remedy=_remedy(scheme, rest))
        return cls(scheme, parts)

    @property
    def uri(self) -> str:
        """The dataset's only spelling."""
        return f"{self.scheme}://{_GRAMMARS[self.scheme].separator.join(self.parts)}"

    @property
    def database(self) -> str:
        """The database of a Snowflake (logical) or PostgreSQL table."""
        return self._part("database")

    @property
    def schema(self) -> str:
        """The schema of a Snowflake or PostgreSQL table."""
        return self._part("schema")

    @property
    def table(self) -> str:
        """The table, without database and schema."""
        return self._part("table")

    @property
    def topic(self) -> str:
        """The Kafka topic."""
        return self._part("topic")

    @property
    def bucket(self) -> str:
        """The S3 bucket (logical)."""
        return self._part("bucket")

    @property
    def prefix(self) -> str:
        """The S3 prefix, without a slash at either end."""
        return self._part("prefix")

    def _part(self, name: str) -> str:
        names = _GRAMMARS[self.scheme].parts
        if name not in names:
            raise DatasetError(
                f"{self.uri} has no {name}: it is a {self.scheme} dataset",
                remedy=f"a {self.scheme} dataset has {', '.join(names)}",
            )
        return self.parts[names.index(name)]

    def __str__(self) -> str:
        return self.uri


def _scheme_of(uri: str) -> DatasetScheme:
    scheme, found, rest = uri.partition("://")
    if not found:
        raise DatasetError(
            f"{uri!r} names no dataset: it does not begin with a scheme and '://'",
            remedy="write a URI such as " + " or ".join(grammar.example for grammar in _GRAMMARS.values()),
        )
    try:
        return DatasetScheme(scheme)
    except ValueError as unknown:
        raise DatasetError(
            f"{uri!r} names no dataset: {scheme!r} is not a scheme",
            remedy=_scheme_remedy(scheme, rest),
        ) from unknown


def _scheme_remedy(scheme: str, rest: str) -> str:
    if scheme.lower() in set(DatasetScheme):
        return f"write {scheme.lower()}://{rest}"
    return did_you_mean(scheme, DatasetScheme)


def _first_wrong_part(grammar: _Grammar, parts: tuple[str, ...]) -> str | None:
    if parts == ("",):
        return "nothing follows its scheme"
    if len(parts) != len(grammar.parts):
        return f"{len(parts)} of the parts {', '.join(grammar.parts)}"
    for name, part, pattern in zip(grammar.parts, parts, grammar.patterns, strict=True):
        if pattern.fullmatch(part) is None:
            return f"{part!r} is no {name}"
    return None


def _remedy(scheme: DatasetScheme, rest: str) -> str:
    """Offer the same URI in the right case or without stray slashes when that is all that is wrong."""
    grammar = _GRAMMARS[scheme]
    for repaired in (rest.upper(), rest.lower(), rest.strip("/"), rest.strip("/").lower()):
        parts = tuple(repaired.split(grammar.separator, maxsplit=len(grammar.parts) - 1))
        if _first_wrong_part(grammar, parts) is None:
            return f"write {scheme}://{repaired}"
    return f"write {grammar.hint}, such as {grammar.example}"


def _from_uri(value: Any) -> Any:
    if isinstance(value, Dataset):
        return value
    if isinstance(value, str):
        return Dataset.parse(value)
    raise PydanticKnownError("string_type")


DatasetField = Annotated[Dataset, BeforeValidator(_from_uri), PlainSerializer(lambda dataset: dataset.uri)]
"""A dataset as a field of a pydantic model: read from its URI, written as its URI."""
