"""SHOW GRANTS and SHOW FUTURE GRANTS: https://docs.snowflake.com/en/sql-reference/sql/show-grants."""

from collections.abc import Callable, Iterator
from typing import Final

import pyarrow as pa

from slipway_sandbox.snowflake.catalogue.grants import Grant, Membership
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, Thing
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.results import Result, StatementType, listing
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.grant_targets import securable_kind
from slipway_sandbox.snowflake.statements.words import Words


def show_grants(session: Session, words: Words) -> Result:
    """SHOW GRANTS [ON object | TO ROLE | TO USER | OF ROLE], SHOW FUTURE GRANTS IN container | TO ROLE."""
    if words.take("FUTURE"):
        words.expect("GRANTS")
        return _show_future(session, words)
    words.expect("GRANTS")
    if words.take("ON"):
        return _show_on(session, words)
    if words.take("OF", "ROLE"):
        role = session.names("SHOW").in_account(ObjectKind.ROLE, words.name())
        return _show_members(session, lambda each: each.role == role.id)
    if words.take("TO", "USER"):
        user = session.names("SHOW").in_account(ObjectKind.USER, words.name())
        return _show_members(session, lambda each: each.to == user.id)
    if words.take("TO"):
        return _show(_to(session, _role_named(session, words)))
    words.end()
    return _show_members(session, lambda each: each.to == session.user.id)


def _show_on(session: Session, words: Words) -> Result:
    if words.take("ACCOUNT"):
        return _show(_on(session, ACCOUNT, None))
    thing = session.names("SHOW").of_grants().securable(securable_kind(words), words.path())
    return _show(_on(session, thing.id, thing))


_Row = tuple[object, ...]
_COLUMNS: Final = (
    ("created_on", pa.timestamp("us", tz="UTC")),
    ("privilege", pa.string()),
    ("granted_on", pa.string()),
    ("name", pa.string()),
    ("granted_to", pa.string()),
    ("grantee_name", pa.string()),
    ("grant_option", pa.string()),
    ("granted_by", pa.string()),
)
_MEMBERS: Final = (
    ("created_on", pa.timestamp("us", tz="UTC")),
    ("role", pa.string()),
    ("granted_to", pa.string()),
    ("grantee_name", pa.string()),
    ("granted_by", pa.string()),
)
_FUTURE: Final = (
    ("created_on", pa.timestamp("us", tz="UTC")),
    ("privilege", pa.string()),
    ("grant_on", pa.string()),
    ("name", pa.string()),
    ("grant_to", pa.string()),
    ("grantee_name", pa.string()),
    ("grant_option", pa.string()),
)


def _show(rows: Iterator[_Row]) -> Result:
    return listing(
        _COLUMNS, sorted(rows, key=lambda row: (str(row[3]), str(row[1]), str(row[5]))), StatementType.SHOW
    )


def _on(session: Session, on: int, thing: Thing | None) -> Iterator[_Row]:
    """The rows of the grants on one object, its owner's first."""
    catalogue = session.account.catalogue
    if thing is not None and thing.owner:
        owner = catalogue.things[thing.owner].name
        name = _full(session, thing)
        yield (thing.created_on, "OWNERSHIP", _granted_on(thing.kind), name, "ROLE", owner, "true", owner)
    for each in catalogue.grants_on.get(on, ()):
        yield _row(session, each)


def _to(session: Session, role: Thing) -> Iterator[_Row]:
    """The rows of what one role has: ownerships, privileges, roles."""
    catalogue = session.account.catalogue
    for thing in catalogue.present:
        if thing.owner == role.id:
            name = _full(session, thing)
            yield (
                thing.created_on,
                "OWNERSHIP",
                _granted_on(thing.kind),
                name,
                "ROLE",
                role.name,
                "true",
                role.name,
            )
    present = {thing.id for thing in catalogue.present} | {ACCOUNT}
    for each in catalogue.grants:
        if each.to == role.id and each.on in present:
            yield _row(session, each)
    for member in catalogue.memberships:
        if member.to == role.id:
            granted = catalogue.things[member.role].name
            yield (
                member.created_on,
                "USAGE",
                "ROLE",
                granted,
                "ROLE",
                role.name,
                "false",
                _by(session, member.granted_by),
            )


def _row(session: Session, each: Grant) -> _Row:
    catalogue = session.account.catalogue
    thing = catalogue.things.get(each.on)
    name = _full(session, thing) if thing is not None else "SANDBOX"
    kind = _granted_on(thing.kind) if thing is not None else "ACCOUNT"
    option = "true" if each.grant_option else "false"
    grantee = catalogue.things[each.to].name
    return (
        each.created_on,
        str(each.privilege),
        kind,
        name,
        "ROLE",
        grantee,
        option,
        _by(session, each.granted_by),
    )


def _show_members(session: Session, chosen: Callable[[Membership], bool]) -> Result:
    catalogue = session.account.catalogue
    rows = [
        (
            each.created_on,
            catalogue.things[each.role].name,
            str(catalogue.things[each.to].kind),
            catalogue.things[each.to].name,
            _by(session, each.granted_by),
        )
        for each in catalogue.memberships
        if chosen(each)
    ]
    return listing(_MEMBERS, sorted(rows, key=lambda row: (row[1], row[3])), StatementType.SHOW)


def _show_future(session: Session, words: Words) -> Result:
    catalogue = session.account.catalogue
    if words.take("TO"):
        role = _role_named(session, words)
        chosen = [each for each in catalogue.future if each.to == role.id]
    else:
        words.expect("IN")
        kind = ObjectKind(words.take_any("SCHEMA", "DATABASE"))
        within = session.names("SHOW").of_grants().securable(kind, words.path())
        chosen = [each for each in catalogue.future if each.within == within.id]
    rows = [
        (
            each.created_on,
            str(each.privilege),
            _granted_on(each.kind),
            f"{_full(session, catalogue.things[each.within])}.<{_granted_on(each.kind)}>",
            "ROLE",
            catalogue.things[each.to].name,
            "true" if each.grant_option else "false",
        )
        for each in chosen
    ]
    return listing(_FUTURE, sorted(rows, key=lambda row: (row[3], row[1], row[5])), StatementType.SHOW)


def _role_named(session: Session, words: Words) -> Thing:
    words.take("ROLE")
    return session.names("SHOW").in_account(ObjectKind.ROLE, words.name())


def _full(session: Session, thing: Thing) -> str:
    return ".".join(written(part) for part in session.account.catalogue.full_name(thing))


def _granted_on(kind: ObjectKind) -> str:
    return str(kind).replace(" ", "_")


def _by(session: Session, role: int) -> str:
    return session.account.catalogue.things[role].name if role in session.account.catalogue.things else ""
