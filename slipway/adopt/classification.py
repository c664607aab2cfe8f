"""Whether an instance can be adopted, and how; each with the reason. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from slipway.adopt.import_ids import ImportIds
from slipway.adopt.knowledge import SDKS, PulumiType, known_provider, pulumi_type
from slipway.adopt.secret_values import SecretValues
from slipway.adopt.state import Instance, Mode


@unique
class Kind(StrEnum):
    """What becomes of an instance."""

    AS_IS = "importable as is"
    WITH_OUTPUTS = "importable with outputs"
    STAYS = "stays in Terraform"
    DROP = "drop"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Class:
    """What becomes of an instance, and why.

    Attributes:
        kind: what.
        reason: why, a clause.
    """

    kind: Kind
    reason: str


_NEVER_READ: Final[Mapping[str, tuple[str, ...]]] = {
    "aws_s3_object": ("content", "content_base64", "source"),
    "aws_s3_bucket_object": ("content", "content_base64", "source"),
    "aws_lambda_function": ("filename", "s3_bucket", "s3_key", "source_code_hash"),
    "aws_lambda_layer_version": ("filename", "s3_bucket", "s3_key"),
    "aws_instance": ("user_data", "user_data_base64"),
    "aws_iam_server_certificate": ("private_key",),
}
"""Arguments that a provider's Read does not bring back (bridge and provider documentation of each type)."""

_NO_OBJECT: Final = frozenset({"aws_acm_certificate_validation", "null_resource"})
"""Types that only wait or run something: there is nothing to own."""

_WRITE_ONLY: Final = "_wo_version"
"""Ends the argument beside a write-only one, which is in no state (Terraform >= 1.11)."""


def classify(instance: Instance, ids: ImportIds) -> Class:
    """Say what becomes of an instance.

    Args:
        instance: of a state.
        ids: finds import ids.
    """
    if instance.mode is not Mode.MANAGED:
        return _not_managed(instance)
    unfit = _unfit(instance)
    if unfit is not None:
        return unfit
    if is_no_object(instance):
        return Class(kind=Kind.DROP, reason="it is no object anywhere, so nothing is to be owned")
    known = pulumi_type(instance.type) if known_provider(instance.provider) else None
    if known is None:
        return _unknown(instance)
    return _unsupported(instance, known) or _importable(instance, ids)


def is_no_object(instance: Instance) -> bool:
    """Whether a resource stands for no object anywhere: forgetting it forgets nothing."""
    return instance.provider.is_builtin or instance.type in _NO_OBJECT


def _not_managed(instance: Instance) -> Class:
    if instance.mode is Mode.DATA:
        return Class(kind=Kind.DROP, reason="a data source: Terraform only reads it")
    return Class(kind=Kind.UNKNOWN, reason="neither a resource nor a data source")


def _unfit(instance: Instance) -> Class | None:
    """Find what Terraform has to put right first."""
    reason = None
    if instance.deposed:
        reason = "deposed: what its replacement has left; `terraform apply` destroys it"
    elif instance.tainted:
        reason = "tainted: the next apply replaces it; apply, or `terraform untaint`, first"
    elif instance.flat:
        reason = "written before Terraform 0.12: `terraform apply -refresh-only` writes it anew"
    elif instance.attributes is None:
        reason = "the state has no values of it"
    return None if reason is None else Class(kind=Kind.STAYS, reason=reason)


def _unknown(instance: Instance) -> Class:
    if not known_provider(instance.provider):
        return Class(kind=Kind.UNKNOWN, reason=f"no table is of the provider {instance.provider.source}")
    return Class(kind=Kind.UNKNOWN, reason=f"the tables of {instance.provider.type} have no such type")


def _unsupported(instance: Instance, known: PulumiType) -> Class | None:
    if known.removed:
        return Class(
            kind=Kind.STAYS,
            reason=f"pulumi-{known.package} has the type no more: upgrade its provider in Terraform first",
        )
    if known.package not in SDKS:
        return Class(
            kind=Kind.STAYS,
            reason=f"the platform's program has no SDK of {instance.provider.type}",
        )
    return None


def _importable(instance: Instance, ids: ImportIds) -> Class:
    found = ids.of(instance)
    if not found.value:
        if not instance.value("id"):
            return Class(kind=Kind.STAYS, reason=found.missing)
        return Class(kind=Kind.WITH_OUTPUTS, reason=f"{found.missing}: its values come from the state")
    hidden = unread_arguments(instance)
    if hidden:
        return Class(
            kind=Kind.WITH_OUTPUTS,
            reason=f"reading it back may not bring {', '.join(hidden)}: from the state",
        )
    write_only = _write_only(instance)
    if write_only:
        return Class(
            kind=Kind.WITH_OUTPUTS,
            reason=f"{', '.join(write_only)}: write-only, in no state; the program has to give it",
        )
    return Class(kind=Kind.AS_IS, reason="the provider reads all of it by its import id")


def unread_arguments(instance: Instance) -> tuple[str, ...]:
    """Name arguments with a value that the provider may not bring back: secrets, and what it never reads."""
    marked = {str(path[0]) for path in instance.sensitive if path}
    named = SecretValues((), ())
    attributes = instance.attributes or {}
    told = {name for name, value in attributes.items() if named.has((name,), value, attributes)}
    names = sorted(marked | told | set(_NEVER_READ.get(instance.type, ())))
    return tuple(name for name in names if attributes.get(name))


def _write_only(instance: Instance) -> tuple[str, ...]:
    return tuple(
        sorted(
            name.removesuffix("_version")
            for name, value in (instance.attributes or {}).items()
            if name.endswith(_WRITE_ONLY) and value is not None
        )
    )
