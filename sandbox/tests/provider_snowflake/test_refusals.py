"""What a type does at its edges: refused by name, in the account's own words, never silently left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from slipway_sandbox.provider.contract import ProviderFault
from slipway_sandbox.provider.snowflake import SNOWFLAKE_TYPES

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Materialiser, Properties
    from tests.provider_snowflake.case import Ground


def type_of(name: str) -> Materialiser:
    """A materialised type by its short name."""
    return SNOWFLAKE_TYPES[f"snowflake:index/{name[0].lower()}{name[1:]}:{name}"]


@pytest.mark.parametrize(
    ("type_", "inputs", "message"),
    [
        (
            "Database",
            {"name": "SNOWFLAKE_LOG", "logLevel": "INFO"},
            r"000002 \(0A000\).*DATABASE \.\.\. LOG_LEVEL",
        ),
        ("Schema", {"database": "NOWHERE", "name": "S"}, "Snowflake refused CREATE SCHEMA .* does not exist"),
        ("CurrentAccount", {"timezone": "UTC"}, "account has no timezone"),
        ("GrantAccountRole", {"roleName": "PUBLIC"}, "granted to nobody"),
        (
            "GrantPrivilegesToAccountRole",
            {"accountRoleName": "PUBLIC", "privileges": ["USAGE"]},
            "names nothing that it is on",
        ),
        (
            "GrantPrivilegesToAccountRole",
            {"accountRoleName": "PUBLIC", "onAccount": True, "alwaysApply": True},
            "does not support alwaysApply",
        ),
        (
            "GrantPrivilegesToAccountRole",
            {"accountRoleName": "PUBLIC", "onSchema": {"inherited": {"inDatabase": "D"}}},
            "does not support inherited grants",
        ),
        (
            "GrantPrivilegesToAccountRole",
            {"accountRoleName": "PUBLIC", "privileges": ["FLY"], "onAccount": True},
            "001003 .*unexpected 'FLY'",
        ),
    ],
)
def test_what_cannot_be_is_a_fault_by_name(
    ground: Ground, type_: str, inputs: Properties, message: str
) -> None:
    """Never a resource that silently lacks what the program asked for."""
    with pytest.raises(ProviderFault, match=message):
        type_of(type_).create(ground.session, "res", inputs)


def test_a_name_that_is_taken_is_refused(ground: Ground) -> None:
    """Import it, or choose another one."""
    with pytest.raises(ProviderFault, match=r"002002 \(42710\).*already exists"):
        type_of("AccountRole").create(ground.session, "res", {"name": ground.role})


@pytest.mark.parametrize(
    ("type_", "id_", "form"),
    [
        ("Schema", "STAGING", '"DATABASE"."SCHEMA"'),
        ("GrantAccountRole", "A|B", '"ROLE"|ROLE|"PARENT"'),
        ("GrantPrivilegesToAccountRole", '"R"|false|false|USAGE|OnMars', "OnSchema"),
    ],
)
def test_an_id_of_the_wrong_form_is_named(ground: Ground, type_: str, id_: str, form: str) -> None:
    """A typo in an import."""
    with pytest.raises(ProviderFault, match="is not an id of the form") as caught:
        type_of(type_).read(ground.session, id_, {})
    assert form in str(caught.value)


def test_names_are_taken_case_by_case(ground: Ground) -> None:
    """As the real provider quotes every name: `lower` is another role than LOWER."""
    name = f"{ground.name}_lower"
    made = type_of("AccountRole").create(ground.session, "res", {"name": name})
    assert made.id == f'"{name}"'
    assert [row["name"] for row in ground.run(f"SHOW ROLES LIKE '{name}'")] == [name]
    type_of("AccountRole").delete(ground.session, made.id, {"name": name})


def test_a_renamed_object_keeps_its_id_and_its_grants(ground: Ground) -> None:
    """ALTER ... RENAME: Pulumi's id stays, and what reads it goes by the program's new name."""
    kind, old, new = type_of("Database"), {"name": ground.database}, {"name": f"{ground.name}_NEW"}
    ground.run("GRANT USAGE ON DATABASE ~_DB TO ROLE ~_ROLE")
    kind.update(ground.session, f'"{ground.database}"', old, new)
    state = kind.read(ground.session, f'"{ground.database}"', new)
    assert state is not None
    assert (state.id, state.outputs["fullyQualifiedName"]) == (f'"{ground.database}"', f'"{ground.name}_NEW"')
    held = ground.run("SHOW GRANTS ON DATABASE ~_NEW")
    assert ("USAGE", ground.role) in {(row["privilege"], row["grantee_name"]) for row in held}
    kind.delete(ground.session, f'"{ground.database}"', new)
    assert ground.run("SHOW DATABASES LIKE '~_NEW'") == []


def test_strict_management_tells_every_privilege(ground: Ground) -> None:
    """What somebody granted besides is drift too, when the program wants to know."""
    inputs = {
        "accountRoleName": ground.role,
        "privileges": ["USAGE"],
        "onSchema": {"schemaName": f"{ground.database}.S"},
        "strictPrivilegeManagement": True,
    }
    kind = type_of("GrantPrivilegesToAccountRole")
    made = kind.create(ground.session, "res", inputs)
    ground.run("GRANT CREATE TABLE ON SCHEMA ~_DB.S TO ROLE ~_ROLE")
    state = kind.read(ground.session, made.id, inputs)
    assert state is not None
    assert state.outputs["privileges"] == ["USAGE", "CREATE TABLE"]


def test_show_outputs_have_the_declared_types(ground: Ground) -> None:
    """Booleans, numbers and moments as the SDK declares them, not the words of SHOW."""
    state = type_of("Schema").read(ground.session, "", {"database": ground.database, "name": "S"})
    assert state is not None
    (shown,) = state.outputs["showOutputs"]
    assert (shown["name"], shown["isDefault"], shown["retentionTime"]) == ("S", False, "1")
    assert shown["createdOn"].endswith("+0000 UTC")
    (parameters,) = state.outputs["parameters"]
    (retention,) = parameters["dataRetentionTimeInDays"]
    assert (retention["key"], retention["value"], retention["level"]) == (
        "DATA_RETENTION_TIME_IN_DAYS",
        "1",
        "",
    )
    assert [each["name"] for each in state.outputs["describeOutputs"]] == ["T"]
