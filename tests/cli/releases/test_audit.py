"""`slipway audit`: an auditor's questions, answered from the records alone."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from slipway.audit import Ledger
from slipway.model.digest import short
from slipway.model.environment import Environment
from slipway.model.errors import ExitCode
from slipway.model.events import DeploymentId, Event, EventKind, Outcome
from slipway.model.release import Release
from tests.cli.conftest import Ended, Slipway
from tests.cli.releases.tampering import rewrite
from tests.doubles.desk import MemoryDesk
from tests.doubles.releases import EFFECTS, NOW, approving

TABLE = "snowflake://FINEDGE.MARTS.SETTLEMENTS"
DEPLOYER = "arn:aws:sts::444455556666:assumed-role/slipway-prod-deploy/1"


@pytest.fixture
def deployment(desk: MemoryDesk, release: Release, approve: Callable[..., Ended]) -> DeploymentId:
    """The release in prod: refused to its author, approved, deployed, and once failed on the way."""
    assert approve("ana.silva").code == ExitCode.FINDINGS
    assert approve("ben.okoro").code == ExitCode.OK
    ledger = Ledger(desk.ledger)
    for attempt, kind in enumerate((EventKind.STAGE_FAILED, EventKind.STAGE_DONE), start=1):
        id_ = DeploymentId(f"prod-{short(release.digest)}-{attempt}")
        is_done = kind is EventKind.STAGE_DONE
        event = Event(
            kind=EventKind.DEPLOYMENT_OPENED,
            outcome=Outcome.SUCCESS,
            at=NOW + timedelta(hours=attempt),
            actor=DEPLOYER,
            environment=Environment.PROD,
            deployment=id_,
            release=release.digest,
            subject=id_,
        )
        ledger.open_deployment(event)
        stage = {
            "kind": kind,
            "outcome": Outcome.SUCCESS if is_done else Outcome.FAILURE,
            "subject": f"swap {TABLE}",
            "datasets": (TABLE,),
            "figures": {"rows": "315"} if is_done else {},
            "message": "" if is_done else "the control sum differs by 12.50",
        }
        ledger.record(id_, event.model_copy(update=stage))
        ledger.seal_deployment(
            event.model_copy(update={"kind": EventKind.DEPLOYMENT_SEALED, "outcome": stage["outcome"]})
        )
    return DeploymentId(f"prod-{short(release.digest)}-2")


@pytest.mark.usefixtures("deployment")
@pytest.mark.parametrize("name", [TABLE, "settlements", "MARTS.Settlements"])
def test_who_changed_this_table_and_who_allowed_it(slipway: Slipway, release: Release, name: str) -> None:
    """From the table to the pull request, its reviewers, the checks, the approver, the bytes, the rows."""
    ended = slipway("audit", "trace", name, "--events")
    lines = [line.strip() for line in ended.out.splitlines()]
    (artifact,) = release.manifest.artifacts
    expected = [
        f"release {short(release.digest)} runs; deployed 2026-11-26 14:00 UTC by slipway-prod-deploy/1 (",
        "change    #7 'Settle refunds too' by anasilva, approved by benokafor, merged by benokafor 2026-1",
        "ships     settlements: dbt",
        f"records of release {short(release.digest)}",
        "request   #7 'Settle refunds too' by anasilva",
        "checks    tree ",
        f"approved  for prod by ben.okoro ({approving('ben.okoro').arn}) at 2026-11-26 12:00",
        f"effect    in prod: {EFFECTS.effects[0].operation}",
        f"artifact  {artifact.part}  {artifact.digest}",
        f"wrote     {TABLE} in prod (prod-{short(release.digest)}-2): rows: 315",
    ]
    assert (ended.code, lines[0]) == (ExitCode.OK, TABLE)
    for beginning in expected:
        assert [line for line in lines if line.startswith(beginning)], (beginning, ended.out)


def test_denied_and_failed_attempts_are_told_too(slipway: Slipway, deployment: DeploymentId) -> None:
    """What an auditor asks next: who tried, and what went wrong."""
    short = deployment.split("-")[1]
    for subject in (TABLE, deployment, short):
        told = slipway("audit", "trace", subject).out
        assert f"ana.silva tried to approve {short} for prod: ana.silva may not approve release" in told
        assert f"swap {TABLE} failed: the control sum differs by 12.50" in told
        out = slipway("audit", "trace", subject, "--events").out
        assert "denied DENIAL" in out
        assert f"stage-failed FAILURE swap {TABLE}: the control sum differs by 12.50  by {DEPLOYER}" in out


def test_a_trace_for_programs(slipway: Slipway, deployment: DeploymentId, release: Release) -> None:
    """Manifest, evidence and events as they are stored."""
    told = json.loads(slipway("audit", "trace", release.digest, "--format", "json").out)
    (found,) = told["releases"]
    assert found["manifest"] == release.manifest.model_dump(mode="json")
    assert {each["content"]["kind"] for each in found["evidence"]} == {"check-run", "approval"}
    last = found["events"][-1]
    assert (last["chain"], last["event"]["kind"]) == (deployment, "deployment-sealed")


@pytest.mark.usefixtures("deployment")
def test_a_trace_for_a_pull_request(slipway: Slipway, release: Release) -> None:
    """Tables of markdown, whose cells hold no line breaks."""
    lines = slipway("audit", "trace", TABLE, "--format", "markdown", "--events").out.splitlines()
    assert lines[0] == f"# Trace of {TABLE}"
    assert {"## prod", f"## release {short(release.digest)}"} <= {*lines}
    assert "| at | where | event | outcome | subject | message | by | entry |" in lines


@pytest.mark.usefixtures("deployment")
def test_a_manifest_that_was_changed_is_told(slipway: Slipway, desk: MemoryDesk, release: Release) -> None:
    """The rest of the trace is still there: the ledger does not need the artifact bucket."""
    (key,) = desk.artifacts.keys("releases/")
    desk.artifacts.stored[key] = desk.artifacts.stored[key].replace(b"a", b"b", 1)
    out = slipway("audit", "trace", TABLE).out
    assert "manifest  cannot be read: release " in out
    assert "published  MARTS.SETTLEMENTS 2026-11-26 14:00 UTC" in out
    assert short(release.digest) in out


@pytest.mark.usefixtures("deployment")
@pytest.mark.parametrize(
    ("subject", "message", "remedy"),
    [
        ("snowflake://FINEDGE.MARTS.RISK", "the ledger tells nothing about", "check the spelling"),
        (
            "setlements",
            "no pipeline of workspace 'finedge' writes a table 'setlements'",
            "did you mean SETTLEMENTS?",
        ),
        ("marts.setlements", "writes a table 'marts.setlements'", "did you mean MARTS.SETTLEMENTS?"),
        ("nope", "writes a table 'nope'", "no name is near it: write a table's URI, eight digits of a rel"),
        ("snowflake://finedge.marts.x", "names no dataset", "write snowflake://FINEDGE.MARTS.X"),
        ("ffffffff", "there is no release ffffffff", "name one that slipway build printed"),
    ],
)
def test_what_nobody_knows(slipway: Slipway, subject: str, message: str, remedy: str) -> None:
    """Refused as usage, with what to write instead."""
    ended = slipway("audit", "trace", subject)
    assert ended.code == ExitCode.USAGE
    assert message in ended.err
    assert remedy in ended.err


@pytest.mark.usefixtures("deployment")
def test_older_releases_are_counted(slipway: Slipway, desk: MemoryDesk) -> None:
    """A table of seven years is answered as quickly as one of a week."""
    old = Event(
        kind=EventKind.STAGE_DONE,
        outcome=Outcome.SUCCESS,
        at=NOW - timedelta(days=400),
        actor=DEPLOYER,
        release="sha256:" + "0" * 64,
        subject="swap",
        datasets=(TABLE,),
    )
    desk.tell(old)
    desk.tell(old.model_copy(update={"release": None, "subject": "bootstrap"}))
    out = slipway("audit", "trace", TABLE, "--newest", "1").out
    assert "1 earlier releases: --newest 2 tells of all" in out
    assert "outside any release" in out
    assert "release 000000000000" in slipway("audit", "trace", TABLE).out


@pytest.mark.usefixtures("deployment")
def test_whole_records_are_said_to_be_whole(slipway: Slipway) -> None:
    """With what was looked at; a checkpoint is one more thing to compare with."""
    before = slipway("audit", "verify")
    assert (before.code, before.err.splitlines()[-1]) == (ExitCode.OK, "everything is as it was written")
    made = slipway("audit", "checkpoint")
    assert made.code == ExitCode.OK
    assert "checkpoint 0 covers 2 chains" in made.err
    assert [line.split("  ")[0] for line in made.out.splitlines()] == ["platform", "prod"]
    after = json.loads(slipway("audit", "verify", "--format", "json").out)
    assert (after["discrepancies"], after["checkpoints"]) == ([], 1)
    assert json.loads(slipway("audit", "checkpoint", "--format", "json").out)["number"] == 1


def test_one_chain_is_verified(slipway: Slipway, deployment: DeploymentId) -> None:
    """By its name; a name that is none is refused."""
    assert slipway("audit", "verify", "--chain", deployment).out == (
        "3 entries of 1 chains, 0 documents, 0 checkpoints\n"
    )
    unknown = slipway("audit", "verify", "--chain", "prod-x")
    assert unknown.code == ExitCode.USAGE
    assert "the ledger has no chain prod-x" in unknown.err


@pytest.mark.parametrize("subject", [TABLE, "release"])
def test_an_edited_entry_is_told_to_nobody(
    slipway: Slipway, desk: MemoryDesk, deployment: DeploymentId, release: Release, subject: str
) -> None:
    """A trace that an auditor cannot rely on says so by name, instead of what somebody has made of it."""
    rewrite(desk.ledger, deployment.replace("-2", "-1"), 1, "differs by 12.50", "differs by 0")
    ended = slipway("audit", "trace", release.digest if subject == "release" else subject)
    assert (ended.code, ended.out) == (ExitCode.FINDINGS, "")
    chain = f"prod-{short(release.digest)}-1"
    assert f"entry 1 of the ledger's chain {chain} was changed after it was written" in ended.err
    assert f"slipway audit verify --chain {chain}" in ended.err


@pytest.mark.parametrize("style", ["text", "json", "markdown"])
def test_tampering_is_named_and_ends_with_1(
    slipway: Slipway, desk: MemoryDesk, deployment: DeploymentId, style: str
) -> None:
    """A changed entry and an edited document, each by its name and with its remedy."""
    entry = desk.ledger.stored[deployment, 1]
    forged = entry.event.replace(b'"rows":"315"', b'"rows":"316"')
    desk.ledger.stored[deployment, 1] = type(entry)(**{**vars(entry), "event": forged})
    (document, *_) = desk.evidence.keys("evidence/")
    desk.evidence.stored[document] += b" "
    ended = slipway("audit", "verify", "--format", style)
    assert ended.code == ExitCode.FINDINGS
    assert "2 discrepancies" in ended.err
    for said in (
        f"entry 1 of the ledger's chain {deployment} was changed in the table after it was written",
        document.removeprefix("evidence/")[:12],
        "evidence-changed",
        "restore the object's first version",
    ):
        assert said in ended.out
