"""What Pulumi users take for granted works on the sandbox as on a cloud; checked on the servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.provider.cli import PROGRAMS, Stack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.provider.conftest import NewStack
    from tests.integration.running_sandbox import RunningSandbox

pytestmark = pytest.mark.integration


def with_files(stack: Stack) -> Stack:
    """The files that the program ships."""
    (stack.folder / "page.html").write_text("one")
    (stack.folder / "site").mkdir()
    (stack.folder / "site" / "c.py").write_text("C = 1")
    return stack


def test_options_of_resources(
    new_stack: NewStack, sandbox: RunningSandbox, role_of: Callable[[str], str]
) -> None:
    """Aliases, forced replacements, retention, ignored changes, files, transforms, explicit providers."""
    stack = with_files(new_stack((PROGRAMS / "engine_features" / "__main__.py").read_text()))
    stack.run("config", "set", "auditRole", role_of("shared"))
    stack.up()
    before, outputs = stack.resources(), stack.outputs()
    sqs, s3 = sandbox.aws("sqs", "dev"), sandbox.aws("s3", "dev")
    assert sqs.list_queue_tags(QueueUrl=before["Queue original"]["id"])["Tags"] == {"By": "transform"}
    assert outputs["audit_topic"].split(":")[3:5] == ["us-west-2", sandbox.endpoints["accounts"]["shared"]]
    assert outputs["audit_tags"] == {"Own": "1", "Owner": "audit"}

    stack.run("config", "set", "step", "2")
    (stack.folder / "page.html").write_text("two")
    assert stack.operations() == {
        "Topic replaced": "replace",
        "Queue deleted-first": "replace",
        "Queue retained": "delete",
        "BucketObject page": "update",
        "LayerVersion layer": stack_operation(before["LayerVersion layer"]),
    }
    stack.up()
    after = stack.resources()
    assert after["Queue renamed"]["id"] == before["Queue original"]["id"]
    assert after["Topic replaced"]["id"] != before["Topic replaced"]["id"]
    assert not exists(sqs, before["Queue deleted-first"]["id"])
    assert exists(sqs, before["Queue retained"]["id"])
    assert s3.get_object(Bucket=outputs["bucket"], Key="page.html")["Body"].read() == b"two"
    ignored = sandbox.aws("ssm", "dev").get_parameter(Name="/features/ignored")
    assert ignored["Parameter"]["Value"] == "one"
    stack.unchanged()
    stack.destroy()
    assert exists(sqs, before["Queue retained"]["id"])
    sqs.delete_queue(QueueUrl=before["Queue retained"]["id"])


def stack_operation(layer: dict[str, Any]) -> str:
    """A layer version never changes: where layers are real, another code is another version."""
    return "update" if layer["id"].startswith("layer") else "replace"


def exists(sqs: Any, url: str) -> bool:
    """Whether a queue is there."""
    return url in sqs.list_queues().get("QueueUrls", [])


PRODUCER = """
import pulumi, pulumi_aws as aws
bucket = aws.s3.Bucket("shared", force_destroy=True)
pulumi.export("bucket", bucket.id)
pulumi.export("token", pulumi.Output.secret("hush"))
"""
CONSUMER = """
import pulumi, pulumi_aws as aws
other = pulumi.StackReference("organization/{project}/shared")
bucket, token = other.require_output("bucket"), other.get_output("token")
item = aws.s3.BucketObject("o", bucket=bucket, key="k", content=token)
pulumi.export("key", item.key)
"""


def test_one_stack_reads_another(new_stack: NewStack, tmp_path: Path) -> None:
    """StackReference; a secret output stays secret in the state of the stack that reads it."""
    shared = new_stack(PRODUCER, stack="shared")
    shared.up()
    stack = new_stack(CONSUMER.format(project=tmp_path.name))
    stack.up()
    item = stack.resources()["BucketObject o"]
    assert item["inputs"]["bucket"] == shared.outputs()["bucket"]
    assert "ciphertext" in item["inputs"]["content"]
    stack.destroy()
    shared.destroy()


EMPTY = "import pulumi\n"
ADOPTED = """
import pulumi, pulumi_aws as aws
opts = pulumi.ResourceOptions({more})
aws.s3.Bucket("adopted", bucket="{bucket}", tags={{"Team": "risk"}}, opts=opts)
"""


def test_what_exists_is_imported(new_stack: NewStack, sandbox: RunningSandbox) -> None:
    """A program of what `pulumi import` read has nothing to do; drift shows; an absent id is refused."""
    s3, bucket = sandbox.aws("s3", "dev"), "made-by-hand"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "Team", "Value": "risk"}]})
    stack = new_stack(EMPTY)
    absent = stack.try_(
        "import", "aws:s3/bucket:Bucket", "none", "no-such-bucket", "--yes", "--protect=false"
    )
    assert absent.returncode != 0
    assert "does not exist" in absent.stdout + absent.stderr

    options = ["--yes", "--skip-preview", "--protect=false", "--generate-code=false"]
    stack.run("import", "aws:s3/bucket:Bucket", "adopted", bucket, *options)
    stack.write(ADOPTED.format(bucket=bucket, more=""))
    stack.run("preview", "--expect-no-changes")

    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "Team", "Value": "sales"}]})
    assert stack.operations("--refresh")["Bucket adopted"] in {"update", "refresh"}
    stack.up("--refresh")
    tags = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"Team": "risk"}
    stack.destroy()
    assert bucket not in {entry["Name"] for entry in s3.list_buckets()["Buckets"]}


def test_a_resource_option_imports(new_stack: NewStack, sandbox: RunningSandbox) -> None:
    """`import_` in the program; what the program says otherwise becomes an update, not a new bucket."""
    bucket = "made-by-hand-too"
    s3 = sandbox.aws("s3", "dev")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "Team", "Value": "risk"}]})
    stack = new_stack(ADOPTED.format(bucket=bucket, more=f'import_="{bucket}"').replace("risk", "sales"))
    said = stack.up()
    assert "= 1 imported" in said
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "Team", "Value": "sales"}]
    stack.destroy()


TAKEN = """
import pulumi, pulumi_aws as aws
aws.ec2.Subnet("net", vpc_id="vpc-00000000", cidr_block="10.0.0.0/24")
"""


def test_a_refusal_of_a_server_is_one_sentence(new_stack: NewStack) -> None:
    """What was being made and the server's own words; no traceback of ours."""
    stack = new_stack(TAKEN)
    refused = stack.try_("up", "--yes", "--skip-preview")
    said = refused.stdout + refused.stderr
    assert refused.returncode != 0
    assert "creating EC2 subnet net: InvalidVpcID.NotFound: " in said
    assert "Traceback" not in said
