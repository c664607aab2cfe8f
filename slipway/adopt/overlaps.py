"""Parts of an object that more than one resource has: inline and separate, a list and its entries. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from slipway.adopt.proposal import Overlap, OverlapKind
from slipway.adopt.state import Instance, Mode


@dataclass(frozen=True, kw_only=True)
class Inline:
    """A part of an object that may be written inside of its resource, or as resources of its own.

    Attributes:
        whole: type of the resource that has it inside.
        attribute: under which.
        joins: the attribute of the whole that the parts name.
        part: type of the separate resources.
        names: their attribute that names the whole.
    """

    whole: str
    attribute: str
    joins: str
    part: str
    names: str


def _bucket(attribute: str, part: str) -> Inline:
    return Inline(whole="aws_s3_bucket", attribute=attribute, joins="id", part=part, names="bucket")


def _group(attribute: str, part: str) -> Inline:
    return Inline(
        whole="aws_security_group", attribute=attribute, joins="id", part=part, names="security_group_id"
    )


def _role(attribute: str, part: str) -> Inline:
    return Inline(whole="aws_iam_role", attribute=attribute, joins="name", part=part, names="role")


_INLINE: Final = (
    _group("ingress", "aws_security_group_rule"),
    _group("egress", "aws_security_group_rule"),
    _group("ingress", "aws_vpc_security_group_ingress_rule"),
    _group("egress", "aws_vpc_security_group_egress_rule"),
    Inline(whole="aws_route_table", attribute="route", joins="id", part="aws_route", names="route_table_id"),
    Inline(
        whole="aws_network_acl",
        attribute="ingress",
        joins="id",
        part="aws_network_acl_rule",
        names="network_acl_id",
    ),
    Inline(
        whole="aws_network_acl",
        attribute="egress",
        joins="id",
        part="aws_network_acl_rule",
        names="network_acl_id",
    ),
    _role("inline_policy", "aws_iam_role_policy"),
    _role("managed_policy_arns", "aws_iam_role_policy_attachment"),
    _bucket("acl", "aws_s3_bucket_acl"),
    _bucket("grant", "aws_s3_bucket_acl"),
    _bucket("policy", "aws_s3_bucket_policy"),
    _bucket("versioning", "aws_s3_bucket_versioning"),
    _bucket("server_side_encryption_configuration", "aws_s3_bucket_server_side_encryption_configuration"),
    _bucket("lifecycle_rule", "aws_s3_bucket_lifecycle_configuration"),
    _bucket("logging", "aws_s3_bucket_logging"),
    _bucket("website", "aws_s3_bucket_website_configuration"),
    _bucket("cors_rule", "aws_s3_bucket_cors_configuration"),
    _bucket("replication_configuration", "aws_s3_bucket_replication_configuration"),
    _bucket("object_lock_configuration", "aws_s3_bucket_object_lock_configuration"),
    _bucket("acceleration_status", "aws_s3_bucket_accelerate_configuration"),
    _bucket("request_payer", "aws_s3_bucket_request_payment_configuration"),
    Inline(whole="aws_sns_topic", attribute="policy", joins="arn", part="aws_sns_topic_policy", names="arn"),
    Inline(
        whole="aws_sqs_queue", attribute="policy", joins="id", part="aws_sqs_queue_policy", names="queue_url"
    ),
)
"""Terraform's and Pulumi's documentation of each type warn of using both."""

_WHOLE_LISTS: Final = (
    ("github_repository_collaborators", "github_repository_collaborator", "repository"),
    ("github_team_members", "github_team_membership", "team_id"),
    ("aws_iam_policy_attachment", "aws_iam_role_policy_attachment", "policy_arn"),
    ("aws_iam_policy_attachment", "aws_iam_user_policy_attachment", "policy_arn"),
    ("aws_iam_policy_attachment", "aws_iam_group_policy_attachment", "policy_arn"),
)
"""A type that owns a whole list, one that owns an entry of it, and the attribute that both name it by."""

_GRANTS: Final = ("snowflake_grant_privileges_to_account_role", "snowflake_grant_privileges_to_database_role")
_GRANTEES: Final = ("account_role_name", "database_role_name")


@dataclass(frozen=True, kw_only=True)
class Doubled:
    """A part that is inline and separate at once.

    Attributes:
        whole: the resource that has it inside.
        attribute: under which.
        part: a separate resource.
    """

    whole: Instance
    attribute: str
    part: Instance


def doubled(instances: Iterable[Instance]) -> tuple[Doubled, ...]:
    """Find what is written inside of a resource, and as resources of its own.

    Args:
        instances: every instance that was read: the parts may be in another layer, or another state.
    """
    managed = [each for each in instances if each.mode is Mode.MANAGED and not each.deposed]
    by_type: dict[str, list[Instance]] = {}
    for instance in managed:
        by_type.setdefault(instance.type, []).append(instance)
    return tuple(found for inline in _INLINE for found in _doubled(inline, by_type))


def _doubled(inline: Inline, by_type: Mapping[str, Sequence[Instance]]) -> Iterator[Doubled]:
    parts: dict[str, Instance] = {}
    for part in by_type.get(inline.part, ()):
        parts.setdefault(str(part.value(inline.names)), part)
    for whole in by_type.get(inline.whole, ()) if parts else ():
        found = parts.get(str(whole.value(inline.joins)))
        if found is not None:
            yield Doubled(whole=whole, attribute=inline.attribute, part=found)


def inline_overlaps(found: Iterable[Doubled]) -> Iterator[Overlap]:
    """Tell of parts that are both; the resource leaves out what the separate ones own."""
    for each in found:
        if each.whole.value(each.attribute):
            yield Overlap(
                kind=OverlapKind.INLINE,
                address=each.whole.address,
                other=_seen_from(each.whole, each.part),
                says=f"{each.attribute} is left out of the inputs: the separate resources own it",
                blocks=False,
            )


def list_overlaps(own: Sequence[Instance], everything: Sequence[Instance]) -> Iterator[Overlap]:
    """Tell of a resource that owns a whole list beside one that owns an entry of it."""
    for whole_type, part_type, name in _WHOLE_LISTS:
        parts = {str(each.value(name)): each for each in everything if each.type == part_type}
        for whole in own:
            part = parts.get(str(whole.value(name))) if whole.type == whole_type else None
            if part is not None:
                yield Overlap(
                    kind=OverlapKind.INLINE,
                    address=whole.address,
                    other=_seen_from(whole, part),
                    says=f"both own who is in {name} {whole.value(name)}: keep one in Terraform first",
                    blocks=True,
                )


def grant_overlaps(own: Sequence[Instance], everything: Sequence[Instance]) -> Iterator[Overlap]:
    """Tell of two grants of Snowflake that give one role the same right on the same object."""
    mine = {each.ref for each in own if each.type in _GRANTS}
    by_place: dict[str, list[Instance]] = {}
    for grant in everything if mine else ():
        if grant.type in _GRANTS and grant.mode is Mode.MANAGED:
            by_place.setdefault(_granted_on(grant), []).append(grant)
    for grants in by_place.values():
        for first, second in combinations(grants, 2):
            if {first.ref, second.ref} & mine and _same_right(first, second):
                yield Overlap(
                    kind=OverlapKind.INLINE,
                    address=first.address,
                    other=_seen_from(first, second),
                    says="both grant one role the same right on the same object: keep one in Terraform first",
                    blocks=True,
                )


def _seen_from(instance: Instance, other: Instance) -> str:
    """Name another instance, with its state where that is another one."""
    return other.address if other.state == instance.state else f"{other.address} of {other.state}"


def _same_right(first: Instance, second: Instance) -> bool:
    rights = [set(each.value("privileges") or ()) for each in (first, second)]
    return bool(rights[0] & rights[1]) or any(each.value("all_privileges") for each in (first, second))


def _granted_on(grant: Instance) -> str:
    """Name the role and the object of a grant."""
    named = {
        name: value
        for name, value in (grant.attributes or {}).items()
        if value and (name.startswith("on_") or name in _GRANTEES)
    }
    return f"{grant.type} {json.dumps(named, sort_keys=True)}"
