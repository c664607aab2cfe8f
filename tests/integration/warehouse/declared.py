"""What an environment's stack declares in Snowflake, made in an account: roles, grants, users, schemas.

The program is the product's, run under mocks; its resources become the statements that the provider would
send. That the engine and the provider really do so is shown by tests/integration/stacks.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from slipway.adapters.snowflake import SnowflakeSettings
from slipway.model.environment import StackName
from slipway.model.naming import Naming
from slipway.model.workload import Workload
from slipway.ports.warehouse import Statements
from stacks import deploy
from stacks.settings import parse
from stacks.warehouse_settings import ServiceUserName
from tests.doubles.declared_stacks import ROOT, SHARED_OUTPUTS
from tests.doubles.pulumi_recorder import Registered, record
from tests.doubles.stack_files import configuration

_ORDER: Final = (
    "warehouse:Warehouse",
    "accountRole:AccountRole",
    "database:Database",
    "schema:Schema",
    "serviceUser:ServiceUser",
    "grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole",
    "grantAccountRole:GrantAccountRole",
)


@dataclass(frozen=True, kw_only=True)
class DeclaredAccount:
    """An account in which the stack is up.

    Attributes:
        administrator: how its administrator gets there.
        key: the private key of every service user.
        naming: of the stack.
    """

    administrator: SnowflakeSettings
    key: Path
    naming: Naming

    def as_user(
        self, user: ServiceUserName, compute: Workload, *, role: str | None = None
    ) -> SnowflakeSettings:
        """How a service user gets there: with the role that is called as it is, or one that this holds."""
        name = self.naming.snowflake_account_object(user)
        return replace(
            self.administrator,
            user=name,
            role=name if role is None else self.naming.snowflake_account_object(role),
            private_key_file=self.key,
            warehouse=self.naming.snowflake_account_object(compute),
        )


def declare(
    session: Statements, administrator: SnowflakeSettings, stack: StackName, workspace: Path, folder: Path
) -> DeclaredAccount:
    """Make it.

    Args:
        session: of the administrator.
        administrator: how they got there.
        stack: which environment's.
        workspace: whose pipelines it has.
        folder: for the key.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = folder / "service-users.p8"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = base64.b64encode(public).decode()
    changed = {
        "slipway:serviceUserKeys": json.dumps(
            {user: [text] for user in json.loads(configuration(ROOT, stack)["slipway:serviceUserKeys"])}
        ),
        "slipway:workspace": str(workspace),
    }
    settings = parse(stack, {**configuration(ROOT, stack), **changed}, root=ROOT)
    recording = record(
        lambda: deploy(settings), stack=stack, shared=SHARED_OUTPUTS, account=settings.account_id
    )
    own = {each.inputs["name"] for each in recording.of("snowflake:index/accountRole:AccountRole")}
    held = {
        each.inputs["roleName"] for each in recording.of("snowflake:index/grantAccountRole:GrantAccountRole")
    }
    for role in sorted(held - own):
        session.run(f'CREATE ROLE "{role}"', subject="another stack's role")
    for type_ in _ORDER:
        for each in recording.of(f"snowflake:index/{type_}"):
            for statement in _statements(each):
                session.run(statement, subject=each.name)
    return DeclaredAccount(administrator=administrator, key=private, naming=settings.naming)


def _statements(resource: Registered) -> Iterator[str]:
    told = resource.inputs
    match resource.type.rpartition(":")[2]:
        case "Warehouse":
            yield f'CREATE WAREHOUSE "{told["name"]}" INITIALLY_SUSPENDED = TRUE AUTO_SUSPEND = 60'
        case "AccountRole":
            yield f'CREATE ROLE "{told["name"]}"'
        case "Database":
            yield f'CREATE DATABASE "{told["name"]}"'
            yield f'DROP SCHEMA "{told["name"]}".PUBLIC'
        case "Schema":
            yield f'CREATE SCHEMA "{told["database"]}"."{told["name"]}"'
        case "ServiceUser":
            yield _user(told)
        case "GrantPrivilegesToAccountRole":
            privileges, role = ", ".join(told["privileges"]), told["accountRoleName"]
            yield f'GRANT {privileges} ON {_target(told)} TO ROLE "{role}"'
        case "GrantAccountRole":
            to = f'USER "{told["userName"]}"' if "userName" in told else f'ROLE "{told["parentRoleName"]}"'
            yield f'GRANT ROLE "{told["roleName"]}" TO {to}'
        case unknown:
            raise AssertionError(unknown)


def _user(told: Mapping[str, Any]) -> str:
    assert told["defaultSecondaryRolesOption"] == "NONE"
    return (
        f"CREATE USER \"{told['name']}\" TYPE = SERVICE RSA_PUBLIC_KEY = '{told['rsaPublicKey']}' "
        f"DEFAULT_ROLE = '{told['defaultRole']}' DEFAULT_WAREHOUSE = '{told['defaultWarehouse']}' "
        "DEFAULT_SECONDARY_ROLES = ()"
    )


def _target(told: Mapping[str, Any]) -> str:
    if told.get("onAccount"):
        return "ACCOUNT"
    if "onSchema" in told:
        return f"SCHEMA {told['onSchema']['schemaName']}"
    if "onAccountObject" in told:
        subject = told["onAccountObject"]
        return f'{subject["objectType"]} "{subject["objectName"]}"'
    ((which, objects),) = told["onSchemaObject"].items()
    return f"{which.upper()} {objects['objectTypePlural']} IN SCHEMA {objects['inSchema']}"
