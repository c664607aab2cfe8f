"""Actions variables and secrets, of a repository or of an environment.

A secret's value goes to the server encrypted for the repository's public key and never comes back: what the
program gave is what stays in the state.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from slipway_sandbox.provider.contract import ProviderFault, State
from slipway_sandbox.provider.github.client import github
from slipway_sandbox.provider.github.resource import GithubType
from slipway_sandbox.provider.github.shapes import parts_of

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.github.client import Github


class _InScope(GithubType):
    """Something named in a repository, or in one of its environments."""

    scope: tuple[str, ...]
    kind: str
    name_input: str

    def _id(self, inputs: Properties) -> str:
        return ":".join(inputs[name] for name in (*self.scope, self.name_input))

    def _names(self, id_: str) -> Properties:
        names = (*self.scope, self.name_input)
        return dict(zip(names, parts_of(id_, *names), strict=True))

    def _path(self, api: Github, names: Properties, *rest: str) -> str:
        if "environment" in self.scope:
            return api.repository(names["repository"], "environments", names["environment"], self.kind, *rest)
        return api.repository(names["repository"], "actions", self.kind, *rest)

    def _found(self, session: Session, id_: str) -> tuple[Properties, Properties] | None:
        """What the server says of the object, and the outputs that every such object has."""
        api, names = github(session), self._names(id_)
        found = api.find(self._path(api, names, names[self.name_input]))
        if found is None:
            return None
        number = api.request("GET", api.repository(names["repository"]))["id"]
        times = {"createdAt": found["created_at"], "updatedAt": found["updated_at"]}
        return found, names | times | {"repositoryId": number}

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Delete it."""
        del inputs
        api, names = github(session), self._names(id_)
        api.remove(self._path(api, names, names[self.name_input]))


class _Variable(_InScope):
    kind = "variables"
    name_input = "variableName"

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Create it."""
        del name
        api = github(session)
        body = {"name": inputs["variableName"], "value": inputs["value"]}
        api.request("POST", self._path(api, inputs), json=body)
        return State(id=self._id(inputs), outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """As it is."""
        del inputs
        found = self._found(session, id_)
        return found and State(id=id_, outputs=found[1] | {"value": found[0]["value"]})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Set the value."""
        del id_, old
        api = github(session)
        api.request("PATCH", self._path(api, new, new["variableName"]), json={"value": new["value"]})


class ActionsVariable(_Variable):
    """A variable of a repository; the id is ``repository:name``."""

    scope = ("repository",)
    replace_on = frozenset({"repository", "variableName"})


class ActionsEnvironmentVariable(_Variable):
    """A variable of an environment; the id is ``repository:environment:name``."""

    scope = ("repository", "environment")
    replace_on = frozenset({"repository", "environment", "variableName"})


class _Secret(_InScope):
    kind = "secrets"
    name_input = "secretName"

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Send the value, encrypted."""
        del name
        self.update(session, self._id(inputs), {}, inputs)
        return State(id=self._id(inputs), outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """That it is there, and when it was set last; never its value."""
        del inputs
        found = self._found(session, id_)
        if found is None:
            return None
        secret, outputs = found
        api = github(session)
        key = api.request("GET", self._path(api, self._names(id_), "public-key"))["key_id"]
        return State(id=id_, outputs=outputs | {"remoteUpdatedAt": secret["updated_at"], "keyId": key})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Send the value, encrypted."""
        del id_, old
        api = github(session)
        key = api.request("GET", self._path(api, new, "public-key"))
        body = {"encrypted_value": _encrypted(new, key["key"]), "key_id": new.get("keyId") or key["key_id"]}
        api.request("PUT", self._path(api, new, new["secretName"]), json=body)


def _encrypted(inputs: Properties, public_key: str) -> str:
    """The program's value as a sealed box for the key, unless the program sealed it itself."""
    sealed = inputs.get("valueEncrypted") or inputs.get("encryptedValue")
    if sealed:
        return str(sealed)
    plain = inputs.get("value") or inputs.get("plaintextValue")
    if plain is None:
        raise ProviderFault(
            f"secret {inputs['secretName']} has no value", remedy="set value or valueEncrypted"
        )
    from nacl.public import PublicKey, SealedBox  # noqa: PLC0415  a C library that few programs need

    box = SealedBox(PublicKey(base64.b64decode(public_key)))
    return base64.b64encode(box.encrypt(plain.encode())).decode()


class ActionsSecret(_Secret):
    """A secret of a repository; the id is ``repository:name``."""

    scope = ("repository",)
    replace_on = frozenset({"repository", "secretName"})


class ActionsEnvironmentSecret(_Secret):
    """A secret of an environment; the id is ``repository:environment:name``."""

    scope = ("repository", "environment")
    replace_on = frozenset({"repository", "environment", "secretName"})
