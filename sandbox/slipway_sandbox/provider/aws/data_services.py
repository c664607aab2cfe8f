"""Lambda functions and their permissions, Glue databases, Kinesis streams."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.resource import Resource, fixed, half_made
from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.spelling import Spelling, words
from slipway_sandbox.provider.aws.tagging import Tagging
from slipway_sandbox.provider.aws.target import PARTITION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_CONFIGURATION = (
    "role handler runtime description timeout memorySize environment layers architectures vpcConfig "
    "deadLetterConfig tracingConfig kmsKeyArn=KMSKeyArn ephemeralStorage loggingConfig"
)
_AT_CREATION_ONLY = ("architectures",)
_FUNCTION = Spelling(maps=frozenset({"variables"}))
_CODE = frozenset({"code", "s3Bucket", "s3Key", "s3ObjectVersion", "imageUri"})


class Function(Resource):
    """A function; its code is stored and never run here."""

    module = "lambda"
    service = "lambda"
    takes = frozenset({"name", "packageType", *words(_CONFIGURATION), *_CODE})
    silent = frozenset({*_CODE, "sourceCodeHash", "skipDestroy", "publish"})
    replace_on = frozenset({"name", "packageType"})
    autoname = "name"
    defaults = fixed(timeout=3, memorySize=128, packageType="Zip", description="")
    constant = dict.fromkeys(
        words(
            "signingJobArn signingProfileVersionArn snapStart capacityProviderConfig durableConfig codeSha256"
        )
    )
    id_form = "{name}"
    tagging = Tagging(subject="Resource", list_call="list_tags", pair=None)

    def make(self, target: Target) -> str:
        """Create the function."""
        inputs = target.inputs
        target.client.create_function(
            FunctionName=inputs["name"],
            PackageType=inputs.get("packageType") or "Zip",
            Code=_code(inputs),
            Publish=bool(inputs.get("publish")),
            **_configuration(inputs, without=()),
        )
        return str(inputs["name"])

    def fetch(self, target: Target) -> Properties | None:
        """The function's configuration."""
        found = target.client.get_function(FunctionName=target.id)["Configuration"]
        arn, region = found["FunctionArn"], target.region
        invoke = f"arn:{PARTITION}:apigateway:{region}:lambda:path/2015-03-31/functions"
        names = {key: api or _FUNCTION.api_name(key) for key, api in words(_CONFIGURATION).items()}
        return {key: _FUNCTION.to_wire(found.get(api), key) for key, api in names.items()} | {
            "arn": arn,
            "packageType": found.get("PackageType", "Zip"),
            "invokeArn": f"{invoke}/{arn}/invocations",
            "responseStreamingInvokeArn": f"{invoke}/{arn}/response-streaming-invocations",
            "qualifiedArn": f"{arn}:{found.get('Version', '$LATEST')}",
            "qualifiedInvokeArn": f"{invoke}/{arn}:{found.get('Version', '$LATEST')}/invocations",
            "lastModified": found.get("LastModified", ""),
            "sourceCodeSize": found.get("CodeSize", 0),
            "codeSha256": found.get("CodeSha256", ""),
            "version": found.get("Version", "$LATEST"),
            "layers": [layer["Arn"] for layer in found.get("Layers") or []],
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Change the configuration, upload the code: two calls of their own."""
        if changed & words(_CONFIGURATION).keys():
            settings = _configuration({**self.defaults, **target.inputs}, without=_AT_CREATION_ONLY)
            target.client.update_function_configuration(FunctionName=target.id, **settings)
        if changed & (_CODE | {"sourceCodeHash", "architectures"}):
            target.client.update_function_code(FunctionName=target.id, **_code(target.inputs))

    def remove(self, target: Target) -> None:
        """Delete the function."""
        if not target.inputs.get("skipDestroy"):
            target.client.delete_function(FunctionName=target.id)


def _code(inputs: Properties) -> Properties:
    if inputs.get("code") is not None:
        return {"ZipFile": inputs["code"].content()}
    if inputs.get("imageUri"):
        return {"ImageUri": inputs["imageUri"]}
    names = {"s3Bucket": "S3Bucket", "s3Key": "S3Key", "s3ObjectVersion": "S3ObjectVersion"}
    return {api: inputs[key] for key, api in names.items() if inputs.get(key)}


def _configuration(inputs: Properties, without: tuple[str, ...]) -> Properties:
    names = {key: api or _FUNCTION.api_name(key) for key, api in words(_CONFIGURATION).items()}
    given = {key: api for key, api in names.items() if inputs.get(key) is not None and key not in without}
    return {api: _FUNCTION.to_api(inputs[key], key) for key, api in given.items()}


_PERMISSION = {
    "action": "Action",
    "principal": "Principal",
    "sourceArn": "SourceArn",
    "sourceAccount": "SourceAccount",
    "eventSourceToken": "EventSourceToken",
    "principalOrgId": "PrincipalOrgID",
    "qualifier": "Qualifier",
    "functionUrlAuthType": "FunctionUrlAuthType",
}


class Permission(Resource):
    """A statement of a function's policy; its id is the statement's."""

    module = "lambda"
    service = "lambda"
    takes = frozenset({*_PERMISSION, "function", "statementId"})
    silent = frozenset({"statementIdPrefix", "eventSourceToken", "principalOrgId", "qualifier"})
    replace_on = takes | {"statementIdPrefix"}

    def make(self, target: Target) -> str:
        """Add the statement."""
        inputs = target.inputs
        given = {api: inputs[key] for key, api in _PERMISSION.items() if inputs.get(key)}
        target.client.add_permission(
            FunctionName=inputs["function"], StatementId=inputs["statementId"], **given
        )
        return str(inputs["statementId"])

    def fetch(self, target: Target) -> Properties | None:
        """The statement in its function's policy; an import names it "function/statement"."""
        name, _, statement_id = target.id.rpartition("/")
        function = target.inputs.get("function") or name
        policy = json.loads(target.client.get_policy(FunctionName=function)["Policy"])
        statement = next((s for s in policy["Statement"] if s["Sid"] == statement_id), None)
        if statement is None:
            return None
        conditions = statement.get("Condition") or {}
        principal = statement["Principal"]
        return {
            "function": function,
            "statementId": statement_id,
            "action": statement["Action"],
            "principal": principal if isinstance(principal, str) else next(iter(principal.values())),
            "sourceArn": (conditions.get("ArnLike") or {}).get("AWS:SourceArn"),
            "sourceAccount": (conditions.get("StringEquals") or {}).get("AWS:SourceAccount"),
            "functionUrlAuthType": None,
        }

    def remove(self, target: Target) -> None:
        """Remove the statement."""
        target.client.remove_permission(
            FunctionName=target.inputs["function"], StatementId=target.id.rpartition("/")[2]
        )

    def _named(self, name: str, inputs: Properties) -> Properties:
        prefix = inputs.get("statementIdPrefix") or f"{name}-"
        given = {key: value for key, value in inputs.items() if value is not None}
        return {"statementId": f"{prefix}{secrets.token_hex(4)[:7]}", **given}


_DATABASE = {
    "DatabaseInput": {
        "Name": "{name}",
        "Description": "{description}",
        "LocationUri": "{locationUri}",
        "Parameters": "{parameters}",
        "CreateTableDefaultPermissions": "{createTableDefaultPermissions}",
        "TargetDatabase": "{targetDatabase}",
    }
}
CATALOG_DATABASE = Row(
    module="glue",
    name="CatalogDatabase",
    service="glue",
    create_=Op(call="create_database", send="catalogId", args=_DATABASE),
    update_=(Op(call="update_database", args={"Name": "{name}", "CatalogId": "{catalogId}", **_DATABASE}),),
    look=(
        Look(
            call="get_database",
            args={"Name": "{name}"},
            at="Database",
            give="name description locationUri parameters targetDatabase createTableDefaultPermissions",
        ),
    ),
    erase=Op(call="delete_database", args={"Name": "{name}"}),
    spelling=Spelling(maps=frozenset({"parameters"})),
    autoname="name",
    replace_on=frozenset({"name", "catalogId"}),
    computed={"arn": "arn:aws:glue:{region}:{account}:database/{name}", "catalogId": "{account}"},
    id_form="{account}:{name}",
    tagging=Tagging(
        subject="ResourceArn",
        list_call="get_tags",
        given="TagsToAdd",
        keys="TagsToRemove",
        pair=None,
    ),
)


_SOON = {"Delay": 0.2, "MaxAttempts": 300}


class _StreamTagging(Tagging):
    """Kinesis lists tags as pairs, and takes them as a map."""

    def write(self, target: Target, outputs: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
        """Make the stream's tags the wanted ones."""
        present, stream = self.read(target, outputs), {"StreamName": target.inputs["name"]}
        if gone := sorted(present.keys() - wanted.keys()):
            target.client.remove_tags_from_stream(**stream, TagKeys=gone)
        if new := {key: value for key, value in wanted.items() if present.get(key) != value}:
            target.client.add_tags_to_stream(**stream, Tags=new)


class Stream(Resource):
    """A Kinesis stream; its id is its ARN."""

    module = "kinesis"
    service = "kinesis"
    takes = frozenset(
        {
            "name",
            "shardCount",
            "retentionPeriod",
            "streamModeDetails",
            "encryptionType",
            "kmsKeyId",
            "shardLevelMetrics",
        }
    )
    silent = frozenset({"enforceConsumerDeletion"})
    replace_on = frozenset({"name"})
    autoname = "name"
    defaults = fixed(retentionPeriod=24, encryptionType="NONE")
    constant = fixed(maxRecordSizeInKib=1024, warmThroughputMibPs=None)
    id_form = "arn:aws:kinesis:{region}:{account}:stream/{name}"
    tagging = _StreamTagging(subject="StreamName", by="name", list_call="list_tags_for_stream")

    def make(self, target: Target) -> str:
        """Create the stream, wait for it, then set what has calls of its own."""
        inputs = target.inputs
        mode = inputs.get("streamModeDetails")
        target.client.create_stream(
            StreamName=inputs["name"],
            **({"ShardCount": inputs["shardCount"]} if inputs.get("shardCount") else {}),
            **({"StreamModeDetails": {"StreamMode": mode["streamMode"]}} if mode else {}),
        )
        self._wait(target)
        arn = target.arn(f"stream/{inputs['name']}")
        with half_made(arn):
            self._retain(target)
            self._encrypt(target)
        return arn

    def fetch(self, target: Target) -> Properties | None:
        """The stream."""
        summary = self._summary(target)
        metrics = summary.get("EnhancedMonitoring") or [{}]
        return {
            "name": summary["StreamName"],
            "arn": summary["StreamARN"],
            "shardCount": summary["OpenShardCount"],
            "retentionPeriod": summary["RetentionPeriodHours"],
            "streamModeDetails": {"streamMode": summary["StreamModeDetails"]["StreamMode"]},
            "encryptionType": summary.get("EncryptionType") or "NONE",
            "kmsKeyId": summary.get("KeyId"),
            "shardLevelMetrics": metrics[0].get("ShardLevelMetrics") or [],
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """One call for each setting."""
        inputs, name = target.inputs, target.inputs["name"]
        if "streamModeDetails" in changed and inputs.get("streamModeDetails"):
            mode = {"StreamMode": inputs["streamModeDetails"]["streamMode"]}
            target.client.update_stream_mode(StreamARN=target.id, StreamModeDetails=mode)
        if "shardCount" in changed and inputs.get("shardCount"):
            target.client.update_shard_count(
                StreamName=name, TargetShardCount=inputs["shardCount"], ScalingType="UNIFORM_SCALING"
            )
        if "retentionPeriod" in changed:
            self._retain(target)
        if changed & {"encryptionType", "kmsKeyId"}:
            self._encrypt(target)

    def remove(self, target: Target) -> None:
        """Delete the stream with its consumers."""
        target.client.delete_stream(StreamName=target.inputs["name"], EnforceConsumerDeletion=True)
        waiter = target.client.get_waiter("stream_not_exists")
        waiter.wait(StreamName=target.inputs["name"], WaiterConfig=_SOON)

    def _summary(self, target: Target) -> Any:
        answer = target.client.describe_stream_summary(StreamName=target.inputs["name"])
        return answer["StreamDescriptionSummary"]

    def _wait(self, target: Target) -> None:
        waiter = target.client.get_waiter("stream_exists")
        waiter.wait(StreamName=target.inputs["name"], WaiterConfig=_SOON)

    def _retain(self, target: Target) -> None:
        wanted = target.inputs.get("retentionPeriod") or self.defaults["retentionPeriod"]
        present = self._summary(target)["RetentionPeriodHours"]
        if wanted != present:
            verb = "increase" if wanted > present else "decrease"
            call = getattr(target.client, f"{verb}_stream_retention_period")
            call(StreamName=target.inputs["name"], RetentionPeriodHours=wanted)

    def _encrypt(self, target: Target) -> None:
        name, present = target.inputs["name"], self._summary(target)
        if target.inputs.get("encryptionType") == "KMS":
            key = target.inputs["kmsKeyId"]
            target.client.start_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId=key)
        elif present.get("EncryptionType") == "KMS":
            target.client.stop_stream_encryption(
                StreamName=name, EncryptionType="KMS", KeyId=present["KeyId"]
            )


DATA_SERVICES = (Function(), Permission(), CATALOG_DATABASE, Stream())
