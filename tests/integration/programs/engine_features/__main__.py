"""What a Pulumi program can ask of the engine beside creating resources; `step` 2 changes every one of them."""

import pulumi
import pulumi_aws as aws

second = (pulumi.Config().get_int("step") or 1) == 2


def tag(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    """Tags that no resource of the program mentions."""
    if args.type_ != "aws:sqs/queue:Queue":
        return None
    return pulumi.ResourceTransformResult(props={**args.props, "tags": {"By": "transform"}}, opts=args.opts)


pulumi.runtime.register_resource_transform(tag)

# Renamed in the program: the alias keeps the queue.
if second:
    aws.sqs.Queue("renamed", name="renamed", opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="original")]))
else:
    aws.sqs.Queue("original", name="renamed")

# The provider would update; the program wants a new one. Automatically named: the new one stands beside the old.
aws.sns.Topic(
    "replaced", display_name="Two" if second else "One", opts=pulumi.ResourceOptions(replace_on_changes=["displayName"])
)

# The old one goes first, because the program says so.
aws.sqs.Queue(
    "deleted-first",
    visibility_timeout_seconds=31 if second else 30,
    opts=pulumi.ResourceOptions(replace_on_changes=["visibilityTimeoutSeconds"], delete_before_replace=True),
)

# Leaves the program, stays on the server.
if not second:
    aws.sqs.Queue("retained", name="retained", opts=pulumi.ResourceOptions(retain_on_delete=True))

# Changes that are to be ignored.
aws.ssm.Parameter(
    "ignored",
    name="/features/ignored",
    type="String",
    value="two" if second else "one",
    opts=pulumi.ResourceOptions(ignore_changes=["value"]),
)

# Files: one edited under the same path, an archive with one file more.
bucket = aws.s3.Bucket("files", force_destroy=True)
aws.s3.BucketObject("page", bucket=bucket.id, key="page.html", source=pulumi.FileAsset("page.html"))
files = {"a.py": pulumi.StringAsset("A = 1"), "site": pulumi.FileArchive("site")}
if second:
    files["b.py"] = pulumi.StringAsset("B = 1")
aws.lambda_.LayerVersion("layer", layer_name="layer", code=pulumi.AssetArchive(files))

# Another account and another region, through explicit providers.
audit = aws.Provider(
    "audit",
    region="us-west-2",
    assume_roles=[{"role_arn": pulumi.Config().require("auditRole")}],
    default_tags={"tags": {"Owner": "audit"}},
)
topic = aws.sns.Topic("audit", tags={"Own": "1"}, opts=pulumi.ResourceOptions(provider=audit))

pulumi.export("bucket", bucket.id)
pulumi.export("audit_topic", topic.arn)
pulumi.export("audit_tags", topic.tags_all)
pulumi.export("hidden", pulumi.Output.secret("in-the-shared-stack"))
