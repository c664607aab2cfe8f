"""What all materialised AWS types share: ids and their parts, tags, drift in the program's words, refusals.

A type says how its object is made, fetched, changed and removed; `Resource` makes a materialiser of that. Not
owned here: any particular AWS call.
"""

from __future__ import annotations

import json
import re
import secrets
from abc import ABC, abstractmethod
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from slipway_sandbox.provider.aws.agreement import settle
from slipway_sandbox.provider.aws.spelling import POLICIES
from slipway_sandbox.provider.aws.target import Target, found
from slipway_sandbox.provider.contract import PartialFault, ProviderFault, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slipway_sandbox.provider.aws.tagging import Tagging
    from slipway_sandbox.provider.contract import Properties, Session

COMMON_INPUTS = frozenset({"region", "tags", "tagsAll"})
_REGION_SUFFIX = re.compile(r"^(?P<id>.+)@(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)$")
_PREFIX_OF = {"bucket": "bucketPrefix", "keyName": "keyNamePrefix"}


class Resource(ABC):
    """A materialised type.

    Attributes:
        module: the Pulumi module, e.g. "s3"; with the class name it makes the token.
        token: the Pulumi type.
        service: the boto3 service.
        takes: the inputs that are carried to AWS; any other is refused by name.
        replace_on: the inputs whose change forces a replacement (ForceNew of the Terraform provider).
        autoname: the input that the core names when the program does not.
        silent: inputs that AWS never gives back; the outputs repeat them.
        defaults: what AWS has where the program says nothing.
        id_form: how the id is made of inputs, and taken apart on import.
        constant: outputs of which this AWS has always the same to say; None for nothing.
        tagging: how the type is tagged; None where it is not.
    """

    module: str
    token: str
    service: str
    takes: frozenset[str] = frozenset()
    replace_on: frozenset[str] = frozenset()
    autoname: str | None = None
    silent: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = MappingProxyType({})
    id_form: str = "{id}"
    constant: Mapping[str, Any] = MappingProxyType({})
    tagging: Tagging | None = None

    def __init_subclass__(cls) -> None:
        """A class with a module is a type of its own; one without is a base."""
        super().__init_subclass__()
        if "module" in cls.__dict__:
            cls.token = token_of(cls.module, cls.__name__)

    @abstractmethod
    def make(self, target: Target) -> str:
        """Create the object and answer its id."""

    @abstractmethod
    def fetch(self, target: Target) -> Properties | None:
        """The object as AWS has it; None, or AWS's own "not found", when it is gone."""

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Change the object where the named inputs differ; by default only tags can change.

        Raises:
            ProviderFault: the type cannot change an input in place.
        """
        if changed - self.silent:
            names = ", ".join(sorted(changed))
            raise ProviderFault(f"{self.token} {target.id}: {names} cannot change in place")

    def known_as(self, target: Target) -> str:
        """The id of a fetched object; another than the target's where an import may call it otherwise."""
        return target.id

    @abstractmethod
    def remove(self, target: Target) -> None:
        """Delete the object; AWS's "not found" is fine."""

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """See Materialiser."""
        self._refuse_unknown(inputs)
        target = self._target(session, "", self._named(name, inputs))
        made = self._target(session, self.make(target), target.inputs)
        with half_made(made.id):
            self._write_tags(made)
        return State(id=made.id, outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """See Materialiser."""
        if not inputs.keys() - COMMON_INPUTS and (elsewhere := _REGION_SUFFIX.match(id_)):
            id_, inputs = elsewhere["id"], {**inputs, "region": elsewhere["region"]}
        return self._state(self._target(session, id_, inputs))

    def whole(self, session: Session, id_: str, region: str) -> State | None:
        """All that is known of an object, as data sources tell it; None when there is none."""
        return self._state(self._target(session, id_, {"region": region}))

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """See Materialiser."""
        self._refuse_unknown(new)
        target = self._target(session, id_, new)
        changed = {key for key in {**old, **new} if old.get(key) != new.get(key)}
        self.change(target, frozenset(changed) - COMMON_INPUTS)
        self._write_tags(target)

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """See Materialiser."""
        found(self.remove, target=self._target(session, id_, inputs))

    def _named(self, name: str, inputs: Properties) -> Properties:
        """The inputs with the name that their prefix asks for."""
        if self.autoname is None or inputs.get(self.autoname):
            return inputs
        prefix = inputs.get(_PREFIX_OF.get(self.autoname, "namePrefix"), f"{name}-")
        return {**inputs, self.autoname: f"{prefix}{secrets.token_hex(13)}"}

    def _target(self, session: Session, id_: str, inputs: Properties) -> Target:
        parts = id_parts(self.id_form, id_) if id_ else {}
        texts = {key: json.dumps(inputs[key]) for key in POLICIES if isinstance(inputs.get(key), dict)}
        return Target(session=session, service=self.service, inputs={**inputs, **texts, **parts}, id=id_)

    def _refuse_unknown(self, inputs: Properties) -> None:
        unknown = sorted(
            key
            for key in inputs.keys() - self.takes - self.silent - COMMON_INPUTS
            if inputs[key] not in (None, False, "", [], {})
        )
        if unknown:
            raise ProviderFault(
                f"{self.token}: the sandbox does not carry {', '.join(unknown)} to AWS",
                remedy="leave it out in the sandbox's stack, or ask for it to be materialised",
            )

    def _state(self, target: Target) -> State | None:
        fetched: Properties | None = found(self.fetch, target=target)
        if fetched is None:
            return None
        fetched = {**self.constant, **id_parts(self.id_form, target.id), **fetched}
        outputs = {key: settle(target.inputs.get(key), value) for key, value in fetched.items()}
        outputs = {key: target.inputs.get(key) for key in self.silent} | outputs
        return State(id=self.known_as(target), outputs=outputs | self._read_tags(target, fetched))

    def _read_tags(self, target: Target, fetched: Properties) -> Properties:
        if self.tagging is None:
            return {}
        present = self.tagging.read(target, fetched)
        own = target.inputs.get("tags") or {}
        defaults = target.session.default_tags
        return {
            "tags": {
                key: value for key, value in present.items() if key in own or defaults.get(key) != value
            },
            "tagsAll": present,
        }

    def _write_tags(self, target: Target) -> None:
        if self.tagging is None:
            return
        current = {} if self.tagging.by == "id" else self.fetch(target) or {}
        self.tagging.write(target, current, target.tags)


@contextmanager
def half_made(id_: str, outputs: Mapping[str, Any] = MappingProxyType({})) -> Iterator[None]:
    """Steps after the object exists: when one fails, the core keeps the object as broken.

    Args:
        id_: the object's id.
        outputs: what AWS has told of it and will not tell again.

    Raises:
        PartialFault: a step failed.
    """
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise PartialFault(str(error), id_=id_, outputs=outputs) from error


def fixed(**values: Any) -> Mapping[str, Any]:
    """A table that stays as it is, for class attributes."""
    return MappingProxyType(values)


def token_of(module: str, name: str) -> str:
    """The Pulumi token of a type: "aws:s3/bucketPolicy:BucketPolicy"."""
    return f"aws:{module}/{name[0].lower()}{name[1:]}:{name}"


def id_parts(form: str, id_: str) -> dict[str, str]:
    """The inputs that an id holds, e.g. form "{role}:{name}".

    Raises:
        ProviderFault: the id is not of the form.
    """
    pieces = re.split(r"\{(\w+)\}", form)
    pattern = "".join(f"(?P<{p}>.+?)" if i % 2 else re.escape(p) for i, p in enumerate(pieces))
    match = re.fullmatch(pattern, id_)
    if match is None:
        raise ProviderFault(f"id {id_!r} has not the form {form.replace('{', '<').replace('}', '>')}")
    return {key: value for key, value in match.groupdict().items() if key != "id"}
