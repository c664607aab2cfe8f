"""CloudTrail: one trail an account, all of them into one locked bucket of the audit account."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components import key_policy
from components.account_trail import AccountTrail, AccountTrailArgs, trails_encrypt, trails_write
from components.private_bucket import ObjectLock, PrivateBucket, PrivateBucketArgs
from slipway.model.environment import StackName
from slipway.model.subjects import TRAIL
from stacks.account import encryption_key
from stacks.settings import Settings, SharedSettings


@dataclass(frozen=True, kw_only=True)
class TrailLog:
    """Where all trails write: the bucket's name, and the key of its files."""

    bucket: pulumi.Output[str]
    key_arn: pulumi.Output[str]


def deploy_trail_log(settings: SharedSettings) -> TrailLog:
    """Declare the bucket of all trails; it comes up before they do, so it names them by what they will be."""
    trails = _trail_arns(settings)
    tags = settings.platform_tags.classified("restricted")
    people = key_policy.people_policy(settings.account_id, settings.naming.role_pattern)
    policy = [*people, trails_encrypt(trails), key_policy.keep_key()]
    key = encryption_key(settings, TRAIL, "Log files of CloudTrail", tags, policy)
    args = PrivateBucketArgs(
        bucket=settings.naming.bucket(TRAIL),
        key_arn=key.arn,
        tags=tags,
        lock=ObjectLock(mode=settings.evidence_lock_mode, years=settings.evidence_retention_years),
        statements=trails_write(trails),
    )
    bucket = PrivateBucket(TRAIL, args)
    # CloudTrail asks for the bucket's policy when a trail is made: whoever reads the name waits for it.
    ready = pulumi.Output.all(bucket.id, bucket.policy.id).apply(lambda known: known[0])
    return TrailLog(bucket=ready, key_arn=key.arn)


def deploy_trail(settings: Settings, log: TrailLog, watched: Sequence[pulumi.Input[str]]) -> None:
    """Declare the trail of a stack's account.

    Args:
        settings: of the stack.
        log: where it writes.
        watched: ARNs of the buckets whose objects count.
    """
    args = AccountTrailArgs(
        trail=settings.naming.trail,
        log_bucket=log.bucket,
        key_arn=log.key_arn,
        watched=watched,
        tags=settings.platform_tags,
    )
    AccountTrail(TRAIL, args)


def _trail_arns(settings: SharedSettings) -> list[str]:
    environments = settings.environment_accounts.items()
    accounts = {StackName(environment.value): account for environment, account in environments}
    everywhere = {StackName.SHARED: settings.account_id, **accounts}
    return [
        settings.naming.trail_arn(stack, account, settings.region) for stack, account in everywhere.items()
    ]
