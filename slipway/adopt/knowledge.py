"""What is known of Terraform's resource types: their tokens, import ids and names in Pulumi.

The tables are package data; data/SOURCE.md says where each fact is from, and of which versions.
"""

import json
from collections.abc import Mapping
from enum import StrEnum, unique
from functools import cache
from importlib import resources
from typing import Final

from pydantic import Field, TypeAdapter

from slipway.adopt.addresses import ProviderRef
from slipway.model.frozen import Frozen

_SOURCES: Final[Mapping[str, frozenset[str]]] = {
    "aws": frozenset({"hashicorp"}),
    "github": frozenset({"integrations", "hashicorp"}),
    "snowflake": frozenset({"snowflakedb", "snowflake-labs", "chanzuckerberg"}),
    "random": frozenset({"hashicorp"}),
    "tls": frozenset({"hashicorp"}),
    "null": frozenset({"hashicorp"}),
}
"""Who publishes the providers that the tables are of; the Snowflake one has moved twice."""

SDKS: Final = frozenset({"aws", "github", "snowflake"})
"""Packages that the platform's program can declare resources of."""


@unique
class IdRule(StrEnum):
    """How an import id is found; data/SOURCE.md explains each."""

    ID = "id"
    TEMPLATE = "template"
    ID_OR_TEMPLATE = "id_or_template"
    DOC_EXAMPLE_ONLY = "doc_example_only"
    NOT_IMPORTABLE = "not_importable"


class ImportRule(Frozen):
    """A row of import_ids.json.

    Attributes:
        rule: how the id is found.
        src: letters of where that is from.
        template: one, or alternatives of which the first that can be filled counts.
        examples: from the documentation.
        identity: attributes of the provider's identity of the type.
        note: what else there is to know.
    """

    rule: IdRule
    src: str
    template: str | tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    note: str = ""

    @property
    def templates(self) -> tuple[str, ...]:
        """All of them, the best first."""
        return (self.template,) if isinstance(self.template, str) else self.template


class PulumiType(Frozen):
    """A row of types.json.

    Attributes:
        token: Pulumi's name of the type.
        py: the way to the Python class; empty where the SDK has none.
        source: the table's code of where that is from.
        removed: the SDK has the type no more.
        aliases: older tokens that the SDK knows of.
        legacy_tokens: older tokens that are classes still.
    """

    token: str
    py: str = ""
    source: str
    removed: bool = False
    aliases: tuple[str, ...] = ()
    legacy_tokens: tuple[str, ...] = Field(default=())

    @property
    def package(self) -> str:
        """The Pulumi package, such as `aws`."""
        return self.token.partition(":")[0]


_NO_RULE: Final = ImportRule(rule=IdRule.ID, src="-")


def pulumi_type(terraform_type: str) -> PulumiType | None:
    """Look up what Pulumi calls a type; None where the tables do not know it."""
    return _types().get(terraform_type)


def known_types() -> tuple[str, ...]:
    """Every Terraform type that the tables know, sorted."""
    return tuple(sorted(_types()))


def import_rule(terraform_type: str) -> ImportRule:
    """Look up how the import id of a type is found; where nothing else is said, it is the state's."""
    return _rules().get(terraform_type, _NO_RULE)


def property_names(terraform_type: str) -> Mapping[str, str]:
    """Look up the arguments of a type whose Python name is another word."""
    return _names().get(terraform_type, {})


def known_provider(provider: ProviderRef) -> bool:
    """Whether it is a provider that the tables are of; states before Terraform 0.13 tell its type only."""
    publishers = _SOURCES.get(provider.type, frozenset())
    return bool(publishers) and (not provider.tells_publisher or provider.namespace.lower() in publishers)


@cache
def _types() -> Mapping[str, PulumiType]:
    return TypeAdapter(dict[str, PulumiType]).validate_json(_read("types.json"))


@cache
def _rules() -> Mapping[str, ImportRule]:
    return TypeAdapter(dict[str, ImportRule]).validate_json(_read("import_ids.json"))


@cache
def _names() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = json.loads(_read("property_names.json"))
    return found


def _read(name: str) -> bytes:
    return resources.files("slipway.adopt").joinpath("data", name).read_bytes()
