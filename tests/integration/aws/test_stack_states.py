"""States of a stack in a versioned bucket, by the real Pulumi CLI: what deployments leave, and others.

The program has nothing that the packs ask of a stack (a budget), so no pack runs here; its digest is told.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from slipway.adapters.aws import DynamoLedger, S3StackVersions, StateBucket
from slipway.adapters.policies import FolderPolicies
from slipway.adapters.pulumi import PulumiEngine
from slipway.adapters.system_clock import SystemClock
from slipway.attest import digest_of
from slipway.attest.bundle import BundledFile, artifact_key, pack
from slipway.audit import Ledger
from slipway.audit.stack_audit import StackAudit, record_states
from slipway.audit.stack_states import StackHistory
from slipway.cli.console import Format
from slipway.cli.rollout_desk import LedgerChronicle
from slipway.cli.stack_history_view import render_histories
from slipway.environment.composition import Compositions
from slipway.model.deployment import Purpose
from slipway.model.environment import Environment, StackName
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.events import DeploymentId
from slipway.model.parts import PartId
from slipway.model.pipeline import PartKind, PipelineName
from slipway.model.policy_report import PolicyPack
from slipway.model.stack_states import BEGINNING, Span
from slipway.ports.reporter import SilentReporter
from slipway.ports.stack_engine import StackEngineError, VersionsNotKept
from slipway.rollout.change import Change, change_of
from slipway.rollout.deployments import Deployments
from slipway.rollout.ground import Ground
from slipway.rollout.handlers.platform import ApplyPlatformHandler
from slipway.rollout.planned import Plan
from slipway.rollout.stack_updates import StackUpdates
from slipway.rollout.stages import ApplyPlatform
from slipway.stages import Completed, Handlers
from tests.doubles.deployments import MemoryJournal
from tests.doubles.records import MemoryDocuments, MemoryLeases, MemoryObjects
from tests.integration.aws.front import REGION

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
BUCKET = "finedge-shared-state"
ENTRY = PartId(PipelineName("revenue"), PartKind.ENTRY)


class Site:
    """A stack of the CLI's, its state in a bucket, and what deploys into it."""

    def __init__(self, platform: Path, scratch: Path, versions: S3StackVersions, store: DynamoLedger) -> None:
        self.platform, self.versions, self.store = platform, versions, store
        self.clock = SystemClock()
        self.documents, self.artifacts = MemoryDocuments(), MemoryObjects()
        self.journal, self.leases = MemoryJournal(), MemoryLeases()
        self.compositions = Compositions(artifacts=self.artifacts, folder=scratch)
        self.documents.add(
            EnvironmentDocument(
                environment=Environment.DEV, version=1, entries=(self.entry("1"),), deployment="bootstrap"
            )
        )

    def entry(self, text: str) -> Entry:
        """A catalog entry of revenue."""
        content = pack([BundledFile(path="catalog/revenue.yaml", content=text.encode())])
        self.artifacts.create(artifact_key(digest_of(content)), content)
        return Entry(part=ENTRY, artifact=digest_of(content), release=None, commit="c" * 40)

    def deploy(self, text: str) -> DeploymentId:
        """Update the stack from another entry, as a deployment does."""
        document = self.documents.newest(Environment.DEV)
        assert document is not None
        change: Change = change_of(document, [self.entry(text)], [])
        plan = Plan(
            purpose=Purpose.DEPLOY,
            release=digest_of(text.encode()),
            pipelines=(PipelineName("revenue"),),
            stages=(ApplyPlatform(target="dev", change=change),),
        )
        deployments = Deployments(
            journal=self.journal,
            leases=self.leases,
            handlers=self._handlers,
            chronicle=LedgerChronicle(Ledger(self.store)),
            reporter=SilentReporter(),
            clock=self.clock,
            actor="arn:aws:iam::111122223333:user/grace.kim",
        )
        id_ = deployments.unused(Environment.DEV, plan.purpose, plan.release)
        assert deployments.begin(id_, Environment.DEV, plan) == Completed()
        return id_

    @property
    def _handlers(self) -> Handlers:
        updates = StackUpdates(versions=self.versions, policies=policies)
        handler = ApplyPlatformHandler(
            ground=Ground(documents=self.documents, compositions=self.compositions),
            engine=PulumiEngine(self.platform),
            updates=updates,
        )
        return Handlers({"apply-platform": handler})

    def by_hand(self, workspace: Path, text: str) -> None:
        """Update the stack as anybody does who has the rights: without a pack."""
        (workspace / "catalog").mkdir(parents=True, exist_ok=True)
        (workspace / "catalog" / "revenue.yaml").write_text(text, encoding="utf-8")
        stack_file = self.platform / "Pulumi.dev.yaml"
        settings = yaml.safe_load(stack_file.read_text(encoding="utf-8"))
        settings["config"] = {"slipway:workspace": str(workspace)}
        stack_file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        _pulumi(self.platform, "up", "-s", "dev", "--yes", "--skip-preview")

    @property
    def history(self) -> StackHistory:
        """What the audit says."""
        audit = StackAudit(store=self.store, versions=self.versions)
        return audit.history(StackName.DEV, self.clock.now() + timedelta(seconds=1))


def policies() -> str:
    """The digest of this checkout's policies."""
    return FolderPolicies(ROOT).rules(PolicyPack.BASELINE, None).digest


def _pulumi(platform: Path, *arguments: str) -> None:
    command = ["pulumi", *arguments, "--cwd", str(platform), "--non-interactive"]
    ended = subprocess.run(command, env=os.environ, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture
def s3(aws: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """S3 with a versioned bucket, which is Pulumi's backend."""
    client = aws("s3")
    client.create_bucket(Bucket=BUCKET)
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    query = f"region={REGION}&endpoint={os.environ['AWS_ENDPOINT_URL']}&use_path_style=true"
    for name, value in {
        "PULUMI_BACKEND_URL": f"s3://{BUCKET}/team?{query}",
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PULUMI_OPTION_CWD", raising=False)
    yield client
    listed = client.get_paginator("list_object_versions").paginate(Bucket=BUCKET)
    for page in listed:
        for each in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
            client.delete_object(Bucket=BUCKET, Key=each["Key"], VersionId=each["VersionId"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def versions(s3: Any) -> S3StackVersions:
    """As production opens them."""
    assert s3
    bucket = StateBucket.of(os.environ["PULUMI_BACKEND_URL"])
    assert bucket is not None
    return S3StackVersions(bucket.client("eu-west-1"), bucket, "slipway")


@pytest.fixture
def site(versions: S3StackVersions, ledger: DynamoLedger, tmp_path: Path) -> Site:
    """A stack that has been initialised."""
    platform = tmp_path / "platform"
    shutil.copytree(ROOT / "tests" / "integration" / "programs" / "entries", platform)
    (platform / ".venv").symlink_to(ROOT / ".venv")
    _pulumi(platform, "stack", "init", "dev")
    return Site(platform, tmp_path / "compositions", versions, ledger)


def test_a_deployment_is_covered_and_a_plain_update_is_named(site: Site, tmp_path: Path) -> None:
    """Taken on, deployed, updated by hand without the pack, taken on record: each state has its place."""
    newest = site.versions.newest(StackName.DEV)
    assert newest is not None
    record_states(
        Ledger(site.store),
        StackName.DEV,
        [Span(after=BEGINNING, until=newest)],
        reason="dev was taken on",
        actor="grace",
        at=site.clock.now(),
    )
    deployment = site.deploy("2")
    covered = site.history
    assert covered.is_answered_for
    assert [each.policies for each in covered.updates] == [(), (policies(),)]
    made, deployed = (each.versions for each in covered.updates)
    assert (made + deployed, deployed > made) == (covered.versions, True)
    site.by_hand(tmp_path / "by-hand", "3")
    (row,) = site.history.unanswered
    assert (row.fault.value, row.versions) == ("unrecorded", site.history.versions - covered.versions)
    told = render_histories([site.history], Format.TEXT)
    assert f"{deployment}, under policies {policies()[7:19]}" in told
    assert "no deployment wrote them: an update without the policies [unrecorded]" in told
    again = site.deploy("4")
    assert site.history.unanswered == (row,)
    assert site.history.updates[-1].event.deployment == again
    record_states(
        Ledger(site.store), StackName.DEV, [row.span], reason="agreed", actor="ana", at=site.clock.now()
    )
    assert site.history.is_answered_for


def test_versions_are_told_oldest_first(s3: Any, versions: S3StackVersions) -> None:
    """Also over a compression that was switched on, and over a removal; copies are no states."""
    folder = "team/.pulumi/stacks/slipway/"
    written = [
        s3.put_object(Bucket=BUCKET, Key=folder + name, Body=b"x" * size)["VersionId"]
        for size, name in enumerate(("dev.json", "dev.json.bak", "dev.json", "dev2.json"), start=1)
    ]
    assert versions.newest(StackName.DEV) == written[2]
    removed = s3.delete_object(Bucket=BUCKET, Key=f"{folder}dev.json")["VersionId"]
    assert versions.newest(StackName.DEV) is None
    packed = s3.put_object(Bucket=BUCKET, Key=f"{folder}dev.json.zst", Body=b"x")["VersionId"]
    found = versions.versions(StackName.DEV)
    assert [(each.id, each.size, each.removed) for each in found] == [
        (written[0], 1, False),
        (written[2], 3, False),
        (removed, 0, True),
        (packed, 1, False),
    ]
    assert versions.newest(StackName.DEV) == packed
    assert versions.versions(StackName.PROD) == ()


def test_a_bucket_without_versions_cannot_be_judged(s3: Any, versions: S3StackVersions) -> None:
    """Never a pass: what was overwritten has gone."""
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    s3.put_object(Bucket=BUCKET, Key="team/.pulumi/stacks/slipway/dev.json", Body=b"x")
    assert versions.newest(StackName.DEV) is None
    with pytest.raises(VersionsNotKept, match=f"not kept in s3://{BUCKET}, which is not versioned"):
        versions.versions(StackName.DEV)


def test_a_bucket_that_is_not_there(aws: Callable[[str], Any]) -> None:
    """It is named, with what makes it."""
    bucket = StateBucket.of("s3://nowhere")
    assert bucket is not None
    with pytest.raises(
        StackEngineError, match=r"s3://nowhere/\.pulumi/stacks/slipway/dev\.json: AWS answers"
    ):
        S3StackVersions(aws("s3"), bucket, "slipway").versions(StackName.DEV)
