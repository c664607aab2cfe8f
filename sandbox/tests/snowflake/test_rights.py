"""What each privilege allows, what depends on one that is revoked, and what clones inherit."""

from collections.abc import Iterator

import pytest

from slipway_sandbox.snowflake.errors import SnowflakeError
from tests.snowflake.world import World

_OBJECTS = {
    "WAREHOUSE": ("w", ("USAGE", "MONITOR", "OPERATE", "MODIFY")),
    "SCHEMA": ("shop.s", ("USAGE", "MONITOR", "MODIFY", "CREATE TABLE")),
    "DATABASE": ("db", ("USAGE", "MONITOR", "MODIFY", "CREATE SCHEMA")),
    "RESOURCE MONITOR": ("m", ("MONITOR", "MODIFY")),
}
"""Kind -> an object that the administrator owns, and the privileges that are tried on it."""

_STATEMENTS = {
    "ALTER WAREHOUSE w SUSPEND": {"OPERATE"},
    "ALTER WAREHOUSE w RESUME IF SUSPENDED": {"OPERATE"},
    "ALTER WAREHOUSE w SET WAREHOUSE_SIZE = 'SMALL'": {"MODIFY"},
    "ALTER WAREHOUSE w UNSET COMMENT": {"MODIFY"},
    "ALTER WAREHOUSE w RENAME TO w2": set(),
    "DROP WAREHOUSE w": set(),
    "ALTER SCHEMA shop.s SET COMMENT = 'x'": {"MODIFY"},
    "ALTER SCHEMA shop.s UNSET COMMENT": {"MODIFY"},
    "ALTER SCHEMA shop.s SET DATA_RETENTION_TIME_IN_DAYS = 0": {"MODIFY"},
    "ALTER SCHEMA shop.s RENAME TO s2": set(),
    "ALTER SCHEMA shop.s ENABLE MANAGED ACCESS": set(),
    "CREATE TABLE shop.s.made (a INT)": {"CREATE TABLE"},
    "DROP SCHEMA shop.s": set(),
    "ALTER DATABASE db SET COMMENT = 'x'": {"MODIFY"},
    "ALTER DATABASE db RENAME TO db2": set(),
    "CREATE SCHEMA db.made": {"CREATE SCHEMA"},
    "DROP DATABASE db": set(),
    "ALTER RESOURCE MONITOR m SET CREDIT_QUOTA = 9": {"MODIFY"},
    "DROP RESOURCE MONITOR m": set(),
}
"""Statement -> each privilege that is enough for it, beside those that make the object seen."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An account with two roles that the administrator may be."""
    made = World(tmp_path_factory.mktemp("account"))
    for sql in (
        "CREATE SCHEMA s",
        "CREATE DATABASE db",
        "CREATE WAREHOUSE w INITIALLY_SUSPENDED = TRUE",
        "CREATE RESOURCE MONITOR m WITH CREDIT_QUOTA = 1",
        "USE SCHEMA shop.public",
    ):
        made.run(sql)
    for role in ("one", "two", "three"):
        made.run(f"CREATE ROLE {role}")
        made.run(f"GRANT ROLE {role} TO USER admin")
        made.run(f"GRANT USAGE ON DATABASE shop TO ROLE {role}")
        made.run(f"GRANT USAGE ON SCHEMA shop.public TO ROLE {role}")
    yield made
    made.close()


def _as(world: World, role: str, *statements: str) -> None:
    """Run statements as a role; the administrator's again after them."""
    world.run("USE SECONDARY ROLES NONE")
    world.run(f"USE ROLE {role}")
    try:
        for sql in statements:
            world.run(sql)
    finally:
        world.run("USE ROLE accountadmin")


def _error(world: World, sql: str) -> int:
    """The number of the error with which a role is refused; 0 for none."""
    try:
        _as(world, "one", sql)
    except SnowflakeError as error:
        return error.number
    return 0


def _kind(sql: str) -> str:
    return next(kind for kind, (name, _) in _OBJECTS.items() if f" {name}" in f" {sql.replace('.made', ' ')}")


@pytest.mark.parametrize(("sql", "enough"), _STATEMENTS.items(), ids=_STATEMENTS)
def test_what_a_privilege_allows(world: World, sql: str, enough: set[str]) -> None:
    """Each privilege of the object alone, with USAGE of where it is: this one is enough, the others are not.

    Source: https://docs.snowflake.com/en/user-guide/security-access-control-privileges
    """
    kind = _kind(sql)
    name, privileges = _OBJECTS[kind]
    place = {"SCHEMA": "USAGE ON SCHEMA shop.s", "DATABASE": "USAGE ON DATABASE db"}.get(kind, "")
    allowed: set[str | int] = set()
    refusals: set[str | int] = set()
    for privilege in privileges:
        grants = [f"{privilege} ON {kind} {name}", *([place] if place else [])]
        for each in grants:
            world.run(f"GRANT {each} TO ROLE one")
        if "WAREHOUSE w SUSPEND" in sql:
            world.run("ALTER WAREHOUSE w RESUME IF SUSPENDED")
        error = _error(world, sql)
        (refusals if error else allowed).add(error or privilege)
        for each in dict.fromkeys(grants):
            world.run(f"REVOKE {each} FROM ROLE one")
    assert (allowed, refusals) == (enough, {3001})


def _grants(world: World, on: str) -> set[tuple[object, object, object]]:
    """Privilege, role and grantor of the grants on an object, without its owner's."""
    rows = world.run(f"SHOW GRANTS ON {on}")
    return {(row[1], row[5], row[7]) for row in rows if row[1] != "OWNERSHIP"}


def test_what_was_granted_on_goes_with_what_it_came_from(world: World) -> None:
    """CASCADE takes it along, RESTRICT and no word at all refuse; the grantor is who had the privilege."""
    world.run("USE SCHEMA shop.public")
    world.run("CREATE OR REPLACE TABLE t (a INT)")
    world.run("GRANT SELECT ON TABLE t TO ROLE one WITH GRANT OPTION")
    _as(world, "one", "GRANT SELECT ON TABLE t TO ROLE two WITH GRANT OPTION")
    _as(world, "two", "GRANT SELECT ON TABLE t TO ROLE three")
    world.run("GRANT INSERT ON TABLE t TO ROLE three")
    told = _grants(world, "TABLE t")
    assert told == {
        ("SELECT", "ONE", "ACCOUNTADMIN"),
        ("SELECT", "TWO", "ONE"),
        ("SELECT", "THREE", "TWO"),
        ("INSERT", "THREE", "ACCOUNTADMIN"),
    }
    for words in ("SELECT ON TABLE t FROM ROLE one", "SELECT ON TABLE t FROM ROLE one RESTRICT"):
        with pytest.raises(SnowflakeError, match=r"Dependent grant of privilege 'SELECT' on .* role 'TWO'"):
            world.run(f"REVOKE {words}")
    assert _grants(world, "TABLE t") == told
    world.run("REVOKE GRANT OPTION FOR SELECT ON TABLE t FROM ROLE two CASCADE")
    assert _grants(world, "TABLE t") == {each for each in told if each[:2] != ("SELECT", "THREE")}
    world.run("REVOKE SELECT ON TABLE t FROM ROLE one CASCADE")
    assert _grants(world, "TABLE t") == {("INSERT", "THREE", "ACCOUNTADMIN")}


def test_the_grants_of_an_owner_are_the_next_owners(world: World) -> None:
    """So that they depend on nothing that the one before it still has."""
    world.run("USE SECONDARY ROLES ALL")
    world.run("USE SCHEMA shop.public")
    world.run("CREATE OR REPLACE TABLE t (a INT)")
    world.run("GRANT SELECT ON TABLE t TO ROLE three")
    world.run("GRANT OWNERSHIP ON TABLE t TO ROLE one COPY CURRENT GRANTS")
    assert _grants(world, "TABLE t") == {("SELECT", "THREE", "ONE")}
    world.run("GRANT INSERT ON TABLE t TO ROLE two")
    assert _grants(world, "TABLE t") == {("SELECT", "THREE", "ONE"), ("INSERT", "TWO", "ONE")}
    world.run("GRANT OWNERSHIP ON TABLE t TO ROLE accountadmin REVOKE CURRENT GRANTS")


def test_a_clone_has_future_grants_or_copied_ones(world: World) -> None:
    """COPY GRANTS takes those of the source and none of the future's; without it the other way round."""
    world.run("CREATE OR REPLACE SCHEMA shop.given")
    world.run("CREATE TABLE t (a INT)")
    world.run("GRANT INSERT ON TABLE t TO ROLE one")
    world.run("GRANT SELECT ON FUTURE TABLES IN SCHEMA shop.given TO ROLE two")
    world.run("CREATE TABLE copied CLONE t COPY GRANTS")
    world.run("CREATE TABLE plain CLONE t")
    assert {each[:2] for each in _grants(world, "TABLE copied")} == {("INSERT", "ONE")}
    assert {each[:2] for each in _grants(world, "TABLE plain")} == {("SELECT", "TWO")}


def test_the_clone_of_a_container_goes_on_with_its_future_grants(world: World) -> None:
    """A schema's, and of a database those of its schemas too."""
    world.run("CREATE OR REPLACE DATABASE source")
    world.run("GRANT SELECT ON FUTURE TABLES IN SCHEMA source.public TO ROLE one")
    world.run("GRANT USAGE ON FUTURE SCHEMAS IN DATABASE source TO ROLE two")
    world.run("CREATE DATABASE cloned CLONE source")
    world.run("CREATE TABLE cloned.public.t (a INT)")
    world.run("CREATE SCHEMA cloned.more")
    assert {each[:2] for each in _grants(world, "TABLE cloned.public.t")} == {("SELECT", "ONE")}
    assert {each[:2] for each in _grants(world, "SCHEMA cloned.more")} == {("USAGE", "TWO")}
    world.run("USE SCHEMA shop.public")


@pytest.mark.parametrize("doomed", ["TABLE keyed.parent", "SCHEMA keyed"])
def test_restrict_keeps_what_a_foreign_key_refers_to(world: World, doomed: str) -> None:
    """Named with the table that has the key; without a key, or with CASCADE, it is dropped."""
    world.run("CREATE OR REPLACE SCHEMA shop.keyed")
    world.run("CREATE TABLE parent (a INT PRIMARY KEY)")
    world.run(
        "CREATE OR REPLACE TABLE shop.public.child (a INT, FOREIGN KEY (a) REFERENCES shop.keyed.parent (a))"
    )
    world.run("USE SCHEMA shop.public")
    with pytest.raises(SnowflakeError, match=r"of table 'SHOP.PUBLIC.CHILD' refers to it"):
        world.run(f"DROP {doomed} RESTRICT")
    world.run(f"DROP {doomed} CASCADE")
    world.run("CREATE OR REPLACE SCHEMA shop.keyed")
    world.run("CREATE TABLE parent (a INT)")
    world.run(f"DROP {doomed} RESTRICT")
    world.run("CREATE OR REPLACE VIEW shop.public.shown AS SELECT 1 AS a")
    with pytest.raises(SnowflakeError, match=r"DROP VIEW \.\.\. RESTRICT"):
        world.run("DROP VIEW shop.public.shown RESTRICT")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE shop.s.by_secondary (a INT)",
        "CREATE TABLE shop.s.by_secondary AS SELECT 1 AS a",
        "CREATE VIEW shop.s.by_secondary AS SELECT 1 AS a",
        "CREATE SEQUENCE shop.s.by_secondary",
        "CREATE STAGE shop.s.by_secondary",
        "CREATE SCHEMA shop.by_secondary",
        "CREATE DATABASE by_secondary",
        "CREATE ROLE by_secondary",
        "CREATE USER by_secondary",
        "CREATE WAREHOUSE by_secondary",
    ],
)
def test_secondary_roles_authorize_no_create(world: World, sql: str) -> None:
    """The administrator holds everything as a secondary role, and may not create by that.

    Source: https://docs.snowflake.com/en/sql-reference/sql/use-secondary-roles
    """
    world.run("GRANT USAGE ON SCHEMA shop.s TO ROLE one")
    world.run("USE ROLE one")
    world.run("USE SECONDARY ROLES ALL")
    try:
        with pytest.raises(SnowflakeError) as refused:
            world.run(sql)
    finally:
        world.run("USE ROLE accountadmin")
        world.run("REVOKE USAGE ON SCHEMA shop.s FROM ROLE one")
    assert refused.value.number == 3001


@pytest.mark.parametrize("definition", ["(a INT)", "AS SELECT 1 AS a"])
def test_a_table_that_keeps_its_grants_takes_no_future_ones(world: World, definition: str) -> None:
    """A new one takes them; so does one that is replaced without COPY GRANTS.

    Source: https://docs.snowflake.com/en/sql-reference/sql/create-table (COPY GRANTS)
    """

    def granted(sql: str) -> set[object]:
        world.run(sql)
        return {row[1] for row in world.run("SHOW GRANTS ON TABLE shop.s.kept")}

    world.run("CREATE OR REPLACE TABLE shop.s.kept (a INT)")
    world.run("GRANT SELECT ON TABLE shop.s.kept TO ROLE two")
    world.run("GRANT INSERT ON FUTURE TABLES IN SCHEMA shop.s TO ROLE three")
    with_them = granted(f"CREATE OR REPLACE TABLE shop.s.kept COPY GRANTS {definition}")
    assert with_them == {"OWNERSHIP", "SELECT"}
    assert granted(f"CREATE OR REPLACE TABLE shop.s.kept {definition}") == {"OWNERSHIP", "INSERT"}
    world.run("REVOKE INSERT ON FUTURE TABLES IN SCHEMA shop.s FROM ROLE three")
