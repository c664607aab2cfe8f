"""Snowflake privileges follow from reads and writes, and reach nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from components.warehouse.access import (
    Access,
    AccessLevel,
    Grant,
    GrantTarget,
    SchemaPlace,
    deployer_grants,
    needed_access,
    read_grants,
    write_grants,
)

_PLACES = st.builds(
    SchemaPlace,
    database=st.sampled_from(["FINEDGE_DEV", "RISK_DEV"]),
    schema=st.sampled_from(["RAW", "STAGING", "MARTS", "A_B"]),
)
_SETS = st.sets(_PLACES, max_size=6)

RAW = SchemaPlace(database="FINEDGE_DEV", schema="RAW")
MARTS = SchemaPlace(database="FINEDGE_DEV", schema="MARTS")


def test_reading_is_usage_and_select_on_what_is_and_will_be_there() -> None:
    """Nothing can be written, and a table that a release makes tomorrow can be read."""
    assert read_grants(MARTS) == (
        Grant(target=GrantTarget.DATABASE, place=MARTS, privileges=("USAGE",)),
        Grant(target=GrantTarget.SCHEMA, place=MARTS, privileges=("USAGE",)),
        Grant(target=GrantTarget.ALL_TABLES, place=MARTS, privileges=("SELECT",)),
        Grant(target=GrantTarget.ALL_VIEWS, place=MARTS, privileges=("SELECT",)),
        Grant(target=GrantTarget.FUTURE_TABLES, place=MARTS, privileges=("SELECT",)),
        Grant(target=GrantTarget.FUTURE_VIEWS, place=MARTS, privileges=("SELECT",)),
    )


def test_writing_is_the_right_to_create() -> None:
    """What is made is owned by who made it: nobody gets a right on another's tables."""
    assert write_grants(MARTS, is_loaded=False) == (
        Grant(target=GrantTarget.SCHEMA, place=MARTS, privileges=("CREATE TABLE", "CREATE VIEW")),
    )


def test_loading_inserts_into_what_is_there_and_uses_stages_and_file_formats() -> None:
    """Tables of a loaded schema are the environment's: rows are put into them, from its stages."""
    loading = set(write_grants(RAW, is_loaded=True)) - set(write_grants(RAW, is_loaded=False))
    assert {(each.target, each.privileges) for each in loading} == {
        (GrantTarget.ALL_TABLES, ("INSERT",)),
        (GrantTarget.FUTURE_TABLES, ("INSERT",)),
        (GrantTarget.ALL_STAGES, ("USAGE",)),
        (GrantTarget.FUTURE_STAGES, ("USAGE",)),
        (GrantTarget.ALL_FILE_FORMATS, ("USAGE",)),
        (GrantTarget.FUTURE_FILE_FORMATS, ("USAGE",)),
    }
    assert {each.place for each in loading} == {RAW}


def test_a_deployer_makes_schemas_in_its_own_databases_and_nothing_else() -> None:
    """What it swaps and drops it owns through the roles that it holds, so it needs no privilege there."""
    grants = deployer_grants(["RISK_DEV", "FINEDGE_DEV"])
    assert [(each.suffix, each.privileges) for each in grants] == [
        ("database-finedge-dev", ("CREATE SCHEMA", "MONITOR", "USAGE")),
        ("database-risk-dev", ("CREATE SCHEMA", "MONITOR", "USAGE")),
    ]


@given(reads=_SETS, writes=_SETS)
def test_each_named_schema_is_reached_once_and_no_other(
    reads: set[SchemaPlace], writes: set[SchemaPlace]
) -> None:
    """Least privilege: a role for each schema that was named, the writing one only where it writes."""
    needed = needed_access(reads, writes)
    assert [each.place for each in needed] == sorted(reads | writes)
    assert {each.place for each in needed if each.level is AccessLevel.WRITE} == writes
    assert len({each.key for each in needed}) == len(needed)


@given(place=_PLACES)
def test_grants_of_one_role_have_names_of_their_own(place: SchemaPlace) -> None:
    """Two grants of one role with one name would be one resource, and one of them would be lost."""
    for grants in (read_grants(place), write_grants(place, is_loaded=True)):
        assert len({grant.suffix for grant in grants}) == len(grants)
        assert {grant.place for grant in grants} == {place}


def test_a_key_tells_level_and_place() -> None:
    """It is part of a resource's name, which is part of its URN."""
    assert Access(place=MARTS, level=AccessLevel.WRITE).key == "finedge-dev-marts-write"
