"""Snowflake privileges follow from reads and writes, and reach nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from components.warehouse.access import Grant, GrantTarget, SchemaPlace, grants_for

_PLACES = st.builds(
    SchemaPlace,
    database=st.sampled_from(["FINEDGE_DEV", "RISK_DEV"]),
    schema=st.sampled_from(["RAW", "STAGING", "MARTS", "A_B"]),
)
_SETS = st.sets(_PLACES, max_size=6)

STAGING = SchemaPlace(database="FINEDGE_DEV", schema="STAGING")
RAW = SchemaPlace(database="FINEDGE_DEV", schema="RAW")
MARTS = SchemaPlace(database="FINEDGE_DEV", schema="MARTS")


def test_reading_one_schema_and_writing_another() -> None:
    """Only the written schema may be created in; both may be read."""
    assert grants_for([STAGING], [MARTS]) == (
        Grant(target=GrantTarget.DATABASE, place=MARTS, privileges=("USAGE",)),
        Grant(target=GrantTarget.SCHEMA, place=MARTS, privileges=("CREATE TABLE", "CREATE VIEW", "USAGE")),
        Grant(target=GrantTarget.SCHEMA, place=STAGING, privileges=("USAGE",)),
        Grant(target=GrantTarget.ALL_TABLES, place=MARTS, privileges=("SELECT",)),
        Grant(target=GrantTarget.ALL_VIEWS, place=MARTS, privileges=("SELECT",)),
        Grant(target=GrantTarget.FUTURE_TABLES, place=MARTS, privileges=("SELECT",)),
        Grant(target=GrantTarget.FUTURE_VIEWS, place=MARTS, privileges=("SELECT",)),
        Grant(target=GrantTarget.ALL_TABLES, place=STAGING, privileges=("SELECT",)),
        Grant(target=GrantTarget.ALL_VIEWS, place=STAGING, privileges=("SELECT",)),
        Grant(target=GrantTarget.FUTURE_TABLES, place=STAGING, privileges=("SELECT",)),
        Grant(target=GrantTarget.FUTURE_VIEWS, place=STAGING, privileges=("SELECT",)),
    )


def test_loading_inserts_into_what_is_there_and_uses_stages() -> None:
    """Tables of a loaded schema are the environment's: rows are put into them, from its stages."""
    loading = set(grants_for([], [RAW], [RAW])) - set(grants_for([], [RAW]))
    assert {(each.target, each.privileges) for each in loading} == {
        (GrantTarget.ALL_TABLES, ("INSERT", "SELECT")),
        (GrantTarget.FUTURE_TABLES, ("INSERT", "SELECT")),
        (GrantTarget.ALL_STAGES, ("USAGE",)),
        (GrantTarget.FUTURE_STAGES, ("USAGE",)),
    }
    assert {each.place for each in loading} == {RAW}


@given(reads=_SETS, writes=_SETS)
def test_no_privilege_reaches_a_schema_that_is_not_named(
    reads: set[SchemaPlace], writes: set[SchemaPlace]
) -> None:
    """Least privilege: every grant's place was named, and creating needs a write."""
    for grant in grants_for(reads, writes):
        assert grant.place in reads | writes
        if "CREATE TABLE" in grant.privileges:
            assert grant.place in writes


@given(reads=_SETS, writes=_SETS)
def test_every_named_schema_can_be_used_and_names_are_unique(
    reads: set[SchemaPlace], writes: set[SchemaPlace]
) -> None:
    """Two grants of one role with one name would be one resource, and one of them would be lost."""
    grants = grants_for(reads, writes)
    assert len({grant.suffix for grant in grants}) == len(grants)
    usable = {grant.place for grant in grants if grant.target is GrantTarget.SCHEMA}
    assert usable == reads | writes
