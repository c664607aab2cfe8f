"""Outputs for types that no server of the sandbox knows: of the declared type, in the form AWS gives them.

Everything follows from the resource's identity, so the same resource always answers the same. What a value
looks like is told by its property's name, which is all that the SDKs say about it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.arns import arn
from slipway_sandbox.provider.schema import ANY, Kind, Schema, Shape

if TYPE_CHECKING:
    from collections.abc import Callable

DEPTH = 4
"""How deep nested outputs are filled; deeper ones are types that contain themselves."""
TIMESTAMP = "2024-01-01T00:00:00Z"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What tells one resource from all others.

    Attributes:
        token: its type.
        id: its id in its scope.
        name: what the program calls it: its name property, else its name in the program.
        scope: the AWS account, the GitHub organisation or the Snowflake account.
        region: its AWS region; "" for other packages.
    """

    token: str
    id: str
    name: str
    scope: str
    region: str

    def digest(self, salt: str, length: int) -> str:
        """Hex digits that are this resource's own."""
        own = [self.token, self.scope, self.region, self.id, salt]
        return hashlib.sha256("\0".join(own).encode()).hexdigest()[:length]


def synthesise(schema: Schema, identity: Identity, name: str, shape: Shape, depth: int = DEPTH) -> Any:
    """A value of ``shape`` for the output ``name``; None for what cannot be filled (assets, too deep)."""
    value: Any = None
    match shape.kind:
        case Kind.STRING:
            value = text(identity, name)
        case Kind.INTEGER | Kind.NUMBER:
            value = _number(identity, name)
        case Kind.BOOLEAN:
            value = False
        case Kind.MAP | Kind.ANY:
            value = {}
        case Kind.LIST if depth:
            value = _list(schema, identity, name, shape, depth)
        case Kind.OBJECT if depth:
            value = _object(schema, identity, shape, depth)
    return value


def _object(schema: Schema, identity: Identity, shape: Shape, depth: int) -> dict[str, Any]:
    fields = schema.object(shape.name).items()
    filled = {key: synthesise(schema, identity, key, prop.shape, depth - 1) for key, prop in fields}
    return {key: value for key, value in filled.items() if value is not None}


def _list(schema: Schema, identity: Identity, name: str, shape: Shape, depth: int) -> list[Any]:
    if name == "availabilityZones" and identity.region:
        return [f"{identity.region}{letter}" for letter in "abc"]
    singular = name.removesuffix("s")
    value = synthesise(schema, identity, singular, shape.item or ANY, depth - 1)
    return [] if value is None else [value]


def _number(identity: Identity, name: str) -> int:
    if name.lower().endswith("port"):
        return 443
    if name.lower().endswith(("version", "count", "revision")):
        return 1
    return int(identity.digest(name, 4), 16) + 1 if name.lower().endswith("id") else 0


def text(identity: Identity, name: str) -> str:
    """A string in the form that the output ``name`` usually has."""
    for pattern, form in _FORMS:
        if re.search(pattern, name):
            return form(identity, name)
    return f"{_kebab(name)}-{identity.digest(name, 8)}"


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def _host(identity: Identity) -> str:
    module = identity.token.split(":")[1].partition("/")[0]
    label = re.sub(r"[^a-z0-9-]+", "-", identity.name.lower()).strip("-") or "x"
    zone = f"{identity.region}.amazonaws.com" if identity.region else "sandbox.invalid"
    return f"{label}-{identity.digest('host', 6)}.{module}.{zone}"


def _address(identity: Identity, name: str) -> str:
    octets = bytes.fromhex(identity.digest(name, 6))
    return f"10.{octets[0]}.{octets[1]}.{octets[2] % 254 + 1}"


def _qualified(identity: Identity, _name: str) -> str:
    return identity.id if '"' in identity.id else f'"{identity.name}"'


_FORMS: tuple[tuple[str, Callable[[Identity, str], str]], ...] = (
    (r"^(arn|.*Arn)$", lambda i, n: arn(i.token, n, i.id, region=i.region, account=i.scope)),
    (r"^fullyQualifiedName$", _qualified),
    (r"^fullName$", lambda i, _: f"{i.scope}/{i.name}"),
    (r"^(accountId|ownerId|registryId|awsAccountId|.*AccountId|ownerAccount)$", lambda i, _: i.scope),
    (r"^(region|.*Region)$", lambda i, _: i.region),
    (r"^(availabilityZone|.*AvailabilityZone)$", lambda i, _: f"{i.region}a"),
    (r"^(name|.*Name)$", lambda i, n: i.name if n == "name" else f"{i.name}-{i.digest(n, 6)}"),
    (r"(hostedZoneId|zoneId|ZoneId)$", lambda i, n: f"Z{i.digest(n, 13).upper()}"),
    (r"^(uniqueId|.*UniqueId)$", lambda i, n: f"AIDA{i.digest(n, 17).upper()}"),
    (r"(Id|^id)$", lambda i, n: f"{_kebab(n.removesuffix('Id') or 'id')}-{i.digest(n, 17)}"),
    (r"(Url|Uri|url|uri)$", lambda i, _: f"https://{_host(i)}/"),
    (
        r"(Endpoint|endpoint|[dD]nsName|DomainName|domain|Domain|[hH]ost|address|Address)$",
        lambda i, _: _host(i),
    ),
    (r"([iI]p|IpAddress|ipAddress)$", _address),
    (r"[cC]idrBlock$", lambda i, n: f"{_address(i, n).rsplit('.', 2)[0]}.0.0/16"),
    (r"(At|Date|Time|Timestamp|timestamp|date|time)$", lambda *_: TIMESTAMP),
    (r"([jJ]son|[pP]olicy|[dD]ocument)$", lambda *_: "{}"),
    (r"([sS]tatus|[sS]tate)$", lambda *_: "ACTIVE"),
    (r"([vV]ersion|[rR]evision)$", lambda *_: "1"),
    (r"([eE]tag|[hH]ash|[sS]ha256|[fF]ingerprint|[cC]hecksum)$", lambda i, n: i.digest(n, 64)),
)
"""The first pattern that fits a property's name gives its form."""
