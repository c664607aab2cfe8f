"""What moto does differently from AWS where the platform depends on the difference.

Owned here: replacements of single moto methods, installed once at start; moto's version is pinned, so that
each is written against the code it replaces. Each says what AWS does and where that is documented.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import xmltodict
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.s3.exceptions import AccessDeniedByLock, S3ClientError
from moto.s3.models import FakeBucket, FakeKey, S3Backend
from moto.s3.responses import S3Response

from slipway_sandbox.aws import bucket_policy
from slipway_sandbox.aws.acting import acting

BYPASS_HEADER = "x-amz-bypass-governance-retention"


def install() -> None:
    """Put the corrections in place; to be called once, before the first request."""
    S3Response._key_response_get = _with_get_retention(S3Response._key_response_get)  # noqa: SLF001 - no public seam
    S3Response.put_object_retention = _put_object_retention
    S3Response.put_object = _with_future_retention(S3Response.put_object)
    S3Backend.delete_object = _with_explicit_bypass(S3Backend.delete_object)
    FakeBucket.get_permission = _get_permission
    S3Backend.get_object_lock_configuration = _with_one_period(S3Backend.get_object_lock_configuration)
    SecurityGroupRule.description = property(_rule_description)
    S3Response.get_bucket_notification = _with_event_bridge(S3Response.get_bucket_notification)
    S3Backend.put_bucket_versioning = _keeping_versions_of_locked(S3Backend.put_bucket_versioning)


def _with_event_bridge(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """GetBucketNotificationConfiguration tells whether EventBridge is told; moto keeps that to itself."""

    def get_bucket_notification(self: Any) -> Any:
        kept = self.backend.get_bucket_notification_configuration(self.bucket_name)
        status, headers, body = original(self)
        if kept is None or kept.event_bridge is None:
            return status, headers, body
        document = xmltodict.parse(body)
        told = document["NotificationConfiguration"] or {}
        document["NotificationConfiguration"] = {**told, "EventBridgeConfiguration": None}
        return status, headers, xmltodict.unparse(document)

    return get_bucket_notification


def _rule_description(self: SecurityGroupRule) -> str | None:
    """A rule's description; moto tells that of rules on addresses only (DescribeSecurityGroupRules)."""
    return self.ip_range.get("Description") or (self.source_group or {}).get("Description")


def _get_permission(self: FakeBucket, action: str, resource: str) -> Any:
    """A bucket policy's decision, conditions included."""
    return bucket_policy.permission(self.policy, action, resource, acting())


def _with_one_period(original: Callable[..., Any]) -> Callable[..., Any]:
    """GetObjectLockConfiguration with days or years: moto adds the other one as 0, which AWS never holds.

    "You can't specify both at the same time" (S3 API reference, DefaultRetention).
    """

    def get_object_lock_configuration(self: Any, bucket_name: str) -> Any:
        enabled, mode, days, years = original(self, bucket_name)
        return enabled, mode, days or None, years or None

    return get_object_lock_configuration


def _put_object_retention(self: Any) -> Any:
    """PutObjectRetention that never weakens a lock.

    "In compliance mode, a protected object version can't be overwritten or deleted by any user, ... its
    retention mode can't be changed, and its retention period can't be shortened"; in governance mode that
    takes ``s3:BypassGovernanceRetention`` and the header (S3 user guide, "Locking objects with Object Lock").
    """
    bucket = self.backend.get_bucket(self.bucket_name)
    if not bucket.object_lock_enabled:
        raise S3ClientError("InvalidRequest", "Bucket is missing Object Lock Configuration")
    key = self.backend.get_object(
        self.bucket_name, self.parse_key_name(), version_id=self._get_param("versionId")
    )
    if key is None:
        raise S3ClientError("NoSuchKey", "The specified key does not exist.")
    mode, until = _requested_retention(self.body)
    if _weakens(key, mode, until) and not _may_weaken(key, self.headers):
        raise AccessDeniedByLock
    key.lock_mode, key.lock_until = mode, _moto_time(until) if until else None
    return 200, {}, ""


def _with_get_retention(original: Callable[..., Any]) -> Callable[..., Any]:
    """GetObjectRetention, which moto lacks: it would answer with the object's content."""

    def key_response_get(self: Any, query: dict[str, Any], key_name: str) -> Any:
        if "retention" not in query:
            return original(self, query, key_name)
        key, _ = self._get_key()
        if key.lock_mode is None:
            message = "The specified object does not have a ObjectLock configuration"
            raise S3ClientError("NoSuchObjectLockConfiguration", message)
        body = xmltodict.unparse({"Retention": {"Mode": key.lock_mode, "RetainUntilDate": key.lock_until}})
        return 200, {"Content-Type": "application/xml"}, body

    return key_response_get


def _requested_retention(body: bytes | str) -> tuple[str | None, datetime | None]:
    retention = (xmltodict.parse(body) if body else {}).get("Retention") or {}
    mode, until = retention.get("Mode"), retention.get("RetainUntilDate")
    if bool(mode) != bool(until) or mode not in {None, "GOVERNANCE", "COMPLIANCE"}:
        raise S3ClientError("MalformedXML", "The XML you provided was not well-formed")
    return mode, _future(until) if until else None


def _future(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise S3ClientError(
            "InvalidArgument", "The retain until date must be provided in ISO 8601 format"
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment <= datetime.now(UTC):
        raise S3ClientError("InvalidArgument", "The retain until date must be in the future!")
    return moment.astimezone(UTC)


def _moto_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _weakens(key: FakeKey, mode: str | None, until: datetime | None) -> bool:
    current = _locked_until(key)
    if current is None:
        return False
    return until is None or until < current or (key.lock_mode == "COMPLIANCE" and mode != "COMPLIANCE")


def _locked_until(key: FakeKey) -> datetime | None:
    """The end of a retention that is in force, else nothing."""
    if key.lock_mode is None or key.lock_until is None:
        return None
    until = datetime.fromisoformat(key.lock_until)
    return until if until > datetime.now(UTC) else None


def _may_weaken(key: FakeKey, headers: Any) -> bool:
    return key.lock_mode == "GOVERNANCE" and str(headers.get(BYPASS_HEADER, "")).lower() == "true"


def _with_future_retention(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """PutObject refuses a retention that is already over (S3 API, PutObject, InvalidArgument)."""

    def put_object(self: Any) -> Any:
        until = self.headers.get("x-amz-object-lock-retain-until-date")
        if until:
            _future(until)
        return original(self)

    return put_object


def _with_explicit_bypass(original: Callable[..., Any]) -> Callable[..., Any]:
    """DeleteObject bypasses governance only on ``true``; moto takes any value of that header."""

    def delete_object(
        self: S3Backend, bucket_name: str, key_name: str, version_id: str | None = None, bypass: Any = None
    ) -> Any:
        explicit = str(bypass).lower() == "true"
        return original(self, bucket_name, key_name, version_id=version_id, bypass=explicit)

    return delete_object


def _keeping_versions_of_locked(original: Callable[..., None]) -> Callable[..., None]:
    """PutBucketVersioning cannot suspend versioning where Object Lock is on (S3 user guide, Object Lock).

    Without this, a locked object could be overwritten in place.
    """

    def put_bucket_versioning(self: S3Backend, bucket_name: str, status: str) -> None:
        bucket: FakeBucket = self.get_bucket(bucket_name)
        if bucket.object_lock_enabled and status != "Enabled":
            message = "Object Lock is enabled on this bucket, so its versioning cannot be suspended."
            raise S3ClientError("InvalidBucketState", message)
        original(self, bucket_name, status)

    return put_bucket_versioning
