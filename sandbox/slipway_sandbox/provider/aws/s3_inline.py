"""The inline properties of a bucket: how each is put and got, and its older shape on the wire.

Their shapes are those of pulumi-aws before the sub-resources existed: flags where S3 says Enabled, lifecycle
rules with flat fields where S3 nests.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.row import dig
from slipway_sandbox.provider.aws.s3_parts import S3
from slipway_sandbox.provider.aws.target import found

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, kw_only=True)
class Inline:
    """One inline property.

    Attributes:
        noun: what boto3's put_ and get_ calls are named after.
        payload: the parameter of the put that holds the document.
        at: where the get's answer holds it; "" for the whole answer.
        encode: the property as S3 takes it.
        decode: S3's document as the property; gets None when there is none.
    """

    noun: str
    payload: str
    at: str
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]

    def write(self, client: Any, bucket: str, value: Any) -> None:
        """Put the property's document."""
        getattr(client, f"put_{self.noun}")(Bucket=bucket, **{self.payload: self.encode(value)})

    def read(self, client: Any, bucket: str) -> Any:
        """Get it back in the property's shape; None when the bucket has none."""
        answer = found(getattr(client, f"get_{self.noun}"), Bucket=bucket)
        return self.decode(dig(answer, self.at) if self.at else answer)


def _versioning(value: Mapping[str, Any]) -> dict[str, str]:
    return {
        "Status": "Enabled" if value.get("enabled") else "Suspended",
        **({"MFADelete": "Enabled"} if value.get("mfaDelete") else {}),
    }


def _versioning_block(answer: Mapping[str, Any]) -> dict[str, bool]:
    return {"enabled": answer.get("Status") == "Enabled", "mfaDelete": answer.get("MFADelete") == "Enabled"}


_RENAMED = (
    ("abortIncompleteMultipartUploadDays", "AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
    ("noncurrentVersionExpiration", "NoncurrentVersionExpiration", "NoncurrentDays"),
)


def _lifecycle(rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Rules": [_lifecycle_rule(rule) for rule in rules]}


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    tags = [{"Key": key, "Value": value} for key, value in (rule.get("tags") or {}).items()]
    prefix = rule.get("prefix") or ""
    document: dict[str, Any] = {
        "Status": "Enabled" if rule["enabled"] else "Disabled",
        "Filter": {"And": {"Prefix": prefix, "Tags": tags}} if tags else {"Prefix": prefix},
    }
    if rule.get("id"):
        document["ID"] = rule["id"]
    if days := rule.get("abortIncompleteMultipartUploadDays"):
        document["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": days}
    if expiration := rule.get("expiration"):
        document["Expiration"] = S3.to_api(expiration)
    if rule.get("transitions"):
        document["Transitions"] = S3.to_api(rule["transitions"])
    if noncurrent := rule.get("noncurrentVersionExpiration"):
        document["NoncurrentVersionExpiration"] = {"NoncurrentDays": noncurrent["days"]}
    if moves := rule.get("noncurrentVersionTransitions"):
        document["NoncurrentVersionTransitions"] = [
            {"NoncurrentDays": move.get("days"), "StorageClass": move["storageClass"]} for move in moves
        ]
    return document


def _lifecycle_block(rules: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return [_lifecycle_rule_block(rule) for rule in rules or []]


def _lifecycle_rule_block(rule: Mapping[str, Any]) -> dict[str, Any]:
    joined = dig(rule, "Filter.And") or rule.get("Filter") or {}
    moves = rule.get("NoncurrentVersionTransitions") or []
    block = {
        "id": rule.get("ID"),
        "enabled": rule["Status"] == "Enabled",
        "prefix": joined.get("Prefix") or rule.get("Prefix") or None,
        "tags": {tag["Key"]: tag["Value"] for tag in joined.get("Tags", [])} or None,
        "abortIncompleteMultipartUploadDays": dig(rule, "AbortIncompleteMultipartUpload.DaysAfterInitiation"),
        "expiration": S3.to_wire(rule.get("Expiration")),
        "transitions": S3.to_wire(rule.get("Transitions")),
        "noncurrentVersionExpiration": _days(dig(rule, "NoncurrentVersionExpiration.NoncurrentDays")),
        "noncurrentVersionTransitions": [
            {"days": move["NoncurrentDays"], "storageClass": move["StorageClass"]} for move in moves
        ]
        or None,
    }
    return {key: value for key, value in block.items() if value is not None}


def _days(days: int | None) -> dict[str, int] | None:
    return None if days is None else {"days": days}


def _website(value: Mapping[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    if value.get("indexDocument"):
        document["IndexDocument"] = {"Suffix": value["indexDocument"]}
    if value.get("errorDocument"):
        document["ErrorDocument"] = {"Key": value["errorDocument"]}
    if host := value.get("redirectAllRequestsTo"):
        protocol, separator, name = str(host).rpartition("://")
        document["RedirectAllRequestsTo"] = {"HostName": name} | ({"Protocol": protocol} if separator else {})
    if routes := value.get("routingRules"):
        document["RoutingRules"] = json.loads(routes) if isinstance(routes, str) else routes
    return document


def _website_block(answer: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    redirect = answer.get("RedirectAllRequestsTo") or {}
    host = "://".join(part for part in (redirect.get("Protocol"), redirect.get("HostName")) if part)
    routes = answer.get("RoutingRules")
    block = {
        "indexDocument": dig(answer, "IndexDocument.Suffix"),
        "errorDocument": dig(answer, "ErrorDocument.Key"),
        "redirectAllRequestsTo": host or None,
        "routingRules": json.dumps(routes) if routes else None,
    }
    return {key: value for key, value in block.items() if value is not None}


def _encryption(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"Rules": [S3.to_api(value["rule"])]}


def _encryption_block(rule: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if rule is None else {"rule": S3.to_wire(rule)}


INLINE = {
    "versioning": Inline(
        noun="bucket_versioning",
        payload="VersioningConfiguration",
        at="",
        encode=_versioning,
        decode=_versioning_block,
    ),
    "lifecycleRules": Inline(
        noun="bucket_lifecycle_configuration",
        payload="LifecycleConfiguration",
        at="Rules",
        encode=_lifecycle,
        decode=_lifecycle_block,
    ),
    "corsRules": Inline(
        noun="bucket_cors",
        payload="CORSConfiguration",
        at="CORSRules",
        encode=lambda rules: {"CORSRules": S3.to_api(rules)},
        decode=S3.to_wire,
    ),
    "logging": Inline(
        noun="bucket_logging",
        payload="BucketLoggingStatus",
        at="LoggingEnabled",
        # S3 requires a prefix, the property does not
        encode=lambda value: {"LoggingEnabled": {"TargetPrefix": ""} | S3.to_api(value)},
        decode=S3.to_wire,
    ),
    "website": Inline(
        noun="bucket_website",
        payload="WebsiteConfiguration",
        at="",
        encode=_website,
        decode=_website_block,
    ),
    "serverSideEncryptionConfiguration": Inline(
        noun="bucket_encryption",
        payload="ServerSideEncryptionConfiguration",
        at="ServerSideEncryptionConfiguration.Rules[0]",
        encode=_encryption,
        decode=_encryption_block,
    ),
    "objectLockConfiguration": Inline(
        noun="object_lock_configuration",
        payload="ObjectLockConfiguration",
        at="ObjectLockConfiguration",
        encode=S3.to_api,
        decode=S3.to_wire,
    ),
    "policy": Inline(
        noun="bucket_policy", payload="Policy", at="Policy", encode=str, decode=lambda text: text
    ),
}
