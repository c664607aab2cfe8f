"""A bucket that is versioned, encrypted, private and reachable over TLS only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.base import PlatformComponent
from slipway.model.retention import LockMode
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class ObjectLock:
    """Default retention of each new object version.

    Attributes:
        mode: who may shorten it.
        years: 7 for SOX (17 CFR 210.2-06).
    """

    mode: LockMode
    years: int


@dataclass(frozen=True, kw_only=True)
class PrivateBucketArgs:
    """What the bucket holds.

    Attributes:
        bucket: physical name.
        key_arn: KMS key of its objects.
        lock: Object Lock; it can only be chosen when the bucket is made.
        readers: roles of other accounts that read it.
        statements: what its policy adds, each made from the bucket's ARN.
        announced: EventBridge is told of each object that is written or deleted.
    """

    bucket: str
    key_arn: pulumi.Input[str]
    tags: Tags
    lock: ObjectLock | None = None
    readers: Sequence["Reader"] = ()
    statements: Sequence[Callable[[str], iam.Statement]] = ()
    announced: bool = False


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A role of another account, which may come up later than the bucket.

    Attributes:
        name: tells the readers of one bucket apart, letters and digits.
        role_arn: the role.
    """

    name: str
    role_arn: str


class PrivateBucket(PlatformComponent, token="slipway:storage:PrivateBucket"):
    """The only kind of bucket that the platform makes."""

    def __init__(
        self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self.bucket = self._create_bucket(args)
        self.versioning = self._create_versioning()
        self._create_encryption(args)
        self._create_access_block()
        self.policy = self._create_policy(args)
        if args.lock:
            self._create_lock(args.lock)
        if args.announced:
            self._create_notification()
        self.id: pulumi.Output[str] = self.bucket.id
        self.arn: pulumi.Output[str] = self.bucket.arn
        self.publish(bucket=self.id, arn=self.arn)

    def _create_bucket(self, args: PrivateBucketArgs) -> aws.s3.Bucket:
        return aws.s3.Bucket(
            self.name,
            bucket=args.bucket,
            object_lock_enabled=args.lock is not None,
            tags=self.tags.as_aws(),
            opts=self.child(protect=True),
        )

    def _create_versioning(self) -> aws.s3.BucketVersioning:
        return aws.s3.BucketVersioning(
            self.name,
            bucket=self.bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=self.child(),
        )

    def _create_encryption(self, args: PrivateBucketArgs) -> aws.s3.BucketServerSideEncryptionConfiguration:
        default = {"sse_algorithm": "aws:kms", "kms_master_key_id": args.key_arn}
        return aws.s3.BucketServerSideEncryptionConfiguration(
            self.name,
            bucket=self.bucket.id,
            rules=[{"apply_server_side_encryption_by_default": default, "bucket_key_enabled": True}],
            opts=self.child(),
        )

    def _create_access_block(self) -> aws.s3.BucketPublicAccessBlock:
        return aws.s3.BucketPublicAccessBlock(
            self.name,
            bucket=self.bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child(),
        )

    def _create_policy(self, args: PrivateBucketArgs) -> aws.s3.BucketPolicy:
        return aws.s3.BucketPolicy(
            self.name,
            bucket=self.bucket.id,
            policy=self.bucket.arn.apply(lambda arn: bucket_policy(arn, args.readers, args.statements)),
            opts=self.child(),
        )

    def _create_notification(self) -> aws.s3.BucketNotification:
        return aws.s3.BucketNotification(
            self.name, bucket=self.bucket.id, eventbridge=True, opts=self.child()
        )

    def _create_lock(self, lock: ObjectLock) -> aws.s3.BucketObjectLockConfiguration:
        # Object Lock needs versioning: without the dependency S3 refuses it when the two race.
        return aws.s3.BucketObjectLockConfiguration(
            self.name,
            bucket=self.bucket.id,
            rule={"default_retention": {"mode": lock.mode.value, "years": lock.years}},
            opts=self.child(after=[self.versioning]),
        )


def bucket_policy(
    bucket_arn: str, readers: Sequence[Reader], statements: Sequence[Callable[[str], iam.Statement]] = ()
) -> str:
    """Return the policy of a bucket: TLS for everybody, reading for the roles of other accounts, the rest."""
    reading = [
        iam.read_objects(bucket_arn, reader.role_arn, sid=f"Read{reader.name.capitalize()}")
        for reader in readers
    ]
    more = [make(bucket_arn) for make in statements]
    return iam.document([iam.tls_only(bucket_arn), *more, *reading])
