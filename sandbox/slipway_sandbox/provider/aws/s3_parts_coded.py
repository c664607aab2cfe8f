"""The sub-resources of a bucket that AWS treats in a way of their own: versioning, ACL, notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from slipway_sandbox.provider.aws.resource import Resource, fixed
from slipway_sandbox.provider.aws.row import dig
from slipway_sandbox.provider.aws.s3_parts import S3

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties


class BucketVersioning(Resource):
    """Versioning can be suspended but never taken back, and not even suspended under Object Lock."""

    module = "s3"
    service = "s3"
    takes = frozenset({"bucket", "versioningConfiguration"})
    silent = frozenset({"expectedBucketOwner", "mfa"})
    replace_on = frozenset({"bucket", "expectedBucketOwner"})
    id_form = "{bucket}"

    def make(self, target: Target) -> str:
        """Put it, except that a bucket which never had versioning is "Disabled" as it stands."""
        if target.inputs["versioningConfiguration"]["status"] != "Disabled":
            self._put(target, target.inputs["versioningConfiguration"])
        return str(target.inputs["bucket"])

    def fetch(self, target: Target) -> Properties | None:
        """AWS answers nothing for a bucket that never had versioning."""
        answer = target.client.get_bucket_versioning(Bucket=target.inputs["bucket"])
        block = {"status": answer.get("Status", "Disabled")}
        if "MFADelete" in answer:
            block["mfaDelete"] = answer["MFADelete"]
        return {"versioningConfiguration": block}

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Put the new state."""
        if "versioningConfiguration" in changed:
            self._put(target, target.inputs["versioningConfiguration"])

    def remove(self, target: Target) -> None:
        """Suspend; a locked bucket stays as it is, as with the real provider."""
        if (target.inputs.get("versioningConfiguration") or {}).get("status") == "Disabled":
            return
        try:
            self._put(target, {"status": "Suspended"})
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidBucketState":
                raise

    def _put(self, target: Target, block: Properties) -> None:
        mfa = {"MFA": target.inputs["mfa"]} if target.given("mfa") else {}
        target.client.put_bucket_versioning(
            Bucket=target.inputs["bucket"], VersioningConfiguration=S3.to_api(block), **mfa
        )


class BucketAcl(Resource):
    """A canned ACL or a list of grants; deleting it leaves the bucket's ACL as it is."""

    module = "s3"
    service = "s3"
    takes = frozenset({"bucket", "accessControlPolicy"})
    silent = frozenset({"expectedBucketOwner", "acl"})
    replace_on = frozenset({"bucket", "expectedBucketOwner"})

    def make(self, target: Target) -> str:
        """Put the ACL; the id is the bucket and, when canned, its name."""
        self._put(target)
        acl = target.inputs.get("acl")
        return f"{target.inputs['bucket']},{acl}" if acl else str(target.inputs["bucket"])

    def fetch(self, target: Target) -> Properties | None:
        """The grants; which canned ACL made them AWS does not say."""
        bucket, _, acl = target.id.partition(",")
        answer = target.client.get_bucket_acl(Bucket=bucket)
        policy = {"grants": answer["Grants"], "owner": answer["Owner"]}
        return {
            "bucket": bucket,
            "acl": target.inputs.get("acl") or acl or None,
            "accessControlPolicy": S3.to_wire({"Grants": policy["grants"], "Owner": policy["owner"]}),
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Put the ACL again."""
        if changed & {"acl", "accessControlPolicy"}:
            self._put(target)

    def remove(self, target: Target) -> None:
        """Nothing: a bucket always has an ACL."""

    def _put(self, target: Target) -> None:
        acl, policy = target.inputs.get("acl"), target.inputs.get("accessControlPolicy")
        wish = {"ACL": acl} if acl else {"AccessControlPolicy": S3.to_api(policy)}
        target.client.put_bucket_acl(Bucket=target.inputs["bucket"], **wish)


_CHANNELS = (
    ("topics", "TopicConfigurations", "topicArn", "TopicArn"),
    ("queues", "QueueConfigurations", "queueArn", "QueueArn"),
    ("lambdaFunctions", "LambdaFunctionConfigurations", "lambdaFunctionArn", "LambdaFunctionArn"),
)


class BucketNotification(Resource):
    """All notifications of a bucket, one document."""

    module = "s3"
    service = "s3"
    takes = frozenset({"bucket", "eventbridge", "topics", "queues", "lambdaFunctions"})
    replace_on = frozenset({"bucket"})
    defaults = fixed(eventbridge=False)
    id_form = "{bucket}"

    def make(self, target: Target) -> str:
        """Put the document."""
        self._put(target, _document(target.inputs))
        return str(target.inputs["bucket"])

    def fetch(self, target: Target) -> Properties | None:
        """The document; an empty one is no notification."""
        answer = target.client.get_bucket_notification_configuration(Bucket=target.inputs["bucket"])
        if not answer.keys() - {"ResponseMetadata"}:
            return None
        channels = {
            wire: [_rule(rule, arn, api_arn) for rule in answer.get(api, [])]
            for wire, api, arn, api_arn in _CHANNELS
        }
        return {"eventbridge": "EventBridgeConfiguration" in answer} | channels

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Put the whole document again."""
        if changed:
            self._put(target, _document(target.inputs))

    def remove(self, target: Target) -> None:
        """Put an empty document."""
        self._put(target, {})

    def _put(self, target: Target, document: Properties) -> None:
        target.client.put_bucket_notification_configuration(
            Bucket=target.inputs["bucket"], NotificationConfiguration=document
        )


def _document(inputs: Properties) -> Properties:
    document: Properties = {"EventBridgeConfiguration": {}} if inputs.get("eventbridge") else {}
    for wire, api, arn, api_arn in _CHANNELS:
        if rules := inputs.get(wire):
            document[api] = [_configuration(rule, arn, api_arn) for rule in rules]
    return document


def _configuration(rule: Properties, arn: str, api_arn: str) -> Properties:
    named = (("prefix", rule.get("filterPrefix")), ("suffix", rule.get("filterSuffix")))
    filters = [{"Name": name, "Value": value} for name, value in named if value]
    configuration: Properties = {api_arn: rule[arn], "Events": rule["events"]}
    if rule.get("id"):
        configuration["Id"] = rule["id"]
    if filters:
        configuration["Filter"] = {"Key": {"FilterRules": filters}}
    return configuration


def _rule(found: Any, arn: str, api_arn: str) -> Properties:
    filters = {f["Name"].lower(): f["Value"] for f in dig(found, "Filter.Key.FilterRules") or []}
    rule = {arn: found[api_arn], "events": found["Events"], "id": found.get("Id")}
    rule |= {"filterPrefix": filters.get("prefix"), "filterSuffix": filters.get("suffix")}
    return {key: value for key, value in rule.items() if value is not None}


CODED_PARTS = (BucketVersioning(), BucketAcl(), BucketNotification())
