"""What GRANT and REVOKE mind of stages: which privileges one has, and that WRITE never is without READ.

Source: https://docs.snowflake.com/en/sql-reference/sql/grant-privilege, .../revoke-privilege (usage notes).
"""

from collections.abc import Iterable, Sequence

from slipway_sandbox.snowflake.catalogue.catalogue import Catalogue
from slipway_sandbox.snowflake.catalogue.grants import Privilege, applies
from slipway_sandbox.snowflake.catalogue.objects import ObjectKind, StageBody, Thing
from slipway_sandbox.snowflake.errors import invalid_value, privilege_order


def require_fitting(privileges: Sequence[Privilege], thing: Thing) -> None:
    """Refuse privileges that the one object which a GRANT names cannot be granted.

    Raises:
        SnowflakeError: 1008, USAGE on an internal stage for example.
    """
    for privilege in privileges:
        if not applies(privilege, thing.body):
            where = "EXTERNAL" if isinstance(thing.body, StageBody) and thing.body.is_external else "INTERNAL"
            raise invalid_value(f"Invalid privilege '{privilege}' for object type '{where} {thing.kind}'")


def require_order(
    catalogue: Catalogue, things: Iterable[Thing], role: int, chosen: Iterable[Privilege], *, gives: bool
) -> None:
    """Refuse a GRANT or REVOKE after which a role could write to an internal stage and not read it.

    Args:
        catalogue: before it.
        things: the objects that it is about.
        role: id of the role.
        chosen: the privileges.
        gives: whether they are granted.

    Raises:
        SnowflakeError: 3511.
    """
    for thing in things:
        if thing.kind is ObjectKind.STAGE:
            given = (each for each in catalogue.grants_on.get(thing.id, ()) if each.to == role)
            held = {each.privilege for each in given}
            fitting = {each for each in chosen if applies(each, thing.body)}
            _require_read(held, fitting, gives=gives)


def require_future_order(
    catalogue: Catalogue, within: Thing, role: int, chosen: Iterable[Privilege], *, gives: bool
) -> None:
    """The same for the stages that are to come in a container.

    Raises:
        SnowflakeError: 3511.
    """
    held = {
        each.privilege
        for each in catalogue.future
        if (each.kind, each.within, each.to) == (ObjectKind.STAGE, within.id, role)
    }
    _require_read(held, set(chosen), gives=gives)


def _require_read(held: set[Privilege], chosen: set[Privilege], *, gives: bool) -> None:
    after = held | chosen if gives else held - chosen
    if Privilege.WRITE in after and Privilege.READ not in after:
        raise privilege_order()
