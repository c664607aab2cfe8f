"""What releases consist of: bundles and manifests by digest, images by a tag that never moves."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.base import PlatformComponent
from components.private_bucket import PrivateBucket, PrivateBucketArgs, Reader
from slipway.model.tags import Tags

_PULL = ("ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer")


@dataclass(frozen=True, kw_only=True)
class ArtifactStoreArgs:
    """Where artifacts are, and who reads them.

    Attributes:
        bucket: physical name of the bucket.
        images: physical name of the repository of images.
        key_arn: KMS key of both.
        readers: roles of other accounts that read the bucket.
        job_accounts: accounts whose Spark jobs run the images.
    """

    bucket: str
    images: str
    key_arn: pulumi.Input[str]
    readers: Sequence[Reader]
    job_accounts: Sequence[str]
    tags: Tags


class ArtifactStore(PlatformComponent, token="slipway:release:ArtifactStore"):
    """A bucket whose objects are written once and stay, and an image repository whose tags stay."""

    def __init__(
        self, name: str, args: ArtifactStoreArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self.bucket = self._create_bucket(args)
        self.images = self._create_images(args)
        self._create_pull_policy(args)
        self.publish(bucket=self.bucket.id, images=self.images.repository_url)

    def _create_bucket(self, args: ArtifactStoreArgs) -> PrivateBucket:
        bucket = PrivateBucketArgs(
            bucket=args.bucket,
            key_arn=args.key_arn,
            tags=self.tags,
            readers=args.readers,
            statements=[iam.write_once, iam.keep_objects],
            announced=True,  # a manifest starts its own signature, and then its deployment
        )
        # It was there before this component was, at the root of the stack.
        before = pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)
        return PrivateBucket(self.name, bucket, self.child(aliases=[before]))

    def _create_images(self, args: ArtifactStoreArgs) -> aws.ecr.Repository:
        return aws.ecr.Repository(
            self.name,
            name=args.images,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": args.key_arn}],
            tags=self.tags.as_aws(),
            opts=self.child(protect=True),
        )

    def _create_pull_policy(self, args: ArtifactStoreArgs) -> aws.ecr.RepositoryPolicy:
        return aws.ecr.RepositoryPolicy(
            self.name,
            repository=self.images.name,
            policy=pull_policy(args.job_accounts),
            opts=self.child(),
        )


def pull_policy(accounts: Sequence[str]) -> str:
    """Return the policy of a repository whose images Spark jobs of some accounts run.

    EMR Serverless pulls with its own identity, on behalf of an application (EMR Serverless user guide,
    "Customizing an EMR Serverless image").
    """
    applications = [f"arn:aws:emr-serverless:*:{account}:/applications/*" for account in accounts]
    pull = iam.Statement(
        sid="JobsPull",
        actions=_PULL,
        principals={"Service": ["emr-serverless.amazonaws.com"]},
        conditions={"ArnLike": {"aws:SourceArn": applications}},
    )
    return iam.document([pull])
