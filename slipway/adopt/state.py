"""A Terraform state, as far as adoption needs it: every instance by itself. Values are never shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from functools import cached_property
from typing import Any, TypeAlias

from slipway.adopt.addresses import ModulePath, ProviderRef
from slipway.model.adoption import Revision
from slipway.model.digest import Digest
from slipway.model.instance_keys import Key, keyed

AttributePath: TypeAlias = tuple[str | int, ...]
"""The way to a value within an instance's attributes: names of attributes and map keys, numbers of lists."""


@unique
class Mode(StrEnum):
    """What an entry of a state is."""

    MANAGED = "managed"
    DATA = "data"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class StateId:
    """Which state, and which revision of it.

    Attributes:
        source: what was named on the command line.
        lineage: the same for all revisions of a state; empty where the file has none.
        serial: of the revision.
        terraform_version: what wrote it.
        digest: of its bytes.
        version: the store's name of this revision (S3's version id or ETag); empty for a file.
    """

    source: str
    lineage: str
    serial: int
    terraform_version: str
    digest: Digest
    version: str = ""


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One object that a state remembers.

    Attributes:
        state: what was named on the command line.
        module: the way to its module.
        mode: managed, or a data source.
        type: Terraform's, such as `aws_s3_bucket`.
        name: in the configuration.
        key: of `count` or `for_each`.
        provider: the configuration that it is managed through.
        tainted: Terraform replaces it at the next apply.
        deposed: the id of an object that was replaced and could not be destroyed; empty for the current one.
        attributes: its values; None where the state has only the flat form.
        flat: it is written in the form from before Terraform 0.12.
        sensitive: ways to the values that the state marks as sensitive.
        identity: what the provider calls its identity (Terraform >= 1.12); empty where there is none.
        dependencies: addresses in the configuration, without keys.
    """

    state: str
    module: ModulePath
    mode: Mode
    type: str
    name: str
    key: Key | None
    provider: ProviderRef
    tainted: bool = False
    deposed: str = ""
    attributes: Mapping[str, Any] | None = field(default=None, repr=False)
    flat: bool = False
    sensitive: tuple[AttributePath, ...] = ()
    identity: Mapping[str, Any] = field(default_factory=dict, repr=False)
    dependencies: tuple[str, ...] = ()

    @cached_property
    def address(self) -> str:
        """Its address, as Terraform writes it, with its deposed id."""
        steps = [str(step) for step in self.module]
        data = "data." if self.mode is Mode.DATA else ""
        steps.append(f"{data}{self.type}.{self.name}{keyed(self.key)}")
        return ".".join(steps) + (f" (deposed {self.deposed})" if self.deposed else "")

    @property
    def ref(self) -> tuple[str, str]:
        """What no other instance of an estate has: its state and its address."""
        return self.state, self.address

    def value(self, name: str) -> Any:
        """Return an attribute; its identity's where it has none of that name, else None."""
        found = (self.attributes or {}).get(name)
        return self.identity.get(name) if found is None else found


@dataclass(frozen=True, kw_only=True)
class State:
    """A state.

    Attributes:
        id: which one.
        instances: in the order of the file.
    """

    id: StateId
    instances: tuple[Instance, ...]

    @property
    def revision(self) -> Revision:
        """What a record says of it."""
        return Revision(
            source=self.id.source,
            lineage=self.id.lineage,
            serial=self.id.serial,
            digest=self.id.digest,
            version=self.id.version,
        )
