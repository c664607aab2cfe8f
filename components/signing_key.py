"""The key that releases and checkpoints of the ledger are signed with."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.base import PlatformComponent
from slipway.model.tags import Tags

_DELETION_WINDOW_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class SigningKeyArgs:
    """Whose key it is.

    Attributes:
        purpose: what it signs, one line.
        alias: `alias/...`, the name under which signers refer to it.
        policy: who administers it and who signs.
    """

    purpose: str
    alias: str
    policy: Sequence[iam.Statement]
    tags: Tags


class SigningKey(PlatformComponent, token="slipway:keys:SigningKey"):
    """ECDSA on P-256. It never leaves KMS, and does not rotate: its public half is pinned by verifiers."""

    def __init__(self, name: str, args: SigningKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.key = self._create_key(args)
        self.alias = self._create_alias(args)
        self.arn: pulumi.Output[str] = self.key.arn
        self.publish(arn=self.arn, alias=self.alias.name)

    def _create_key(self, args: SigningKeyArgs) -> aws.kms.Key:
        return aws.kms.Key(
            self.name,
            description=args.purpose,
            customer_master_key_spec="ECC_NIST_P256",
            key_usage="SIGN_VERIFY",
            deletion_window_in_days=_DELETION_WINDOW_DAYS,
            policy=iam.document(args.policy),
            tags=self.tags.as_aws(),
            opts=self.child(protect=True),
        )

    def _create_alias(self, args: SigningKeyArgs) -> aws.kms.Alias:
        return aws.kms.Alias(self.name, name=args.alias, target_key_id=self.key.key_id, opts=self.child())
