"""Tables, views and stages at their edges: what changes in place, what stays, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from slipway_sandbox.provider.contract import PartialFault, ProviderFault
from slipway_sandbox.provider.snowflake import SNOWFLAKE_TYPES
from tests.provider.engine import Engine, Resource

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Materialiser, Properties
    from tests.provider_snowflake.case import Ground


def type_of(name: str) -> Materialiser:
    """A materialised type by its short name."""
    return SNOWFLAKE_TYPES[f"snowflake:index/{name.lower()}:{name}"]


def in_schema(ground: Ground, name: str, **inputs: Any) -> Properties:
    """Inputs of something in the test's schema."""
    return {"database": ground.database, "schema": "S", "name": name, **inputs}


def table(ground: Ground, *columns: Properties, **inputs: Any) -> Properties:
    """Inputs of a table."""
    return in_schema(ground, "PAID", columns=list(columns), **inputs)


ID = {"name": "ID", "type": "INT"}
STATE = {"name": "STATE", "type": "STRING", "default": {"constant": "new"}}


@pytest.mark.parametrize(
    ("type_", "inputs", "message"),
    [
        ("Table", {"columns": [ID], "tags": [{"name": "t", "value": "v"}]}, "has no tags"),
        ("Table", {"columns": [{**ID, "maskingPolicy": "P"}]}, "has no masking policies"),
        ("Table", {"columns": [{**STATE, "collate": "de"}]}, "has no collations"),
        ("Table", {"columns": [{**ID, "type": "GEOGRAPHY"}]}, r"000002 \(0A000\).*GEOGRAPHY"),
        (
            "View",
            {"statement": "SELECT 1 AS X", "isTemporary": "true"},
            "a temporary view ends with the session",
        ),
        ("View", {"statement": "SELECT 1 AS X", "isRecursive": "true"}, "CREATE RECURSIVE VIEW"),
        (
            "View",
            {"statement": "SELECT 1 AS X", "rowAccessPolicy": {"policyName": "P", "ons": ["X"]}},
            "has no row access policies",
        ),
        (
            "View",
            {
                "statement": "SELECT 1 AS X",
                "columns": [{"columnName": "X", "maskingPolicy": {"policyName": "P"}}],
            },
            "has no masking policies",
        ),
        ("View", {"statement": "SELECT NOSUCH FROM T"}, r"000904 .*invalid identifier"),
        ("Stage", {"fileFormat": "TYPE = CSV"}, "CREATE STAGE ... FILE_FORMAT"),
        ("Stage", {"copyOptions": "ON_ERROR = CONTINUE"}, "CREATE STAGE ... COPY_OPTIONS"),
        ("Stage", {"url": "s3://b/p/", "tags": [{"name": "t", "value": "v"}]}, "has no tags"),
        ("Stage", {"url": "ftp://b/p/"}, r"001011 \(42601\).*invalid URL prefix"),
    ],
)
def test_what_the_account_has_nothing_for_is_refused(
    ground: Ground, type_: str, inputs: Properties, message: str
) -> None:
    """By its name, instead of being kept in the state only; nothing is made."""
    with pytest.raises(ProviderFault, match=message):
        type_of(type_).create(ground.session, "res", in_schema(ground, "NEW", **inputs))
    assert ground.run(f"SHOW {type_}S LIKE 'NEW' IN SCHEMA ~_DB.S") == []


def test_credentials_are_refused_without_being_told(ground: Ground) -> None:
    """A message ends in a log."""
    inputs = in_schema(ground, "LAKE", url="s3://b/p/", credentials="AWS_KEY_ID='k' AWS_SECRET_KEY='hush'")
    with pytest.raises(ProviderFault, match=r"CREATE STAGE \.\.\. CREDENTIALS") as caught:
        type_of("Stage").create(ground.session, "res", inputs)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("type_", "id_", "form"),
    [
        ("Table", '"A"."B"."C"', "DATABASE|SCHEMA|NAME"),
        ("Stage", "A||C", "DATABASE|SCHEMA|NAME"),
        ("View", "A|B|C", '"DATABASE"."SCHEMA"."NAME"'),
    ],
)
def test_an_id_of_the_wrong_form_is_named(ground: Ground, type_: str, id_: str, form: str) -> None:
    """Each type has the form that the real provider gives it."""
    with pytest.raises(ProviderFault, match="is not an id of the form") as caught:
        type_of(type_).read(ground.session, id_, {})
    assert form in str(caught.value)


def test_a_changed_table_keeps_its_rows(ground: Ground) -> None:
    """Columns come and go and change by ALTER TABLE; a renamed table is the same one."""
    old = table(ground, ID, STATE, primaryKey={"keys": ["ID"]})
    made = type_of("Table").create(ground.session, "res", old)
    ground.run("INSERT INTO ~_DB.S.PAID (ID) VALUES (1), (2)")
    country = {"name": "COUNTRY", "type": "VARCHAR(2)", "nullable": False, "default": {"constant": "DE"}}
    new = table(ground, {**ID, "nullable": False}, country, primaryKey={"name": "PK", "keys": ["ID"]})
    type_of("Table").update(ground.session, made.id, old, {**new, "name": "SETTLED"})
    assert ground.run("SELECT ID, COUNTRY FROM ~_DB.S.SETTLED ORDER BY ID") == [
        {"ID": 1, "COUNTRY": "DE"},
        {"ID": 2, "COUNTRY": "DE"},
    ]
    state = type_of("Table").read(ground.session, made.id, {**new, "name": "SETTLED"})
    assert state is not None
    assert state.outputs["primaryKey"] == {"name": "PK", "keys": ["ID"]}
    assert state.outputs["fullyQualifiedName"] == f'"{ground.database}"."S"."SETTLED"'


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({**STATE, "default": {"constant": "old"}}, "the default of column STATE cannot be changed in place"),
        ({**STATE, "type": "INT", "default": None}, r"002108 .*cannot change column STATE"),
        (
            {"name": "AT", "type": "DATE", "default": {"expression": "CURRENT_DATE()"}},
            "column AT cannot be added with a default that is no constant",
        ),
        ({"name": "STATE", "type": "STRING", "identity": {"startNum": 1}}, "the identity of column STATE"),
    ],
)
def test_what_a_column_cannot_become_is_refused(ground: Ground, change: Properties, message: str) -> None:
    """The real provider would say nothing and show the same difference for ever."""
    old = table(ground, ID, STATE, comment="as it was")
    made = type_of("Table").create(ground.session, "res", old)
    new = table(ground, ID, change, *([STATE] if change["name"] == "AT" else []), comment="changed")
    with pytest.raises(ProviderFault, match=message):
        type_of("Table").update(ground.session, made.id, old, new)


def test_a_default_may_be_a_sequence(ground: Ground) -> None:
    """Read back under its full name, in the program's spelling."""
    ground.run("CREATE SEQUENCE ~_DB.S.NUMBERS START 7")
    sequence = f"{ground.database}.S.NUMBERS"
    inputs = table(ground, {**ID, "default": {"sequence": sequence}}, STATE)
    made = type_of("Table").create(ground.session, "res", inputs)
    ground.run("INSERT INTO ~_DB.S.PAID (STATE) VALUES ('x')")
    assert ground.run("SELECT ID FROM ~_DB.S.PAID") == [{"ID": 7}]
    state = type_of("Table").read(ground.session, made.id, inputs)
    assert state is not None
    assert state.outputs["columns"][0]["default"] == {"sequence": sequence}
    imported = type_of("Table").read(ground.session, made.id, {})
    assert imported is not None
    assert imported.outputs["columns"][0]["default"] == {"sequence": f'"{ground.database}"."S"."NUMBERS"'}


def test_a_column_that_was_made_required_or_commented_by_hand_is_drift(
    ground: Ground, pulumi: Engine
) -> None:
    """Also where the program says nothing of either: the provider's own defaults are known."""
    resource = Resource("snowflake:index/table:Table", "res")
    inputs, failures = pulumi.check(resource, table(ground, ID, STATE))
    assert failures == {}
    id_, outputs = pulumi.create(resource, inputs)
    ground.run("ALTER TABLE ~_DB.S.PAID ALTER COLUMN ID SET NOT NULL, COLUMN STATE COMMENT 'by hand'")
    shown = pulumi.read(resource, id_, inputs, outputs)
    assert shown.inputs["columns"] == [{**ID, "nullable": False}, {**STATE, "comment": "by hand"}]
    mended = pulumi.update(resource, id_, shown.inputs, shown.outputs, inputs)
    assert pulumi.read(resource, id_, inputs, mended).inputs == inputs


def test_columns_that_came_or_went_by_hand_are_the_only_drift(ground: Ground, pulumi: Engine) -> None:
    """The other columns stay as the program says them: no default of the provider's shows in the preview."""
    resource = Resource("snowflake:index/table:Table", "res")
    inputs, _ = pulumi.check(resource, table(ground, ID, STATE))
    id_, outputs = pulumi.create(resource, inputs)
    ground.run("ALTER TABLE ~_DB.S.PAID ADD COLUMN EXTRA DATE")
    shown = pulumi.read(resource, id_, inputs, outputs)
    assert shown.inputs["columns"] == [ID, STATE, {"name": "EXTRA", "type": "DATE"}]
    ground.run("ALTER TABLE ~_DB.S.PAID DROP COLUMN EXTRA, STATE")
    assert pulumi.read(resource, id_, inputs, outputs).inputs["columns"] == [ID]


def test_grants_of_a_view_that_is_made_anew_stay_only_when_it_is_said(ground: Ground) -> None:
    """CREATE OR REPLACE VIEW ... COPY GRANTS, or without."""
    kind = type_of("View")
    for copies, left in ((True, ["OWNERSHIP", "SELECT"]), (False, ["OWNERSHIP"])):
        old = in_schema(ground, "V", statement="SELECT 1 AS X", copyGrants=copies)
        made = kind.create(ground.session, "res", old)
        ground.run("GRANT SELECT ON VIEW ~_DB.S.V TO ROLE ~_ROLE")
        kind.update(ground.session, made.id, old, {**old, "statement": "SELECT 2 AS X"})
        assert ground.run("SELECT X FROM ~_DB.S.V") == [{"X": 2}]
        assert [row["privilege"] for row in ground.run("SHOW GRANTS ON VIEW ~_DB.S.V")] == left
        kind.delete(ground.session, made.id, old)


def test_a_view_that_may_not_track_changes_is_kept_as_broken(ground: Ground) -> None:
    """It was made; the tables that it reads are somebody else's."""
    ground.run("GRANT SELECT ON TABLE ~_DB.S.T TO ROLE ACCOUNTADMIN")
    ground.run("GRANT OWNERSHIP ON TABLE ~_DB.S.T TO ROLE ~_ROLE COPY CURRENT GRANTS")
    inputs = in_schema(ground, "V", statement="SELECT ID FROM T", changeTracking="true")
    with pytest.raises(PartialFault, match=r"003001 \(42501\)") as caught:
        type_of("View").create(ground.session, "res", inputs)
    assert caught.value.id == f'"{ground.database}"."S"."V"'
    assert [row["name"] for row in ground.run("SHOW VIEWS IN SCHEMA ~_DB.S")] == ["V"]


def test_a_secure_view_of_somebody_else_cannot_be_read(ground: Ground) -> None:
    """Its text is told to its owner only; without it every view would look changed."""
    inputs = in_schema(ground, "V", statement="SELECT 1 AS X", isSecure="true")
    made = type_of("View").create(ground.session, "res", inputs)
    ground.run("GRANT SELECT ON VIEW ~_DB.S.V TO ROLE ACCOUNTADMIN")
    ground.run("GRANT OWNERSHIP ON VIEW ~_DB.S.V TO ROLE ~_ROLE COPY CURRENT GRANTS")
    with pytest.raises(ProviderFault, match="it is secure, and of role") as caught:
        type_of("View").read(ground.session, made.id, inputs)
    assert caught.value.remedy == "let Pulumi log in with a role that owns it"


def test_a_query_that_is_written_otherwise_is_no_drift(ground: Ground) -> None:
    """Blanks and capitals, as with the real provider."""
    inputs = in_schema(ground, "V", statement="SELECT ID FROM T")
    type_of("View").create(ground.session, "res", inputs)
    ground.run("create or replace view ~_DB.S.V as select  id\nfrom t")
    state = type_of("View").read(ground.session, "", inputs)
    assert state is not None
    assert state.outputs["statement"] == "SELECT ID FROM T"
