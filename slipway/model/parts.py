"""Parts as an environment and a release know them: the id of a deployable piece, and its artifact."""

import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer

from slipway.model.digest import DigestField
from slipway.model.errors import UsageError
from slipway.model.frozen import Frozen
from slipway.model.pipeline import NAME_PATTERN, PartKind, PipelineName
from slipway.model.tags import PLATFORM_PIPELINE

FOUNDATION: Final = PipelineName(PLATFORM_PIPELINE)
"""The owner of what belongs to no pipeline: no pipeline may be called so."""

_TEXT: Final = re.compile(rf"({NAME_PATTERN[1:-1]})/([a-z]+)")


class PartIdError(UsageError, ValueError):
    """A text that is no part id. A ValueError too, so that a pydantic validator may raise it."""


@total_ordering
@dataclass(frozen=True)
class PartId:
    """The id of a part: the key of an environment document.

    A part of the foundation (`FOUNDATION`) is what all pipelines' parts of its kind stand on: `platform/dbt`
    is the dbt project without any pipeline's models, `platform/entry` the Pulumi program with its
    configuration.

    Attributes:
        pipeline: whose part it is.
        kind: which part.
    """

    pipeline: PipelineName
    kind: PartKind

    @classmethod
    def parse(cls, text: str) -> "PartId":
        """Read `settlements/dbt`.

        Raises:
            PartIdError: it is no part id.
        """
        matched = _TEXT.fullmatch(text)
        if matched is None or matched[matched.re.groups] not in set(PartKind):
            kinds = ", ".join(PartKind)
            raise PartIdError(f"{text!r} is no part", remedy=f"write PIPELINE/KIND with one of {kinds}")
        return cls(PipelineName(matched[1]), PartKind(matched[matched.re.groups]))

    @property
    def is_foundation(self) -> bool:
        """Whether it belongs to no pipeline."""
        return self.pipeline == FOUNDATION

    def __str__(self) -> str:
        return f"{self.pipeline}/{self.kind}"

    def __lt__(self, other: "PartId") -> bool:
        return str(self) < str(other)


DBT_FOUNDATION: Final = PartId(FOUNDATION, PartKind.DBT)
"""The dbt project without what pipelines own: macros and settings that every model stands on."""

ENTRY_FOUNDATION: Final = PartId(FOUNDATION, PartKind.ENTRY)
"""What the catalogue needs beside its entries: slipway.yaml, the team, contracts that no output names."""

CONTROL: Final = PartId(FOUNDATION, PartKind.CONTROL)
"""What judges changes of an environment. It is no file of a workspace, so no composition has it."""

OWN_COPIES: Final = frozenset({PartKind.DAG, PartKind.SPARK, PartKind.STREAM})
"""Kinds whose parts import what lies beside them: each one's artifact carries its own copy of that."""


def _parsed(value: Any) -> Any:
    return PartId.parse(value) if isinstance(value, str) else value


PartIdField = Annotated[PartId, BeforeValidator(_parsed), PlainSerializer(str, return_type=str)]
"""A part id in a document: text outside, a `PartId` inside."""


class Artifact(Frozen):
    """An immutable bundle of one part.

    Attributes:
        part: of what.
        digest: of the bundle's bytes; the same input has the same digest.
        size: bytes.
    """

    part: PartIdField
    digest: DigestField
    size: int
