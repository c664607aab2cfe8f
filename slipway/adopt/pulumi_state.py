"""What Pulumi owns already: the resources of `pulumi stack export` files. Pure; values are not kept."""

import json
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from slipway.adopt.faults import StateUnreadable


@dataclass(frozen=True, kw_only=True)
class Owned:
    """A resource that Pulumi owns.

    Attributes:
        urn: which.
        type: its token.
        id: the cloud's; empty for a component.
    """

    urn: str
    type: str
    id: str


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class _Row(_Read):
    urn: str
    type: str
    id: str = ""
    delete: bool = False


class _Deployment(_Read):
    resources: list[_Row] | None = None


class _Export(_Read):
    deployment: _Deployment


def read_owned(content: bytes, source: str) -> tuple[Owned, ...]:
    """Read an export; what is only waiting to be deleted is not owned.

    Args:
        content: of the file.
        source: what messages call it.

    Raises:
        StateUnreadable: it is no export.
    """
    try:
        export = _Export.model_validate(json.loads(content))
    except (ValueError, ValidationError):
        raise StateUnreadable(
            f"{source} is no exported stack", remedy="write one with pulumi stack export --file FILE"
        ) from None  # its cause has the whole text
    return tuple(
        Owned(urn=row.urn, type=row.type, id=row.id)
        for row in export.deployment.resources or ()
        if not row.delete
    )
