"""From the bytes of a Terraform or OpenTofu state (format 4) to instances. Pure.

The format is that of hashicorp/terraform and opentofu/opentofu, internal/states/statefile/version4.go. What
it does not tell, or tells in fields that are not needed, is left alone; nothing of `instances` is.
No message quotes a value: a state is full of secrets.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, StrictInt, StrictStr, ValidationError

from slipway.adopt.addresses import AddressError, ModulePath, ProviderRef, module_path, provider_ref
from slipway.adopt.faults import SameStateTwice, StateUnreadable
from slipway.adopt.state import AttributePath, Instance, Mode, State, StateId
from slipway.attest import digest_of

_FORMAT: Final = 4
_PULL: Final = "`terraform state pull > FILE` (or `tofu state pull`) writes one that can be read"


def read_state(content: bytes, source: str, *, version: str = "") -> State:
    """Read a state. No bytes at all are a state without resources, as Terraform has it.

    Args:
        content: its bytes.
        source: what messages call it.
        version: the store's name of this revision.

    Raises:
        StateUnreadable: it is truncated, encrypted, of another format, or no state.
    """
    written = _Written() if not content.strip() else _validated(content, source)
    return State(
        id=StateId(
            source=source,
            lineage=written.lineage,
            serial=written.serial,
            terraform_version=written.terraform_version,
            digest=digest_of(content),
            version=version,
        ),
        instances=tuple(_instances(written, source)),
    )


def require_different(states: Sequence[State]) -> None:
    """Prove that no state is among them twice.

    Raises:
        SameStateTwice: two have one lineage.
    """
    seen: dict[str, str] = {}
    for state in (each.id for each in states if each.id.lineage):
        if state.lineage in seen:
            raise SameStateTwice(
                f"{seen[state.lineage]} and {state.source} are one state: both have the lineage "
                f"{state.lineage}",
                remedy="name each state once; a copy that has become a state of its own needs a new lineage",
            )
        seen[state.lineage] = state.source


class _Read(BaseModel):
    """Fields that are not needed are left alone; errors never show what was given."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


def _no_null(value: Any) -> Any:
    return [] if value is None else value


def _mode(value: Any) -> Any:
    return value if value in {Mode.MANAGED, Mode.DATA} else Mode.OTHER


class _WrittenInstance(_Read):
    index_key: StrictInt | StrictStr | None = None
    status: str | None = None
    deposed: str = ""
    attributes: dict[str, Any] | None = None
    attributes_flat: dict[str, str] | None = None
    sensitive_attributes: Annotated[list[list[dict[str, Any]]], BeforeValidator(_no_null)] = []
    identity: dict[str, Any] | None = None
    dependencies: Annotated[list[str], BeforeValidator(_no_null)] = []
    provider: str | None = None


class _WrittenResource(_Read):
    module: str = ""
    mode: Annotated[Mode, BeforeValidator(_mode)]
    type: str
    name: str
    provider: str
    instances: Annotated[list[_WrittenInstance], BeforeValidator(_no_null)]


class _Written(_Read):
    version: int = _FORMAT
    terraform_version: str = ""
    serial: int = 0
    lineage: str = ""
    resources: Annotated[list[_WrittenResource], BeforeValidator(_no_null)] = []


def _validated(content: bytes, source: str) -> _Written:
    document = _parsed(content, source)
    _require_format(document, source)
    try:
        return _Written.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise StateUnreadable(
            f"{source} is no Terraform state: {place}: {first['msg']}", remedy=_PULL
        ) from None  # its cause quotes values


def _parsed(content: bytes, source: str) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except ValueError as error:
        place = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise StateUnreadable(
            f"{source} is no Terraform state, or was cut off: its JSON is broken{place}", remedy=_PULL
        ) from None  # its cause has the whole text
    if not isinstance(document, dict):
        raise StateUnreadable(f"{source} is no Terraform state: it is no JSON object", remedy=_PULL)
    return document


def _require_format(document: dict[str, Any], source: str) -> None:
    if "encryption_version" in document or "encrypted_data" in document:
        raise StateUnreadable(
            f"{source} is encrypted by OpenTofu",
            remedy=f"where its key is at hand, `tofu state pull | slipway adopt ... -` decrypts it; {_PULL}",
        )
    if "backend" in document and "resources" not in document:
        raise StateUnreadable(
            f"{source} is Terraform's note of which backend it uses, no state",
            remedy=f"name the state itself: s3://bucket/key, or a file; {_PULL}",
        )
    version = document.get("version")
    if not isinstance(version, int):
        raise StateUnreadable(f"{source} is no Terraform state: it has no version", remedy=_PULL)
    if version < _FORMAT:
        raise StateUnreadable(
            f"{source} is a state of format {version}; format {_FORMAT} is read",
            remedy="a later Terraform writes it anew: `terraform apply -refresh-only`, then name it again",
        )
    if version > _FORMAT:
        raise StateUnreadable(
            f"{source} is a state of format {version}, which is newer than what is read ({_FORMAT})",
            remedy="use a slipway that knows it, or write the state with an earlier Terraform",
        )


def _instances(written: _Written, source: str) -> Iterator[Instance]:
    for number, resource in enumerate(written.resources):
        try:
            module, provider = module_path(resource.module), provider_ref(resource.provider)
            for instance in resource.instances:
                own = provider_ref(instance.provider) if instance.provider else provider
                yield _instance(resource, instance, source, module, own)
        except AddressError as error:
            raise StateUnreadable(
                f"{source}: resource {number + 1} ({resource.type}.{resource.name}): {error}", remedy=_PULL
            ) from error


def _instance(
    resource: _WrittenResource,
    written: _WrittenInstance,
    source: str,
    module: ModulePath,
    provider: ProviderRef,
) -> Instance:
    return Instance(
        state=source,
        module=module,
        mode=resource.mode,
        type=resource.type,
        name=resource.name,
        key=written.index_key,
        provider=provider,
        tainted=written.status == "tainted",
        deposed=written.deposed,
        attributes=written.attributes,
        flat=written.attributes is None and written.attributes_flat is not None,
        sensitive=tuple(_path(steps) for steps in written.sensitive_attributes),
        identity=written.identity or {},
        dependencies=tuple(written.dependencies),
    )


def _path(steps: Iterable[dict[str, Any]]) -> AttributePath:
    """Read a path as cty writes it: `get_attr` has a name, `index` a value with its type.

    What is within a set is indexed by itself: then the whole set is meant.
    """
    found: list[str | int] = []
    for step in steps:
        value = step.get("value")
        plain = value.get("value") if isinstance(value, dict) else value
        if not isinstance(plain, (str, int)):
            break
        found.append(plain)
    return tuple(found)
