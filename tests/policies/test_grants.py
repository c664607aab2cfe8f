"""Rules about Snowflake's grants."""

from typing import Any

import pytest

from policies.rules.grants import LEAST_PRIVILEGES, NO_PUBLIC_GRANTS
from tests.policies.placed import Unknown, judged_at

PRIVILEGES = "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole"
DATABASE = "snowflake:index/grantPrivilegesToDatabaseRole:GrantPrivilegesToDatabaseRole"
OWNERSHIP = "snowflake:index/grantOwnership:GrantOwnership"
CLONE = "slipway:warehouse:ZeroCopyClone"
HOLDERS = {
    PRIVILEGES: "accountRoleName",
    OWNERSHIP: "accountRoleName",
    "snowflake:index/grantAccountRole:GrantAccountRole": "parentRoleName",
    "snowflake:index/grantApplicationRole:GrantApplicationRole": "parentAccountRoleName",
    "snowflake:index/grantDatabaseRole:GrantDatabaseRole": "parentRoleName",
}


@pytest.mark.parametrize(("type_", "property_"), HOLDERS.items())
@pytest.mark.parametrize("name", ["PUBLIC", "public", '"PUBLIC"'])
def test_nothing_is_granted_to_everybody(type_: str, property_: str, name: str) -> None:
    """Privileges, roles, ownership."""
    told = "grants to PUBLIC, which every user is; it has to name another role"
    assert judged_at(NO_PUBLIC_GRANTS, type_, {property_: name}) == [told]
    assert judged_at(NO_PUBLIC_GRANTS, type_, {property_: "PUBLIC_READER"}) == []
    assert judged_at(NO_PUBLIC_GRANTS, type_, {}) == []


BROAD: list[tuple[str, dict[str, Any], str]] = [
    (PRIVILEGES, {"allPrivileges": True}, "ALL PRIVILEGES"),
    (PRIVILEGES, {"privileges": ["ALL"]}, "ALL"),
    (PRIVILEGES, {"privileges": ["ALL PRIVILEGES", "USAGE"]}, "ALL PRIVILEGES"),
    (PRIVILEGES, {"privileges": ["USAGE", "ownership"]}, "OWNERSHIP"),
    (PRIVILEGES, {"privileges": ["OWNERSHIP", "ALL"]}, "ALL, OWNERSHIP"),
    (DATABASE, {"allPrivileges": True}, "ALL PRIVILEGES"),
    (OWNERSHIP, {"on": {}}, "OWNERSHIP"),
]


@pytest.mark.parametrize(("type_", "grant", "told"), BROAD)
def test_a_functional_role_gets_what_it_needs(type_: str, grant: dict[str, Any], told: str) -> None:
    """By name; Snowflake's own administrators own what no other may."""
    holder = "databaseRoleName" if type_ == DATABASE else "accountRoleName"
    assert judged_at(LEAST_PRIVILEGES, type_, {**grant, holder: "FINEDGE_PROD_X"}) == [
        f"gives {told} to FINEDGE_PROD_X; a role gets what it needs, by name"
    ]
    for administrator in ("ACCOUNTADMIN", "SECURITYADMIN", '"SYSADMIN"', "useradmin"):
        assert judged_at(LEAST_PRIVILEGES, type_, {**grant, holder: administrator}) == []
    assert judged_at(LEAST_PRIVILEGES, type_, {**grant, holder: "X"}, administrators=["X"]) == []


@pytest.mark.parametrize("grant", [{}, {"privileges": []}, {"privileges": ["CREATE TABLE"]}])
@pytest.mark.parametrize("type_", [PRIVILEGES, DATABASE])
def test_a_grant_by_name_complies(type_: str, grant: dict[str, Any]) -> None:
    """Whoever has it, known or not."""
    told = Unknown({"allPrivileges": False, **grant}, "accountRoleName")
    assert judged_at(LEAST_PRIVILEGES, type_, told) == []


def test_ownership_of_a_database_roles_objects_is_ownership() -> None:
    """It has no role of the account."""
    (message,) = judged_at(LEAST_PRIVILEGES, OWNERSHIP, {"databaseRoleName": '"DB"."R"'})
    assert message.startswith("gives OWNERSHIP to ")


@pytest.mark.parametrize(("type_", "grant", "told"), BROAD)
def test_a_clones_component_gives_away_what_it_made(type_: str, grant: dict[str, Any], told: str) -> None:
    """To whoever cleans up after it; another component may not."""
    grant = {**grant, "accountRoleName": "FINEDGE_PROD_DEPLOY"}
    assert told
    assert judged_at(LEAST_PRIVILEGES, type_, grant, within=CLONE) == []
    assert len(judged_at(LEAST_PRIVILEGES, type_, grant, within="slipway:warehouse:WarehouseRole")) == 1


@pytest.mark.parametrize("kind", ["ROLE", "role", '"ROLE"'])
def test_a_roles_component_gives_the_role_to_who_grants_it(kind: str) -> None:
    """The role alone, and no data; another component may not."""
    given = {"on": {"objectType": kind, "objectName": "FINEDGE_PROD__RAW__READ"}, "accountRoleName": "X"}
    role = "slipway:warehouse:WarehouseRole"
    assert judged_at(LEAST_PRIVILEGES, OWNERSHIP, given, within=role) == []
    assert len(judged_at(LEAST_PRIVILEGES, OWNERSHIP, given)) == 1
    for other in ({"objectType": "TABLE"}, {"all": {"objectTypePlural": "ROLES"}}, "ROLE"):
        assert len(judged_at(LEAST_PRIVILEGES, OWNERSHIP, {**given, "on": other}, within=role)) == 1
    privilege = {**given, "privileges": ["OWNERSHIP"]}
    assert len(judged_at(LEAST_PRIVILEGES, PRIVILEGES, privilege, within=role)) == 1
