"""A KMS key with its alias."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.base import PlatformComponent
from slipway.model.tags import Tags

_DELETION_WINDOW_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class EncryptionKeyArgs:
    """What is encrypted and whose it is.

    Attributes:
        purpose: what the key encrypts, one line.
        alias: `alias/...`, the name under which everything refers to it.
        policy: who administers it and who uses it.
    """

    purpose: str
    alias: str
    policy: Sequence[iam.Statement]
    tags: Tags


class EncryptionKey(PlatformComponent, token="slipway:keys:EncryptionKey"):
    """A symmetric key that rotates yearly and cannot be deleted in a hurry."""

    def __init__(
        self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self.key = self._create_key(args)
        self.alias = self._create_alias(args)
        self.arn: pulumi.Output[str] = self.key.arn
        self.publish(arn=self.arn, alias=self.alias.name)

    def _create_key(self, args: EncryptionKeyArgs) -> aws.kms.Key:
        return aws.kms.Key(
            self.name,
            description=args.purpose,
            enable_key_rotation=True,
            deletion_window_in_days=_DELETION_WINDOW_DAYS,
            policy=iam.document(args.policy),
            tags=self.tags.as_aws(),
            opts=self.child(protect=True),
        )

    def _create_alias(self, args: EncryptionKeyArgs) -> aws.kms.Alias:
        return aws.kms.Alias(self.name, name=args.alias, target_key_id=self.key.key_id, opts=self.child())
