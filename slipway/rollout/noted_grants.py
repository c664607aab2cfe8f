"""Grants as outputs of a stage hold them: what was, for whoever looks later."""

import json
from collections.abc import Mapping

from slipway.model.grants import Grant, Grantee, GranteeKind, Grants, Privilege

_HELD = "grants"
_OWNER = "owner"


def noted(grants: Grants, *, of: str) -> dict[str, str]:
    """Write grants down.

    Args:
        grants: what there is.
        of: whose, as the outputs name it.
    """
    rows = [
        [each.privilege, each.grantee.kind.value, each.grantee.name, each.with_grant_option]
        for each in sorted(grants.held)
    ]
    owner = {} if grants.owner is None else {f"{_OWNER} of {of}": grants.owner.name}
    return {f"{_HELD} of {of}": json.dumps(rows), **owner}


def noted_in(outputs: Mapping[str, str], *, of: str) -> Grants | None:
    """Read them again; None where nobody has noted any."""
    held, owner = outputs.get(f"{_HELD} of {of}"), outputs.get(f"{_OWNER} of {of}")
    if held is None:
        return None
    return Grants(
        None if owner is None else Grantee(GranteeKind.ROLE, owner),
        frozenset(
            Grant(
                privilege=Privilege(privilege),
                grantee=Grantee(GranteeKind(kind), name),
                with_grant_option=option,
            )
            for privilege, kind, name, option in json.loads(held)
        ),
    )
