"""Lambda functions and the permissions to call them."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws.resource import Resource, fixed
from slipway_sandbox.provider.aws.spelling import Spelling, words
from slipway_sandbox.provider.aws.tagging import Tagging
from slipway_sandbox.provider.aws.target import PARTITION

if TYPE_CHECKING:
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

    def known_as(self, target: Target) -> str:
        """The statement's id; an import puts the function's name before it."""
        return target.id.rpartition("/")[2]

    def remove(self, target: Target) -> None:
        """Remove the statement."""
        target.client.remove_permission(
            FunctionName=target.inputs["function"], StatementId=self.known_as(target)
        )

    def _named(self, name: str, inputs: Properties) -> Properties:
        prefix = inputs.get("statementIdPrefix") or f"{name}-"
        given = {key: value for key, value in inputs.items() if value is not None}
        return {"statementId": f"{prefix}{secrets.token_hex(4)[:7]}", **given}


FUNCTIONS = (Function(), Permission())
