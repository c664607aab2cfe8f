"""SHOW of keys, which Snowflake records and does not enforce.

Sources: https://docs.snowflake.com/en/sql-reference/sql/show-primary-keys, -unique-keys, -imported-keys.
"""

from typing import Final

from slipway_sandbox.snowflake.catalogue.objects import (
    Constraint,
    ConstraintKind,
    ObjectKind,
    TableBody,
    Thing,
)
from slipway_sandbox.snowflake.results import Result
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.shown import COUNT, MOMENT, TEXT, Asked, Row, objects, told

_KEYS: Final = (
    ("created_on", MOMENT),
    ("database_name", TEXT),
    ("schema_name", TEXT),
    ("table_name", TEXT),
    ("column_name", TEXT),
    ("key_sequence", COUNT),
    ("constraint_name", TEXT),
    ("rely", TEXT),
    ("comment", TEXT),
)
_SIDES: Final = ("database_name", "schema_name", "table_name", "column_name")
_IMPORTED: Final = (
    ("created_on", MOMENT),
    *((f"{side}_{name}", TEXT) for side in ("pk", "fk") for name in _SIDES),
    ("key_sequence", COUNT),
    ("update_rule", TEXT),
    ("delete_rule", TEXT),
    ("fk_name", TEXT),
    ("pk_name", TEXT),
    ("deferrability", TEXT),
    ("rely", TEXT),
    ("comment", TEXT),
)


def primary_keys(session: Session, wanted: Asked) -> Result:
    """SHOW PRIMARY KEYS."""
    return told(_KEYS, _keys(session, wanted, ConstraintKind.PRIMARY_KEY))


def unique_keys(session: Session, wanted: Asked) -> Result:
    """SHOW UNIQUE KEYS."""
    return told(_KEYS, _keys(session, wanted, ConstraintKind.UNIQUE))


def imported_keys(session: Session, wanted: Asked) -> Result:
    """SHOW IMPORTED KEYS: foreign keys, by the columns that they are made of."""
    rows: list[Row] = []
    for place, thing, key in _constraints(session, wanted, ConstraintKind.FOREIGN_KEY):
        referred = session.account.catalogue.things.get(key.references)
        if referred is None or referred.dropped_on is not None:
            continue
        there = session.account.catalogue.full_name(referred)
        columns = key.referenced_columns or _primary_columns(referred)
        for number, (own, other) in enumerate(zip(key.columns, columns, strict=False), 1):
            sides = dict(zip((f"pk_{name}" for name in _SIDES), (*there, other), strict=True))
            sides |= dict(zip((f"fk_{name}" for name in _SIDES), (*place, own), strict=True))
            facts = {"created_on": thing.created_on, "key_sequence": number, "fk_name": key.name}
            rules = {"update_rule": "NO ACTION", "delete_rule": "NO ACTION"}
            rest = {"deferrability": "NOT DEFERRABLE", "rely": "false", "comment": None}
            rows.append(sides | facts | rules | rest | {"pk_name": _primary_name(referred)})
    return told(_IMPORTED, rows)


def _keys(session: Session, wanted: Asked, kind: ConstraintKind) -> list[Row]:
    rows: list[Row] = []
    for place, thing, key in _constraints(session, wanted, kind):
        for number, column in enumerate(key.columns, 1):
            sides = dict(zip(_SIDES, (*place, column), strict=True))
            facts = {"created_on": thing.created_on, "key_sequence": number, "constraint_name": key.name}
            rows.append(sides | facts | {"rely": "false", "comment": None})
    return rows


def _constraints(
    session: Session, wanted: Asked, kind: ConstraintKind
) -> list[tuple[tuple[str, str, str], Thing, Constraint]]:
    found = []
    for database, schema, thing in objects(session, wanted, ObjectKind.TABLE):
        is_other = wanted.within is not None and wanted.within.kind is ObjectKind.TABLE
        if (is_other and thing != wanted.within) or not isinstance(thing.body, TableBody):
            continue
        place = (database.name, schema.name, thing.name)
        found += [(place, thing, each) for each in thing.body.constraints if each.kind is kind]
    return found


def _primary(table: Thing) -> Constraint | None:
    body = table.body
    keys = body.constraints if isinstance(body, TableBody) else ()
    return next((each for each in keys if each.kind is ConstraintKind.PRIMARY_KEY), None)


def _primary_columns(table: Thing) -> tuple[str, ...]:
    key = _primary(table)
    return key.columns if key is not None else ()


def _primary_name(table: Thing) -> str | None:
    key = _primary(table)
    return key.name if key is not None else None
