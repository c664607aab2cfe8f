"""A merged pull request becomes a release, people approve it, and what was changed in AWS is found.

At the end another one goes to dev and back by the buildspecs' own commands, each as the role of its build.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from slipway.attest.bundle import artifact_key
from slipway.audit import EvidenceStore, Ledger
from slipway.cli.desk import Desk, effects_of, releases_of
from slipway.model.environment import Environment, StackName
from slipway.model.events import Event, EventKind, Outcome
from slipway.model.evidence import VerdictResult
from slipway.model.release import Release
from slipway.model.subjects import APPROVE, ARTIFACTS, EVIDENCE
from tests.doubles.releases import EFFECTS, NOW, verdict
from tests.integration.release.build_machine import BuildMachine
from tests.integration.release.conftest import As
from tests.integration.release.stage import DAG, PEOPLE, Stage, merge_a_change

pytestmark = pytest.mark.integration


def _told(desk: Desk, release: Release) -> list[Event]:
    return [Event.model_validate_json(entry.event) for entry in desk.ledger.about(release.digest)]


def test_a_merged_pull_request_is_a_release(run_as: As, release: Release, desk: Desk, merged: Path) -> None:
    """With who made and reviewed it; building it again writes nothing."""
    (request,) = release.manifest.pull_requests
    assert (request.author, request.merged_by) == ("anasilva", "benokoro")
    assert [(review.login, review.state) for review in request.reviews] == [("benokoro", "APPROVED")]
    assert [str(artifact.part) for artifact in release.manifest.artifacts] == ["settlements/dbt"]
    assert len(release.manifest.evidence) == 1
    before = desk.artifacts.keys("")
    again = run_as("grace.kim", "build", "--evidence", str(merged))
    assert again.code == 0, again.err
    assert "was built before" in again.err
    assert desk.artifacts.keys("") == before
    built = [event for event in _told(desk, release) if event.kind is EventKind.BUILT]
    assert [event.actor for event in built] == ["arn:aws:iam::111122223333:user/grace.kim"]


def test_a_copy_of_the_bucket_is_verified_without_aws(
    run_as: As, release: Release, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the pinned key alone; what was changed in it is named."""
    for key in desk.artifacts.keys(""):
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(desk.artifacts.read(key).content)
    file = tmp_path / f"releases/{release.digest[7:]}.json"
    ended = run_as("grace.kim", "release", "verify", str(file))
    assert ended.code == 0, ended.err
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    artifact = release.manifest.artifacts[0]
    (tmp_path / artifact_key(artifact.digest)).write_bytes(b"edited")
    ended = run_as("grace.kim", "release", "verify", str(file))
    assert ended.code == 1
    assert f"artifact settlements/dbt ({artifact.digest[7:19]}) was changed" in ended.out


@contextmanager
def _overwritten(stage: Stage, bucket: str, key: str, content: bytes) -> Iterator[None]:
    """Have somebody with every right put other bytes over an object, and put the first ones back."""
    s3 = stage.aws("s3")
    before = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.put_object(Bucket=bucket, Key=key, Body=content)
    try:
        yield
    finally:
        s3.put_object(Bucket=bucket, Key=key, Body=before)


def test_what_was_changed_in_the_bucket_is_refused_by_name(
    run_as: As, release: Release, stage: Stage, merged: Path
) -> None:
    """An artifact, and a manifest."""
    bucket = stage.estate.shared.naming.bucket(ARTIFACTS)
    name, artifact = release.digest[7:19], release.manifest.artifacts[0]
    with _overwritten(stage, bucket, artifact_key(artifact.digest), b"edited"):
        ended = run_as("grace.kim", "release", "verify", name)
        assert ended.code == 1
        assert "artifact settlements/dbt" in ended.out
        ended = run_as("grace.kim", "build", "--evidence", str(merged))
        assert ended.code == 1
        assert "error: artifact settlements/dbt" in ended.err
    with _overwritten(stage, bucket, f"releases/{release.digest[7:]}.json", b"{}"):
        ended = run_as("grace.kim", "release", "show", name)
        assert (ended.code, ended.out) == (1, "")
        assert f"release {name} is not in a DSSE envelope" in ended.err


def test_two_people_let_a_release_into_prod(run_as: As, release: Release, desk: Desk) -> None:
    """Its author may not, and that is told; the gates open when everything is there."""
    name = release.digest[7:19]
    digest = effects_of(desk).keep(release.digest, Environment.PROD, EFFECTS)
    asked = ("approve", name, "-s", "prod", "--effects", digest, "--token-code", "123456")
    gates = ("gate", "explain", name, "-s", "prod", "--format", "json")
    assert run_as("grace.kim", *gates).code == 1
    denied = run_as("ana.silva", *asked)
    assert denied.code == 1
    assert f"ana.silva may not approve release {name}: they opened #1" in denied.err
    for person in ("ben.okoro", "henrik.olsen"):
        given = run_as(person, *asked)
        assert given.code == 0, given.err
    _judge(desk, release)
    ended = run_as("grace.kim", *gates)
    assert ended.code == 0, ended.out
    assert [gate["state"] for gate in json.loads(ended.out)["gates"]] == ["passed"] * 4
    told = [(event.kind, event.actor.rpartition("/")[2]) for event in _told(desk, release)]
    assert (EventKind.DENIED, "ana.silva") in told
    assert told.count((EventKind.APPROVED, "ben.okoro")) == 1


def test_an_approval_asks_for_a_second_factor(run_as: As, release: Release, desk: Desk) -> None:
    """Without one nothing is written."""
    digest = effects_of(desk).keep(release.digest, Environment.STAGING, EFFECTS)
    asked = ("approve", release.digest[7:19], "-s", "staging", "--effects", digest)
    for factor in ((), ("--token-code", "12345")):
        ended = run_as("ben.okoro", *asked, *factor)
        assert (ended.code, ended.out) == (2, "")
        assert "an approval needs your second factor" in ended.err
    assert desk.evidence.keys(f"approvals/{release.digest[7:]}/staging/") == ()


def _judge(desk: Desk, release: Release) -> None:
    """Staging's deployment of it, in short: opened, found healthy, sealed."""
    healthy = verdict(release, Environment.STAGING, VerdictResult.HEALTHY)
    evidence = EvidenceStore(desk.evidence, desk.clock).put(healthy)
    event = Event(
        kind=EventKind.VERDICT,
        outcome=Outcome.SUCCESS,
        at=NOW,
        actor="arn:aws:iam::333344445555:role/slipway-staging-deploy",
        environment=Environment.STAGING,
        deployment=healthy.deployment,
        release=release.digest,
        subject="staging",
        evidence=(evidence,),
    )
    ledger = Ledger(desk.ledger)
    ledger.open_deployment(event.model_copy(update={"kind": EventKind.DEPLOYMENT_OPENED, "evidence": ()}))
    ledger.record(healthy.deployment, event)
    ledger.seal_deployment(event.model_copy(update={"kind": EventKind.DEPLOYMENT_SEALED, "evidence": ()}))


def test_nobody_approves_in_anothers_name(release: Release, stage: Stage) -> None:
    """The bucket itself refuses; the engineer's own rights do not help."""
    bucket = stage.estate.shared.naming.bucket(EVIDENCE)
    role = stage.aws("iam").get_role(RoleName=stage.estate.shared.naming.role(APPROVE))["Role"]["RoleId"]
    own = [stage.aws("sts", person).get_caller_identity()["UserId"] for person in (None, *PEOPLE)]
    for person, user_id in zip((None, *PEOPLE), own, strict=True):
        for name in (f"{role}:ben.okoro", user_id):  # their own id too: a user's has no name in it
            key = f"approvals/{release.digest[7:]}/prod/{name}/approval-x.json"
            with pytest.raises(ClientError, match="403"):
                stage.aws("s3", person).put_object(Bucket=bucket, Key=key, Body=b"{}")


def test_a_cloud_that_does_not_answer_is_the_environments_failure(run_as: As, release: Release) -> None:
    """Exit code 3, with what to look at; nothing was decided."""
    for words in (
        ("release", "show", release.digest),
        ("gate", "explain", release.digest, "-s", "prod"),
        ("approve", release.digest, "-s", "prod", "--effects", release.digest),
    ):
        ended = run_as("grace.kim", *words, AWS_ENDPOINT_URL="http://127.0.0.1:9")
        assert (ended.code, ended.out) == (3, ""), words
        assert "AWS does not answer" in ended.err


def test_an_auditor_follows_the_release_and_proves_the_records(run_as: As, release: Release) -> None:
    """From its digest to the pull request and the bytes; nobody has touched what tells it."""
    name = release.digest[7:19]
    traced = run_as("henrik.olsen", "audit", "trace", name, "--events")
    assert traced.code == 0, traced.err
    (artifact,) = release.manifest.artifacts
    for said in (
        f"release {name}",
        "request   #1 ",
        "checks    tree ",
        f"{artifact.part}  {artifact.digest}",
    ):
        assert said in traced.out
    assert run_as("henrik.olsen", "audit", "checkpoint").code == 0
    proved = run_as("henrik.olsen", "audit", "verify")
    assert (proved.code, proved.err.splitlines()[-1]) == (0, "everything is as it was written"), proved.out


@pytest.fixture(scope="module")
def machine(stage: Stage) -> BuildMachine:
    """A change of a DAG, merged, and where it is built."""
    merge_a_change(stage, "dags/revenue.py", DAG.replace("minutes=5", "minutes=10"), "retries")
    return BuildMachine.made(stage)


def test_a_merge_goes_to_dev_and_back(machine: BuildMachine, desk: Desk) -> None:
    """Built unsigned, signed by another, deployed once however often it is told, taken back, proved."""
    built = machine.run(StackName.SHARED, "build")
    assert built.code == 0, built.err
    (key,) = desk.artifacts.keys("unsigned/")
    early = machine.run(StackName.DEV, "deploy", RELEASE=key)
    assert early.code == 1
    assert "is built and not signed" in early.err

    signed = machine.run(StackName.SHARED, "sign", RELEASE=key)
    assert signed.code == 0, signed.err
    name = key.removeprefix("unsigned/").removesuffix(".json")
    release = releases_of(desk).read(releases_of(desk).find(name))
    assert [str(artifact.part) for artifact in release.manifest.artifacts] == ["revenue/dag"]
    builders = [event.actor for event in _told(desk, release) if event.kind is EventKind.BUILT]
    assert [actor.split("/")[1] for actor in builders] == ["slipway-shared-build"]

    deployed = machine.run(StackName.DEV, "deploy", RELEASE=f"releases/{name}.json")
    assert deployed.code == 0, deployed.out + deployed.err
    document = desk.documents(Environment.DEV).newest(Environment.DEV)
    assert document is not None
    assert release.digest in {entry.release for entry in document.entries}
    assert machine.run(StackName.DEV, "tick").code == 0

    back = machine.run(StackName.DEV, "rollback", PIPELINE="revenue", REASON="INC-7")
    assert back.code == 0, back.out + back.err
    again = machine.run(StackName.DEV, "deploy", RELEASE=name)
    assert (again.code, again.out) == (0, ""), again.err
    assert "has ended (completed): left alone" in again.err

    proved = machine.run(StackName.SHARED, "audit")
    assert proved.code == 0, proved.out + proved.err
    assert "everything is as it was written" in proved.err
