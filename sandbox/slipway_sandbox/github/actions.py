"""Variables and secrets of a repository or of an environment. A secret's value can be set and never read.

A client encrypts a secret for the public key (a sealed box, X25519); what arrives is kept as it is.
Nothing here runs workflows, so that nothing ever decrypts it.
"""

import base64
import re

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from slipway_sandbox.github.environments import environment
from slipway_sandbox.github.errors import conflict, not_found, unprocessable
from slipway_sandbox.github.identity import Permission, now
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.rest import CREATED, NOTHING, REPOSITORY, Answer, Call, reads, writes

_NAME = re.compile(r"(?!GITHUB_)[A-Za-z_][A-Za-z0-9_]*")


def _scope(call: Call) -> str:
    if "environment" in call.names:
        return f"environment.{environment(call)['id']}"
    return f"repository.{call.repository['id']}"


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name.upper()):
        raise unprocessable(f"{name!r} is no name: letters, digits and _ only, and not GITHUB_ first")
    return name.upper()


def _found(call: Call, kind: Kind, name: str) -> Document:
    found = call.forge.records.find(kind, _scope(call), name)
    if found is None:
        raise not_found()
    return found


# Variables


def _create_variable(call: Call) -> Answer:
    body, records = call.body(), call.forge.records
    name = _checked(body.required("name"))
    with records.transaction():
        if records.find(Kind.VARIABLE, _scope(call), name):
            raise conflict("Already exists - Variable already exists")
        made = {"name": name, "value": body.required("value"), "created_at": now(), "updated_at": now()}
        records.put(Kind.VARIABLE, _scope(call), name, body=made)
    return Answer(payload={}, status=CREATED)


def _get_variable(call: Call) -> Answer:
    return Answer(payload=_found(call, Kind.VARIABLE, call.names["name"]))


def _update_variable(call: Call) -> Answer:
    body, records = call.body(), call.forge.records
    with records.transaction():
        before = _found(call, Kind.VARIABLE, call.names["name"])
        name = _checked(body.text("name", before["name"]))
        if name != before["name"] and records.find(Kind.VARIABLE, _scope(call), name):
            raise conflict("Already exists - Variable already exists")
        after = before | {"name": name, "value": body.text("value", before["value"]), "updated_at": now()}
        records.remove(Kind.VARIABLE, _scope(call), before["name"])
        records.put(Kind.VARIABLE, _scope(call), name, body=after)
    return NOTHING


def _list_variables(call: Call) -> Answer:
    every = call.forge.records.every(Kind.VARIABLE, _scope(call))
    return call.page(every, lambda each: each, under="variables")


def _delete_variable(call: Call) -> Answer:
    call.forge.records.remove(
        Kind.VARIABLE, _scope(call), _found(call, Kind.VARIABLE, call.names["name"])["name"]
    )
    return NOTHING


# Secrets


def _public_key(call: Call) -> Answer:
    """The key to encrypt for; its private half is thrown away."""
    scope, records = _scope(call), call.forge.records
    with records.transaction():
        found = records.find(Kind.KEY_PAIR, scope)
        if found is None:
            raw = X25519PrivateKey.generate().public_key().public_bytes_raw()
            body = {"key_id": str(records.next_id()), "key": base64.b64encode(raw).decode()}
            found = records.put(Kind.KEY_PAIR, scope, body=body)
    return Answer(payload=found)


def _secret_shape(secret: Document) -> Document:
    return {name: secret[name] for name in ("name", "created_at", "updated_at")}


def _put_secret(call: Call) -> Answer:
    body, records, scope = call.body(), call.forge.records, _scope(call)
    name, value = _checked(call.names["name"]), body.required("encrypted_value")
    key = records.find(Kind.KEY_PAIR, scope)
    if key is None or body.required("key_id") != key["key_id"]:
        raise unprocessable("key_id does not name the public key of this repository or environment")
    with records.transaction():
        before = records.find(Kind.SECRET, scope, name)
        made = {"name": name, "created_at": before["created_at"] if before else now()}
        records.put(Kind.SECRET, scope, name, body=made | {"updated_at": now(), "encrypted_value": value})
    return NOTHING if before else Answer(payload={}, status=CREATED)


def _get_secret(call: Call) -> Answer:
    return Answer(payload=_secret_shape(_found(call, Kind.SECRET, call.names["name"])))


def _list_secrets(call: Call) -> Answer:
    every = call.forge.records.every(Kind.SECRET, _scope(call))
    return call.page(every, _secret_shape, under="secrets")


def _delete_secret(call: Call) -> Answer:
    call.forge.records.remove(
        Kind.SECRET, _scope(call), _found(call, Kind.SECRET, call.names["name"])["name"]
    )
    return NOTHING


_NEEDS = Permission.WRITE  # for reading too: variables are no public matter

ROUTES = tuple(
    route
    for scope in (f"{REPOSITORY}/actions", f"{REPOSITORY}/environments/<environment>")
    for route in (
        reads(f"{scope}/variables", _list_variables, _NEEDS),
        writes("POST", f"{scope}/variables", _create_variable, _NEEDS),
        reads(f"{scope}/variables/<name>", _get_variable, _NEEDS),
        writes("PATCH", f"{scope}/variables/<name>", _update_variable, _NEEDS),
        writes("DELETE", f"{scope}/variables/<name>", _delete_variable, _NEEDS),
        reads(f"{scope}/secrets/public-key", _public_key, _NEEDS),
        reads(f"{scope}/secrets", _list_secrets, _NEEDS),
        reads(f"{scope}/secrets/<name>", _get_secret, _NEEDS),
        writes("PUT", f"{scope}/secrets/<name>", _put_secret, _NEEDS),
        writes("DELETE", f"{scope}/secrets/<name>", _delete_secret, _NEEDS),
    )
)
