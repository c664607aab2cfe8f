"""KMS keys and aliases."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws.resource import Resource, fixed, half_made
from slipway_sandbox.provider.aws.tagging import Tagging
from slipway_sandbox.provider.aws.target import found

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_CREATE = {
    "policy": "Policy",
    "description": "Description",
    "customerMasterKeySpec": "KeySpec",
    "keyUsage": "KeyUsage",
    "multiRegion": "MultiRegion",
    "customKeyStoreId": "CustomKeyStoreId",
    "xksKeyId": "XksKeyId",
    "bypassPolicyLockoutSafetyCheck": "BypassPolicyLockoutSafetyCheck",
}
_ALIAS_PREFIX = "alias/"


class Key(Resource):
    """A key; deleting it starts its waiting period, and a key that waits is gone for Pulumi."""

    module = "kms"
    service = "kms"
    takes = frozenset({*_CREATE, "enableKeyRotation", "rotationPeriodInDays", "isEnabled"})
    silent = frozenset({"deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"})
    replace_on = frozenset(
        {"customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"}
    )
    defaults = fixed(
        customerMasterKeySpec="SYMMETRIC_DEFAULT",
        keyUsage="ENCRYPT_DECRYPT",
        isEnabled=True,
        enableKeyRotation=False,
        multiRegion=False,
        description="",
    )
    tagging = Tagging(subject="KeyId", by="id", list_call="list_resource_tags", pair=("TagKey", "TagValue"))

    def make(self, target: Target) -> str:
        """Create the key, then its rotation and state."""
        inputs = {**self.defaults, **{k: v for k, v in target.inputs.items() if v is not None}}
        arguments = {api: inputs[key] for key, api in _CREATE.items() if key in inputs}
        id_ = str(target.client.create_key(**arguments)["KeyMetadata"]["KeyId"])
        with half_made(id_):
            self._rotate(target, id_)
            if target.inputs.get("isEnabled") is False:
                target.client.disable_key(KeyId=id_)
        return id_

    def fetch(self, target: Target) -> Properties | None:
        """The key with its policy and rotation; None while it waits for its deletion."""
        client = target.client
        key = client.describe_key(KeyId=target.id)["KeyMetadata"]
        if key["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion"):
            return None
        symmetric = key["KeySpec"] == "SYMMETRIC_DEFAULT"
        rotation = client.get_key_rotation_status(KeyId=target.id) if symmetric and key["Enabled"] else {}
        return {
            "arn": key["Arn"],
            "keyId": key["KeyId"],
            "description": key.get("Description", ""),
            "customerMasterKeySpec": key["KeySpec"],
            "keyUsage": key["KeyUsage"],
            "multiRegion": bool(key.get("MultiRegion")),
            "customKeyStoreId": key.get("CustomKeyStoreId"),
            "xksKeyId": (key.get("XksKeyConfiguration") or {}).get("Id"),
            "isEnabled": key["Enabled"],
            "policy": client.get_key_policy(KeyId=target.id, PolicyName="default")["Policy"],
            "enableKeyRotation": bool(rotation.get("KeyRotationEnabled")),
            "rotationPeriodInDays": rotation.get("RotationPeriodInDays"),
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Enable first, disable last: a disabled key takes no other change."""
        client, enabled = target.client, target.inputs.get("isEnabled") is not False
        if "isEnabled" in changed and enabled:
            client.enable_key(KeyId=target.id)
        if "description" in changed:
            client.update_key_description(KeyId=target.id, Description=target.inputs.get("description") or "")
        if "policy" in changed and target.given("policy"):
            client.put_key_policy(KeyId=target.id, PolicyName="default", Policy=target.inputs["policy"])
        if changed & {"enableKeyRotation", "rotationPeriodInDays"}:
            self._rotate(target, target.id, switch_off=True)
        if "isEnabled" in changed and not enabled:
            client.disable_key(KeyId=target.id)

    def remove(self, target: Target) -> None:
        """Schedule the deletion, unless it is scheduled already."""
        if self.fetch(target) is None:
            return
        days = target.inputs.get("deletionWindowInDays") or 30
        target.client.schedule_key_deletion(KeyId=target.id, PendingWindowInDays=days)

    def _rotate(self, target: Target, id_: str, *, switch_off: bool = False) -> None:
        if target.inputs.get("enableKeyRotation"):
            days = target.inputs.get("rotationPeriodInDays")
            target.client.enable_key_rotation(KeyId=id_, **({"RotationPeriodInDays": days} if days else {}))
        elif switch_off:
            target.client.disable_key_rotation(KeyId=id_)


class Alias(Resource):
    """A name of a key; AWS asks that it starts with "alias/"."""

    module = "kms"
    service = "kms"
    takes = frozenset({"name", "targetKeyId"})
    silent = frozenset({"namePrefix"})
    replace_on = frozenset({"name", "namePrefix"})
    id_form = "{name}"

    def make(self, target: Target) -> str:
        """Create the alias."""
        name = target.inputs["name"]
        target.client.create_alias(AliasName=name, TargetKeyId=target.inputs["targetKeyId"])
        return str(name)

    def fetch(self, target: Target) -> Properties | None:
        """The alias among the account's, and the ARN of its key."""
        pages = target.client.get_paginator("list_aliases").paginate()
        aliases = (alias for page in pages for alias in page["Aliases"])
        alias = next((alias for alias in aliases if alias["AliasName"] == target.id), None)
        if alias is None:
            return None
        key = found(target.client.describe_key, KeyId=alias["TargetKeyId"])
        return {
            "arn": alias["AliasArn"],
            "targetKeyId": alias["TargetKeyId"],
            "targetKeyArn": key["KeyMetadata"]["Arn"] if key else None,
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Point it at another key."""
        if "targetKeyId" in changed:
            target.client.update_alias(AliasName=target.id, TargetKeyId=target.inputs["targetKeyId"])

    def remove(self, target: Target) -> None:
        """Delete the alias."""
        target.client.delete_alias(AliasName=target.id)

    def _named(self, name: str, inputs: Properties) -> Properties:
        """Not the core's autonaming: it knows nothing of the prefix that AWS asks for."""
        prefix = inputs.get("namePrefix") or f"{_ALIAS_PREFIX}{name}-"
        return inputs if inputs.get("name") else {**inputs, "name": f"{prefix}{secrets.token_hex(4)[:7]}"}
