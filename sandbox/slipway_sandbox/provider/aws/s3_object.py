"""Objects of a bucket, from an asset, a text or base64."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from slipway_sandbox.provider.aws.resource import Resource, fixed
from slipway_sandbox.provider.aws.spelling import PASCAL, pairs, unpaired
from slipway_sandbox.provider.aws.tagging import Tagging
from slipway_sandbox.provider.aws.target import PARTITION, found

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_HEADERS = {
    "acl": "ACL",
    "bucketKeyEnabled": "BucketKeyEnabled",
    "cacheControl": "CacheControl",
    "checksumAlgorithm": "ChecksumAlgorithm",
    "contentDisposition": "ContentDisposition",
    "contentEncoding": "ContentEncoding",
    "contentLanguage": "ContentLanguage",
    "contentType": "ContentType",
    "kmsKeyId": "SSEKMSKeyId",
    "metadata": "Metadata",
    "objectLockLegalHoldStatus": "ObjectLockLegalHoldStatus",
    "objectLockMode": "ObjectLockMode",
    "objectLockRetainUntilDate": "ObjectLockRetainUntilDate",
    "serverSideEncryption": "ServerSideEncryption",
    "storageClass": "StorageClass",
    "websiteRedirect": "WebsiteRedirectLocation",
}
_CHECKSUMS = {
    "checksumCrc32": "ChecksumCRC32",
    "checksumCrc32c": "ChecksumCRC32C",
    "checksumCrc64nvme": "ChecksumCRC64NVME",
    "checksumSha1": "ChecksumSHA1",
    "checksumSha256": "ChecksumSHA256",
}
_HOLDS = frozenset({"objectLockLegalHoldStatus", "objectLockMode", "objectLockRetainUntilDate"})
_BODIES = frozenset({"source", "content", "contentBase64"})


class _ObjectTagging(Tagging):
    def read(self, target: Target, outputs: Mapping[str, Any]) -> dict[str, str]:
        del outputs  # an object is tagged by bucket and key, which its id holds
        return unpaired(target.client.get_object_tagging(**_where(target))["TagSet"])

    def write(self, target: Target, outputs: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
        if self.read(target, outputs) != wanted:
            target.client.put_object_tagging(**_where(target), Tagging={"TagSet": pairs(wanted)})


class BucketObjectv2(Resource):
    """An object; its content is what the program gives, changed content is a new version of it."""

    module = "s3"
    service = "s3"
    takes = frozenset({"bucket", "key", *_HEADERS, *_BODIES})
    silent = frozenset(
        {"acl", "checksumAlgorithm", "forceDestroy", "sourceHash", "overrideProvider", *_BODIES}
    )
    replace_on = frozenset({"bucket", "key"})
    autoname = None
    defaults = fixed(storageClass="STANDARD")
    id_form = "{bucket}/{key}"
    tagging = _ObjectTagging(subject="Key", by="id")

    def make(self, target: Target) -> str:
        """Upload it; without a key the name of the resource is the key."""
        self._upload(target)
        return f"{target.inputs['bucket']}/{target.inputs['key']}"

    def fetch(self, target: Target) -> Properties | None:
        """The object's head."""
        where = _where(target)
        answer = target.client.head_object(**where, ChecksumMode="ENABLED")
        headers = {
            key: answer.get(api) for key, api in {**_HEADERS, **_CHECKSUMS}.items() if key not in self.silent
        }
        return headers | {
            "arn": f"arn:{PARTITION}:s3:::{where['Bucket']}/{where['Key']}",
            "etag": answer["ETag"].strip('"'),
            "metadata": answer["Metadata"] or None,
            "objectLockRetainUntilDate": PASCAL.to_wire(answer.get("ObjectLockRetainUntilDate")),
            "storageClass": answer.get("StorageClass", "STANDARD"),
            "versionId": answer.get("VersionId", ""),
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Upload again, or set hold, retention or ACL alone when only they changed."""
        if changed - _HOLDS - {"acl", "forceDestroy", "overrideProvider"}:
            self._upload(target)
            return
        where, inputs = _where(target), target.inputs
        if "acl" in changed:
            target.client.put_object_acl(**where, ACL=inputs.get("acl") or "private")
        if "objectLockLegalHoldStatus" in changed:
            hold = {"Status": inputs.get("objectLockLegalHoldStatus") or "OFF"}
            target.client.put_object_legal_hold(**where, LegalHold=hold)
        if changed & {"objectLockMode", "objectLockRetainUntilDate"}:
            retention = {
                "Mode": inputs["objectLockMode"],
                "RetainUntilDate": inputs["objectLockRetainUntilDate"],
            }
            target.client.put_object_retention(**where, Retention=retention)

    def remove(self, target: Target) -> None:
        """Delete every version; forceDestroy lifts legal holds and governance retention."""
        where, client = _where(target), target.client
        entries = _versions(client, where)
        if not entries:
            client.delete_object(**where)
        for version in entries:
            if target.inputs.get("forceDestroy") and found(
                client.get_object_legal_hold, **where, VersionId=version
            ):
                client.put_object_legal_hold(**where, VersionId=version, LegalHold={"Status": "OFF"})
            bypass = {"BypassGovernanceRetention": True} if target.inputs.get("forceDestroy") else {}
            client.delete_object(**where, VersionId=version, **bypass)

    def _named(self, name: str, inputs: Properties) -> Properties:
        return {"key": name, **{k: v for k, v in inputs.items() if v is not None}}

    def _upload(self, target: Target) -> None:
        inputs = target.inputs
        headers = {api: inputs[key] for key, api in _HEADERS.items() if inputs.get(key) not in (None, "")}
        if "SSEKMSKeyId" in headers:
            headers["ServerSideEncryption"] = "aws:kms"
        if inputs.keys() & _HOLDS:
            headers.setdefault("ChecksumAlgorithm", "CRC32")  # S3 demands a checksum of what it locks
        target.client.put_object(
            **_where(target), Body=_body(inputs), Tagging=urlencode(target.tags), **headers
        )


class BucketObject(BucketObjectv2):
    """The older type: without checksums and without a word on the provider's default tags."""

    module = "s3"
    takes = BucketObjectv2.takes - {"checksumAlgorithm"}
    silent = BucketObjectv2.silent - {"checksumAlgorithm", "overrideProvider"}


def _where(target: Target) -> dict[str, str]:
    key = re.sub(
        r"/+", "/", str(target.inputs["key"]).removeprefix("./").lstrip("/")
    )  # as the real provider cleans
    return {"Bucket": target.inputs["bucket"], "Key": key}


def _body(inputs: Properties) -> bytes:
    if inputs.get("source") is not None:
        return bytes(inputs["source"].content())
    if inputs.get("contentBase64") is not None:
        return base64.b64decode(inputs["contentBase64"])
    return str(inputs.get("content") or "").encode()


def _versions(client: Any, where: Mapping[str, str]) -> list[str]:
    pages = client.get_paginator("list_object_versions").paginate(Bucket=where["Bucket"], Prefix=where["Key"])
    entries = [entry for page in pages for entry in page.get("Versions", []) + page.get("DeleteMarkers", [])]
    mine = [entry["VersionId"] for entry in entries if entry["Key"] == where["Key"]]
    return [version for version in mine if version != "null"]
