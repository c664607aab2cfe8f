"""The way of docs/guides/real-accounts.md: accounts are bootstrapped, Pulumi works in what that has made."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.running_sandbox import RunningSandbox

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
BUCKET = "finedge-shared-state-111122223333"


def _slipway(sandbox: RunningSandbox, *arguments: str, code: int = 0) -> str:
    command = ["slipway", *arguments]
    ended = subprocess.run(command, env=sandbox.environment, capture_output=True, text=True, check=False)
    assert ended.returncode == code, f"{' '.join(command)}:\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


@pytest.fixture(scope="module")
def bootstrapped(sandbox: RunningSandbox) -> RunningSandbox:
    """The sandbox with the audit account bootstrapped."""
    told = json.loads(_slipway(sandbox, "bootstrap", "-s", "shared", "--format", "json"))
    assert (told["outcome"], told["account"]) == ("bootstrapped", "111122223333")
    return sandbox


def test_the_account_has_what_the_template_says(bootstrapped: RunningSandbox) -> None:
    """Asked from S3, KMS, IAM and CloudFormation."""
    s3, kms = bootstrapped.aws("s3", "shared"), bootstrapped.aws("kms", "shared")
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert set(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()) == {True}
    aliases = {each["AliasName"] for each in kms.list_aliases()["Aliases"]}
    assert {f"alias/slipway-pulumi-{stack}" for stack in ("shared", "dev", "staging", "prod")} <= aliases
    iam = bootstrapped.aws("iam", "shared")
    (issuer,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert issuer["Arn"].endswith("oidc-provider/token.actions.githubusercontent.com")
    cloudformation = bootstrapped.aws("cloudformation", "shared")
    (stack,) = cloudformation.describe_stacks(StackName="slipway-bootstrap-shared")["Stacks"]
    assert (stack["StackStatus"], stack["EnableTerminationProtection"]) == ("CREATE_COMPLETE", True)


def test_again_there_is_nothing_to_change(bootstrapped: RunningSandbox) -> None:
    """And a value that is another one is an update."""
    said = _slipway(bootstrapped, "bootstrap", "-s", "shared")
    assert said.startswith(
        "nothing to change: slipway-bootstrap-shared in account 111122223333 is up to date"
    )
    more = "arn:aws:iam::111122223333:role/Platform*"
    trust = ["--trust", "arn:aws:iam::111122223333:user/platform-engineer", "--trust", more]
    told = json.loads(_slipway(bootstrapped, "bootstrap", "-s", "shared", *trust, "--format", "json"))
    assert told["changes"] == [{"action": "Modify", "resource": "Operator", "type": "AWS::IAM::Role"}]


def test_another_account_needs_a_role_of_it(bootstrapped: RunningSandbox) -> None:
    """Refused by name; in the role that AWS Organizations leaves it works, and the operator's is there."""
    said = _slipway(bootstrapped, "bootstrap", "-s", "dev", code=1)
    assert "these credentials are of account 111122223333" in said
    assert "Pulumi.dev.yaml says 222233334444 (aws:allowedAccountIds)" in said
    role = ["--role", "OrganizationAccountAccessRole"]
    proposed = _slipway(bootstrapped, "bootstrap", "-s", "dev", *role, "--dry-run")
    assert proposed.startswith("CloudFormation would make 6 changes to slipway-bootstrap-dev")
    told = json.loads(_slipway(bootstrapped, "bootstrap", "-s", "dev", *role, "--format", "json"))
    assert told["outcome"] == "bootstrapped"
    sts = bootstrapped.client("sts", {})
    session = sts.assume_role(RoleArn=told["operator_role"], RoleSessionName="ana")
    assert session["AssumedRoleUser"]["Arn"].endswith("assumed-role/slipway-operator-dev/ana")
    eve = bootstrapped.client("sts", bootstrapped.person("ana.silva"))
    with pytest.raises(eve.exceptions.ClientError, match="not authorized to perform: sts:AssumeRole"):
        eve.assume_role(RoleArn=told["operator_role"], RoleSessionName="ana")
    applier = told["operator_role"].replace("operator", "applier")
    with pytest.raises(sts.exceptions.ClientError, match="not authorized to perform: sts:AssumeRole"):
        sts.assume_role(RoleArn=applier, RoleSessionName="engineer")


def test_the_doctor_knows_what_a_sandbox_lacks(bootstrapped: RunningSandbox) -> None:
    """Its state is in a folder, its service users have the example's keys, and nobody has pinned a key."""
    told = json.loads(
        _slipway(bootstrapped, "doctor", "-s", "shared", "-s", "dev", "--format", "json", code=1)
    )
    states = {each["check"]: each["state"] for each in told["findings"]}
    assert {check for check, state in states.items() if state != "fine"} == {
        "backend",
        "service keys dev",
        "trusted keys",
    }
    assert {"bootstrap dev", "github issuer dev", "operator dev", "snowflake", "github"} <= states.keys()


def test_pulumi_works_in_what_was_made(
    shared: RunningSandbox, bootstrapped: RunningSandbox, tmp_path: Path
) -> None:
    """With the repository's own stack file: the operator's role, the bucket, the KMS key.

    The stack that came up with a state of the sandbox's is taken over, and the program sees no change but of
    the keys that are open to another operator now.
    """
    exported = tmp_path / "shared.json"
    shared.expect("stack", "export", "-s", "shared", "--file", str(exported))
    there = _in_the_bucket(bootstrapped, tmp_path / "project")
    there.expect("stack", "init", "shared", "--secrets-provider", _secrets_provider())
    there.expect("stack", "import", "-s", "shared", "--file", str(exported))
    changed = _changed(there.expect("preview", "-s", "shared", "--json", "--suppress-progress"))
    assert changed == {"aws:kms/key:Key"}
    stack_file = (tmp_path / "project" / "Pulumi.shared.yaml").read_text(encoding="utf-8")
    assert "encryptedkey: " in stack_file
    assert "encryptionsalt" not in stack_file
    keys = there.aws("s3", "shared").list_objects_v2(Bucket=BUCKET, Prefix=".pulumi/stacks/slipway/shared.")
    assert keys["KeyCount"] > 0


def _changed(preview: str) -> set[str]:
    told: dict[str, Any] = json.loads(preview)
    return {
        step["newState"]["type"]
        for step in told["steps"]
        if step["op"] != "same" and step["newState"]["type"] != "pulumi:providers:aws"
    }


def _secrets_provider() -> str:
    found = yaml.safe_load((ROOT / "Pulumi.shared.yaml").read_text(encoding="utf-8"))["secretsprovider"]
    return str(found)


def _in_the_bucket(sandbox: RunningSandbox, project: Path) -> RunningSandbox:
    """The same project with the repository's own stack file, its state in the bucket of the audit account."""
    shutil.copytree(sandbox.environment["PULUMI_OPTION_CWD"], project, symlinks=True)
    shutil.copy(ROOT / "Pulumi.shared.yaml", project / "Pulumi.shared.yaml")
    query = f"region=us-east-1&endpoint={sandbox.environment['AWS_ENDPOINT_URL']}&use_path_style=true"
    place = {"PULUMI_OPTION_CWD": str(project), "PULUMI_BACKEND_URL": f"s3://{BUCKET}?{query}"}
    return replace(sandbox, environment={**sandbox.environment, **place})
