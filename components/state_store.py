"""Where Pulumi keeps the state of all stacks, and the key that encrypts each stack's secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components import iam
from components.base import PlatformComponent
from components.encryption_key import EncryptionKey, EncryptionKeyArgs
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from slipway.model.environment import StackName
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class StateStoreArgs:
    """What a self-managed backend needs.

    Attributes:
        bucket: physical name of the one bucket; stack references resolve only within one backend.
        bucket_key_arn: KMS key of the bucket.
        secret_aliases: KMS alias a stack, as its stack file's `secretsprovider` names it.
        secrets_policy: who administers these keys and who uses them.
    """

    bucket: str
    bucket_key_arn: pulumi.Input[str]
    secret_aliases: Mapping[StackName, str]
    secrets_policy: Sequence[iam.Statement]
    tags: Tags


class StateStore(PlatformComponent, token="slipway:state:StateStore"):
    """One bucket and a key for each stack: a right to dev's key is no right to prod's."""

    def __init__(self, name: str, args: StateStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.bucket = self._create_bucket(args)
        self.keys = {stack: self._create_key(args, stack) for stack in args.secret_aliases}
        self.publish(bucket=self.bucket.id)

    def _create_bucket(self, args: StateStoreArgs) -> PrivateBucket:
        bucket = PrivateBucketArgs(bucket=args.bucket, key_arn=args.bucket_key_arn, tags=self.tags)
        return PrivateBucket(f"{self.name}-state", bucket, self.child())

    def _create_key(self, args: StateStoreArgs, stack: StackName) -> EncryptionKey:
        key = EncryptionKeyArgs(
            purpose=f"Secrets in the Pulumi state of stack {stack}",
            alias=args.secret_aliases[stack],
            policy=args.secrets_policy,
            tags=self.tags,
        )
        return EncryptionKey(f"{self.name}-secrets-{stack}", key, self.child())
