"""The four stacks on the real engine: they come up, stay unchanged, show drift, and protect what is kept."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway.catalog import load_workspace
from tests.golden.urns import urns
from tests.integration.running_sandbox import PACK, RunningSandbox

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden"
UP = ["--yes", "--skip-preview", "--suppress-progress"]


@pytest.fixture(scope="module")
def up(shared: RunningSandbox) -> Iterator[RunningSandbox]:
    """The sandbox with `shared` and `dev` up, and the git checkout as it was before."""
    before = _checkout()
    shared.expect("up", "-s", "dev", *UP, *PACK)
    yield shared
    assert _checkout() == before, "the sandbox wrote into the checkout"


def _checkout() -> str:
    command = ["git", "status", "--porcelain"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("stack", ["shared", "dev"])
def test_a_second_up_changes_nothing(up: RunningSandbox, stack: str) -> None:
    """Idempotence, drift included: nothing that the program declares differs from what the servers hold."""
    up.expect("preview", "-s", stack, "--refresh", "--expect-no-changes", "--suppress-progress", *PACK)


@pytest.mark.parametrize("stack", ["shared", "dev"])
def test_urns_are_those_of_the_golden_file(up: RunningSandbox, stack: str) -> None:
    """A changed URN replaces the resource: a rename needs an alias. Rewrite the file only with one.

    `python -m tests.golden.urns` writes the files from a running sandbox.
    """
    golden = (GOLDEN / f"urns-{stack}.txt").read_text(encoding="utf-8").splitlines()
    assert urns(json.loads(up.expect("stack", "export", "-s", stack))) == golden


def test_every_pipeline_has_its_role_log_and_alarm(up: RunningSandbox) -> None:
    """Asked from the servers, not from the program."""
    pipelines = load_workspace(ROOT / "examples" / "finedge").pipelines
    roles = up.aws("iam", "dev").get_paginator("list_roles").paginate().build_full_result()["Roles"]
    groups = up.aws("logs", "dev").get_paginator("describe_log_groups").paginate().build_full_result()
    alarms = up.aws("cloudwatch", "dev").get_paginator("describe_alarms").paginate().build_full_result()
    names = {pipeline.name for pipeline in pipelines}
    assert {f"slipway-dev-{name}" for name in names} <= {role["RoleName"] for role in roles}
    assert {f"/slipway/dev/{name}" for name in names} <= {
        group["logGroupName"] for group in groups["logGroups"]
    }
    assert {alarm["AlarmName"] for alarm in alarms["MetricAlarms"]} == {
        f"slipway-dev-{pipeline.name}-freshness" for pipeline in pipelines if pipeline.freshness
    }


def test_evidence_is_locked_for_seven_years(up: RunningSandbox) -> None:
    """The retention that an auditor relies on is the server's, not a tag."""
    bucket = f"finedge-shared-evidence-{up.endpoints['accounts']['shared']}"
    lock = up.aws("s3", "shared").get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    assert lock["Rule"]["DefaultRetention"] == {"Mode": "COMPLIANCE", "Years": 7}


def test_drift_shows_up_and_is_mended(up: RunningSandbox) -> None:
    """A retention changed by hand, an alarm deleted: the preview names both, `up --refresh` mends both."""
    logs, cloudwatch, alarm = (
        up.aws("logs", "dev"),
        up.aws("cloudwatch", "dev"),
        "slipway-dev-settlements-freshness",
    )
    logs.put_retention_policy(logGroupName="/slipway/dev/platform", retentionInDays=3)
    cloudwatch.delete_alarms(AlarmNames=[alarm])
    preview = up.expect("preview", "-s", "dev", "--refresh", "--diff", "--suppress-progress")
    assert re.search(r"retentionInDays: 3 => 14", preview)
    assert re.search(rf"\+ aws:cloudwatch/metricAlarm:MetricAlarm: \(create\)(\n.*){{1,20}}{alarm}", preview)
    up.expect("up", "-s", "dev", "--refresh", *UP)
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/slipway/dev/platform")["logGroups"]
    assert group["retentionInDays"] == 14
    assert len(cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]) == 1


def test_a_changed_setting_changes_what_it_should(up: RunningSandbox) -> None:
    """One setting, previewed and applied: the log groups of dev, and nothing else."""
    up.expect("config", "set", "slipway:logRetentionDays", "30", "-s", "dev")
    try:
        preview = json.loads(up.expect("preview", "-s", "dev", "--json"))
        changed = {step["urn"].split("::")[2] for step in preview["steps"] if step["op"] == "update"}
        assert {each.rsplit("$", 1)[-1] for each in changed} == {"aws:cloudwatch/logGroup:LogGroup"}
        assert preview["changeSummary"]["update"] == 13
    finally:
        up.expect("config", "set", "slipway:logRetentionDays", "14", "-s", "dev")


def test_protected_resources_refuse_deletion_by_name(up: RunningSandbox) -> None:
    """`destroy` without `--exclude-protected` names in its preview what it will not delete; nothing goes."""
    refused = up.pulumi("destroy", "-s", "dev", "--yes", "--suppress-progress")
    assert refused.returncode != 0
    output = refused.stdout + refused.stderr
    assert "aws:dynamodb/table:Table::release-journal" in output
    assert "protected" in output
    assert "slipway-dev-journal" in up.aws("dynamodb", "dev").list_tables()["TableNames"]
    assert up.aws("iam", "dev").get_role(RoleName="slipway-dev-deploy")["Role"]
