"""Pulumi's own published examples, unchanged: they come up, stay as they are and are destroyed.

The programs are those in the documentation that pulumi-aws ships (Apache-2.0), read from the installed SDK,
so that nothing of them is copied here and a new version of the SDK brings its own.
"""

from __future__ import annotations

import importlib.util
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.provider.conftest import NewStack
    from tests.integration.running_sandbox import RunningSandbox

pytestmark = pytest.mark.integration
EXAMPLES = {
    "an instance from an AMI that is looked up, behind a security group": (
        "ec2/network_interface_security_group_attachment.py",
        {"Instance instance", "SecurityGroup sg", "NetworkInterfaceSecurityGroupAttachment sg_attachment"},
    ),
    "console sign-ins from EventBridge to SNS": (
        "cloudwatch/event_rule.py",
        {"EventRule console", "Topic aws_logins", "EventTarget sns", "TopicPolicy default"},
    ),
    "new objects of a bucket to SNS": (
        "s3/bucket_notification.py",
        {"Bucket bucket", "Topic topic", "BucketNotification bucket_notification"},
    ),
}


def first_example(module: str) -> str:
    """The first program in the documentation of a module of pulumi-aws."""
    spec = importlib.util.find_spec("pulumi_aws")
    assert spec is not None
    assert spec.origin is not None
    source = (Path(spec.origin).parent / module).read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", source, re.DOTALL)
    assert found is not None, f"{module} has no example any more: choose another"
    return textwrap.dedent(found[1])


@pytest.mark.parametrize("title", EXAMPLES)
def test_a_published_example_lives_and_dies(title: str, new_stack: NewStack) -> None:
    """Up, nothing to do (program and refresh), destroyed."""
    module, expected = EXAMPLES[title]
    stack = new_stack(first_example(module))
    stack.up()
    assert set(stack.resources()) == expected
    stack.unchanged()
    stack.destroy()
    assert stack.resources() == {}


SITE = """
import pulumi, pulumi_aws as aws
site = aws.s3.Bucket("site", website={"index_document": "index.html"})
page = aws.s3.BucketObject("page", bucket=site.id, key="index.html", source=pulumi.FileAsset("index.html"))
pulumi.export("bucket", site.id)
pulumi.export("url", site.website_endpoint)
"""


def test_a_static_site(new_stack: NewStack, sandbox: RunningSandbox) -> None:
    """Everybody's first program: the page is on the server, and its address is known."""
    stack = new_stack(SITE)
    (stack.folder / "index.html").write_text("<h1>first light</h1>")
    stack.up()
    outputs = stack.outputs()
    s3 = sandbox.aws("s3", "dev")
    page = s3.get_object(Bucket=outputs["bucket"], Key="index.html")
    assert page["Body"].read() == b"<h1>first light</h1>"
    assert outputs["bucket"] in outputs["url"]
    stack.destroy()
