"""Parameters and secrets: SSM Parameter Store, Secrets Manager."""

from __future__ import annotations

import base64
import uuid
from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws.resource import Resource, fixed, half_made
from slipway_sandbox.provider.aws.tagging import Tagging
from slipway_sandbox.provider.aws.target import found

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_PARAMETER = {
    "name": "Name",
    "type": "Type",
    "description": "Description",
    "keyId": "KeyId",
    "allowedPattern": "AllowedPattern",
    "dataType": "DataType",
    "tier": "Tier",
}


class Parameter(Resource):
    """A parameter; `insecureValue` is its value where it is no secret."""

    module = "ssm"
    service = "ssm"
    takes = frozenset({*_PARAMETER, "value", "insecureValue"})
    silent = frozenset({"overwrite"})
    replace_on = frozenset({"name", "dataType"})
    autoname = "name"
    defaults = fixed(dataType="text", tier="Standard", description="", allowedPattern="")
    constant = fixed(hasValueWo=False)
    id_form = "{name}"
    tagging = Tagging(
        subject="ResourceId",
        by="id",
        answer="TagList",
        add_call="add_tags_to_resource",
        remove_call="remove_tags_from_resource",
        fixed=(("ResourceType", "Parameter"),),
    )

    def make(self, target: Target) -> str:
        """Put the parameter; an existing one is left alone unless `overwrite` is set."""
        self._put(target, overwrite=bool(target.inputs.get("overwrite")))
        return str(target.inputs["name"])

    def fetch(self, target: Target) -> Properties | None:
        """The parameter with its value decrypted, and its description."""
        value = target.client.get_parameter(Name=target.id, WithDecryption=True)["Parameter"]
        by_name = [{"Key": "Name", "Option": "Equals", "Values": [target.id]}]
        described = target.client.describe_parameters(ParameterFilters=by_name)["Parameters"][0]
        plain = value["Type"] != "SecureString"
        return {key: described.get(api) or self.defaults.get(key) for key, api in _PARAMETER.items()} | {
            "arn": value["ARN"],
            "value": value["Value"],
            "insecureValue": value["Value"] if plain and target.given("insecureValue") else None,
            "version": value["Version"],
            "keyId": described.get("KeyId"),
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Put the parameter over itself."""
        if changed - self.silent:
            self._put(target, overwrite=True)

    def remove(self, target: Target) -> None:
        """Delete the parameter."""
        target.client.delete_parameter(Name=target.id)

    def _put(self, target: Target, *, overwrite: bool) -> None:
        inputs = target.inputs
        value = inputs["insecureValue"] if inputs.get("value") is None else inputs["value"]
        given = {api: inputs[key] for key, api in _PARAMETER.items() if inputs.get(key)}
        target.client.put_parameter(**given, Value=value, Overwrite=overwrite)


class Secret(Resource):
    """A secret without its values; deleting it starts its recovery window, and one that waits is gone."""

    module = "secretsmanager"
    service = "secretsmanager"
    takes = frozenset({"name", "description", "kmsKeyId", "policy"})
    silent = frozenset({"namePrefix", "recoveryWindowInDays", "forceOverwriteReplicaSecret"})
    replace_on = frozenset({"name", "namePrefix", "type"})
    autoname = "name"
    defaults = fixed(description="", policy="")
    tagging = Tagging(subject="SecretId", by="id", list_call="describe_secret")

    def make(self, target: Target) -> str:
        """Create the secret; its id is its ARN."""
        fields = {"name": "Name", "description": "Description", "kmsKeyId": "KmsKeyId"}
        given = {api: target.inputs[key] for key, api in fields.items() if target.inputs.get(key)}
        arn = str(target.client.create_secret(**given)["ARN"])
        if target.inputs.get("policy"):
            with half_made(arn):
                target.client.put_resource_policy(SecretId=arn, ResourcePolicy=target.inputs["policy"])
        return arn

    def fetch(self, target: Target) -> Properties | None:
        """The secret and its policy; None while it waits for its deletion."""
        secret = target.client.describe_secret(SecretId=target.id)
        if secret.get("DeletedDate"):
            return None
        policy = found(target.client.get_resource_policy, SecretId=target.id) or {}
        return {
            "arn": secret["ARN"],
            "name": secret["Name"],
            "description": secret.get("Description") or "",
            "kmsKeyId": secret.get("KmsKeyId"),
            "policy": policy.get("ResourcePolicy") or "",
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Describe, encrypt or guard it anew."""
        inputs, secret = target.inputs, {"SecretId": target.id}
        if changed & {"description", "kmsKeyId"}:
            key = {"KmsKeyId": inputs["kmsKeyId"]} if inputs.get("kmsKeyId") else {}
            target.client.update_secret(**secret, Description=inputs.get("description") or "", **key)
        if "policy" in changed and inputs.get("policy"):
            target.client.put_resource_policy(**secret, ResourcePolicy=inputs["policy"])
        elif "policy" in changed:
            target.client.delete_resource_policy(**secret)

    def remove(self, target: Target) -> None:
        """Schedule the deletion, or delete at once when the window is 0."""
        if self.fetch(target) is None:
            return
        days = target.inputs.get("recoveryWindowInDays")
        how = {"ForceDeleteWithoutRecovery": True} if days == 0 else {"RecoveryWindowInDays": days or 30}
        target.client.delete_secret(SecretId=target.id, **how)


class SecretVersion(Resource):
    """One value of a secret; its id is "secret ARN|version"."""

    module = "secretsmanager"
    service = "secretsmanager"
    takes = frozenset({"secretId", "secretString", "secretBinary", "versionStages"})
    replace_on = frozenset({"secretId", "secretString", "secretBinary"})
    constant = fixed(hasSecretStringWo=False)
    id_form = "{secretId}|{versionId}"

    def make(self, target: Target) -> str:
        """Put the value."""
        inputs = target.inputs
        binary = inputs.get("secretBinary")
        value = (
            {"SecretBinary": base64.b64decode(binary)} if binary else {"SecretString": inputs["secretString"]}
        )
        stages = {"VersionStages": inputs["versionStages"]} if inputs.get("versionStages") else {}
        answer = target.client.put_secret_value(
            SecretId=inputs["secretId"], ClientRequestToken=str(uuid.uuid4()), **value, **stages
        )
        return f"{inputs['secretId']}|{answer['VersionId']}"

    def fetch(self, target: Target) -> Properties | None:
        """The value of that version."""
        version = {"SecretId": target.inputs["secretId"], "VersionId": target.inputs["versionId"]}
        answer = target.client.get_secret_value(**version)
        binary = answer.get("SecretBinary")
        return {
            "arn": answer["ARN"],
            "secretArn": answer["ARN"],
            "secretString": answer.get("SecretString"),
            "secretBinary": base64.b64encode(binary).decode() if binary else None,
            "versionStages": answer.get("VersionStages") or [],
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Move stages to and from this version."""
        if "versionStages" not in changed:
            return
        present = set((self.fetch(target) or {}).get("versionStages", []))
        wanted = set(target.inputs.get("versionStages") or present)
        secret, version = {"SecretId": target.inputs["secretId"]}, target.inputs["versionId"]
        for stage in sorted(wanted - present):
            target.client.update_secret_version_stage(**secret, VersionStage=stage, MoveToVersionId=version)
        for stage in sorted(present - wanted - {"AWSCURRENT"}):
            target.client.update_secret_version_stage(
                **secret, VersionStage=stage, RemoveFromVersionId=version
            )

    def remove(self, target: Target) -> None:
        """Take the stages off; the current one stays until another version or the secret's end takes it."""
        present = (self.fetch(target) or {}).get("versionStages", [])
        for stage in present:
            if stage != "AWSCURRENT":
                target.client.update_secret_version_stage(
                    SecretId=target.inputs["secretId"],
                    VersionStage=stage,
                    RemoveFromVersionId=target.inputs["versionId"],
                )


SECRETS = (Parameter(), Secret(), SecretVersion())
