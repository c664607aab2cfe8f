"""What statements grant: seen however it is written, and nothing that is none."""

import pytest

from policies.rules.grants import LEAST_PRIVILEGES, NO_PUBLIC_GRANTS
from policies.rules.statements import EXECUTE, grants_of
from tests.policies.placed import Unknown, judged_at, resource_at, undecided_at


def _granted(statement: str | None, key: str = "execute") -> list[tuple[str, str, bool]]:
    resource = resource_at(EXECUTE, {key: statement})
    return [(each.broad, each.holder, each.is_of_account) for each in grants_of(resource)]


@pytest.mark.parametrize(
    ("statement", "granted"),
    [
        ("GRANT SELECT ON TABLE x TO ROLE analyst", [("", "ANALYST", True)]),
        ("grant role a\nto role PUBLIC", [("", "PUBLIC", True)]),
        ('GRANT ROLE a TO "PUBLIC"', [("", "PUBLIC", True)]),
        ("GRANT ROLE a TO PUBLIC", [("", "PUBLIC", True)]),
        ("GRANT USAGE ON SCHEMA d.PUBLIC TO ROLE a", [("", "A", True)]),
        ("GRANT USAGE ON DATABASE d TO DATABASE ROLE d.PUBLIC", [("", "D.PUBLIC", False)]),
        ("GRANT ROLE a TO USER PUBLIC", [("", "PUBLIC", False)]),
        ("GRANT USAGE ON DATABASE d TO SHARE PUBLIC", [("", "PUBLIC", False)]),
        ("GRANT ALL ON SCHEMA s TO ROLE a", [("ALL", "A", True)]),
        ("GRANT ALL  PRIVILEGES ON SCHEMA s TO ROLE a", [("ALL PRIVILEGES", "A", True)]),
        ("GRANT OWNERSHIP ON TABLE t TO ROLE a COPY CURRENT GRANTS", [("OWNERSHIP", "A", True)]),
        ("GRANT SELECT ON ALL TABLES IN SCHEMA s TO ROLE a", [("", "A", True)]),
        ("GRANT ROLE a TO ROLE b; GRANT ALL ON SCHEMA s TO ROLE c", [("", "B", True), ("ALL", "C", True)]),
        ("EXECUTE IMMEDIATE 'GRANT ROLE a TO ROLE PUBLIC'", [("", "PUBLIC", True)]),
        ("GRANT /* TO ROLE x */ ROLE a TO -- b\n ROLE PUBLIC", [("", "PUBLIC", True)]),
        ("-- GRANT ROLE a TO ROLE PUBLIC", []),
        ("REVOKE ROLE a FROM ROLE PUBLIC", []),
        ("CREATE TABLE grants (given_to INT)", []),
        ("GRANT ROLE a; SELECT 1 TO ROLE PUBLIC", []),
        (None, []),
    ],
)
def test_what_a_statement_grants(statement: str | None, granted: list[tuple[str, str, bool]]) -> None:
    """To whom, and whether it is more than named privileges."""
    assert _granted(statement) == granted
    assert _granted(statement, "revert") == granted


def test_what_only_asks_is_not_run() -> None:
    """`query` reads."""
    assert _granted("GRANT ROLE a TO ROLE PUBLIC", "query") == []


def test_a_statement_grants_nothing_to_everybody() -> None:
    """As a declared grant does not."""
    told = ["grants to PUBLIC, which every user is; it has to name another role"]
    for statement, found in (("GRANT ROLE a TO ROLE public", told), ("GRANT ROLE a TO ROLE b", [])):
        assert judged_at(NO_PUBLIC_GRANTS, EXECUTE, {"execute": statement}) == found
    assert judged_at(NO_PUBLIC_GRANTS, EXECUTE, {"execute": "GRANT ROLE a TO USER PUBLIC"}) == []


def test_a_statement_gives_no_functional_role_everything() -> None:
    """But an administrator, and within a clone's component."""
    told = ["gives ALL to A; a role gets what it needs, by name"]
    given = {"execute": "GRANT ALL ON SCHEMA s TO ROLE a"}
    assert judged_at(LEAST_PRIVILEGES, EXECUTE, given) == told
    assert judged_at(LEAST_PRIVILEGES, EXECUTE, given, within="slipway:warehouse:ZeroCopyClone") == []
    assert judged_at(LEAST_PRIVILEGES, EXECUTE, given, administrators=["A"]) == []
    assert judged_at(LEAST_PRIVILEGES, EXECUTE, {"execute": "GRANT SELECT ON TABLE t TO ROLE a"}) == []


def test_a_statement_that_is_not_known_is_undecided() -> None:
    """It may grant anything."""
    assert undecided_at(NO_PUBLIC_GRANTS, EXECUTE, Unknown({}, "execute"))
