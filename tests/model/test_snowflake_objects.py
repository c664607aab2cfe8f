"""A name means one object, whatever is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.model.errors import DefinitionError
from slipway.model.snowflake_objects import Database, ObjectKind, Schema, Table, View, literal, quoted

NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=255)


@given(NAMES)
def test_a_quoted_name_ends_where_it_should(name: str) -> None:
    """Between the outer quotes every quote is doubled: nothing of a name becomes SQL."""
    inner = quoted(name)[1:-1]
    assert inner.replace('""', "") == name.replace('"', "")
    assert inner.replace('""', '"') == name


@given(st.text())
def test_a_literal_ends_where_it_should(text: str) -> None:
    """Quotes are doubled and backslashes too: one before a quote would otherwise keep it open."""
    inner = literal(text)[1:-1]
    assert "'" not in inner.replace("\\\\", "").replace("''", "")
    assert inner.replace("''", "'").replace("\\\\", "\\") == text


@pytest.mark.parametrize("name", ["", "A" * 256, "A\0B"])
def test_what_no_object_can_be_called(name: str) -> None:
    """Refused here, with the name, rather than half-way through a release."""
    with pytest.raises(DefinitionError, match="is no Snowflake name"):
        quoted(name)


def test_each_kind_writes_its_full_name() -> None:
    """A name never depends on the session's current schema."""
    schema = Schema(Database("FINEDGE_DEV"), "MARTS")
    table, view = Table(schema, "SETTLEMENTS"), View(schema, "settlements")
    assert (table.sql, str(view)) == ('"FINEDGE_DEV"."MARTS"."SETTLEMENTS"', "FINEDGE_DEV.MARTS.settlements")
    kinds = [each.kind for each in (schema.database, schema, table, view)]
    assert kinds == [ObjectKind.DATABASE, ObjectKind.SCHEMA, ObjectKind.TABLE, ObjectKind.VIEW]
    assert {each.database for each in (schema.database, schema, table, view)} == {Database("FINEDGE_DEV")}
