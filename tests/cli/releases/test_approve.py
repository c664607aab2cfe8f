"""`slipway approve`: who may, who may not, and what the ledger hears of it."""

import json
from collections.abc import Callable

import pytest

from slipway.model.environment import Environment
from slipway.model.events import EventKind, Outcome
from slipway.model.release import Release
from slipway.ports.ledger import LedgerStoreError
from slipway.ports.source_control_results import Carried
from slipway.release.effects_record import EffectsRecord
from tests.cli.conftest import Ended, Slipway
from tests.doubles.desk import MemoryDesk
from tests.doubles.releases import EFFECTS, REQUEST


def test_an_approval_is_written_once_and_told(desk: MemoryDesk, approve: Callable[..., Ended]) -> None:
    """It shows the effects, says until when it holds, and again changes nothing."""
    ended = approve("ben.okoro")
    assert ended.code == 0, ended.err
    assert ended.out.startswith("ben.okoro approves ")
    assert ended.out.endswith("until 2026-11-29 12:00 UTC\n")
    assert "publish  snowflake://FINEDGE.MARTS.SETTLEMENTS  (undone by: pointer)" in ended.err
    (event,) = [event for event in desk.told if event.kind is EventKind.APPROVED]
    assert (event.subject, event.environment) == ("ben.okoro", Environment.PROD)
    before, told = dict(desk.evidence.stored), len(desk.told)
    again = approve("ben.okoro", "--hours", "1")
    assert (again.code, desk.evidence.stored, len(desk.told)) == (0, before, told)
    assert "you have approved this before" in again.err


@pytest.mark.parametrize(
    ("person", "message"),
    [
        ("ana.silva", "ana.silva may not approve release"),
        ("grace.kim", "grace.kim may not approve: the running release gives them no role approver"),
        ("eve", "arn:aws:iam::111122223333:user/eve is nobody of the team"),
    ],
)
def test_who_may_not_approve_is_refused_and_told(
    desk: MemoryDesk, approve: Callable[..., Ended], person: str, message: str
) -> None:
    """Self-approval, no role, nobody: exit code 1, nothing written but the denial."""
    before = dict(desk.evidence.stored)
    ended = approve(person)
    assert (ended.code, ended.out) == (1, "")
    assert f"error: {message}" in ended.err
    assert desk.evidence.stored == before
    (event,) = [event for event in desk.told if event.kind is EventKind.DENIED]
    assert (event.outcome, event.actor) == (Outcome.DENIAL, f"arn:aws:iam::111122223333:user/{person}")
    assert event.subject.startswith("approve ")
    assert message in event.message


def test_who_may_not_take_one_back_is_refused_and_told(
    desk: MemoryDesk, approve: Callable[..., Ended]
) -> None:
    """As who may not give one: a stranger's attempt is on record."""
    ended = approve("eve", "--revoke")
    assert ended.code == 1
    (event,) = [event for event in desk.told if event.kind is EventKind.DENIED]
    assert event.subject.startswith("take back an approval of ")
    assert event.actor.endswith(":user/eve")


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        (("--hours", "0"), 2, "an approval cannot hold for 0 hours"),
        (("--hours", "169"), 2, "an approval cannot hold for 169 hours"),
        (("--effects", "abcdef012345"), 2, "'abcdef012345' is no digest of effects"),
        (("--effects", "sha256:" + "0" * 64), 1, "was never explained in prod with effects 000000000000"),
        (("-s", "dev"), 2, "dev asks for no approval"),
        (("-s", "staging"), 1, "was never explained in staging"),
    ],
)
def test_an_approval_of_what_cannot_be_approved(
    desk: MemoryDesk, approve: Callable[..., Ended], more: tuple[str, ...], code: int, message: str
) -> None:
    """Refused before anything is signed."""
    before, told = dict(desk.evidence.stored), len(desk.told)
    ended = approve("ben.okoro", *more)
    assert (ended.code, ended.out) == (code, "")
    assert message in ended.err
    assert (desk.evidence.stored, len(desk.told)) == (before, told)


def test_a_time_that_cannot_be_is_refused_before_anything_is_read(slipway: Slipway, release: Release) -> None:
    """Nobody reads effects, and is told of the time then."""
    ended = slipway("approve", release.digest, "-s", "prod", "--hours", "999")
    assert ended.code == 2
    assert "an approval cannot hold for 999 hours" in ended.err
    assert "verifying" not in ended.err


def test_an_approval_without_effects_says_which_command_prints_them(
    slipway: Slipway, release: Release
) -> None:
    """Nobody approves what they have not seen."""
    ended = slipway("approve", release.digest, "-s", "prod")
    assert ended.code == 2
    assert f"slipway deploy {release.digest[7:19]} -s prod --explain prints them" in ended.err


def test_without_credentials_nobody_approves(approve: Callable[..., Ended]) -> None:
    """Exit code 3: it is not known who asks."""
    ended = approve("")
    assert (ended.code, ended.out) == (3, "")
    assert "there are no AWS credentials" in ended.err


def test_what_cannot_be_told_to_the_ledger_is_not_done_unnoticed(
    desk: MemoryDesk, approve: Callable[..., Ended]
) -> None:
    """Exit code 3; the next run completes what the first has begun."""
    desk.ledger.reachable = False
    assert approve("ben.okoro").code == 3
    desk.ledger.reachable = True
    assert approve("ben.okoro").code == 0
    assert len([event for event in desk.told if event.kind is EventKind.APPROVED]) == 1


def test_an_approval_that_the_ledger_does_not_hear_of_is_said_to_count(
    desk: MemoryDesk, approve: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 4: whoever is told of a failure would ask somebody else, and two would have approved."""
    appended = desk.ledger.append
    monkeypatch.setattr(desk.ledger, "append", _unreachable)
    ended = approve("ben.okoro")
    assert ended.code == 4
    assert "your approval is given, and counts; the ledger has not been told yet" in ended.err
    monkeypatch.setattr(desk.ledger, "append", appended)
    again = approve("ben.okoro")
    assert (again.code, [event.kind for event in desk.told].count(EventKind.APPROVED)) == (0, 1)


def _unreachable(_: object) -> None:
    raise LedgerStoreError("the ledger does not answer", remedy="look at DynamoDB")


def test_an_approval_is_taken_back_by_its_giver(
    desk: MemoryDesk, slipway: Slipway, release: Release, approve: Callable[..., Ended]
) -> None:
    """Told to the ledger; again, there is nothing to take back."""
    approve("ben.okoro")
    desk.clock.wait(1)
    taken = approve("ben.okoro", "--revoke")
    assert taken.code == 0
    assert "ben.okoro has taken back every approval of it in prod" in taken.err
    assert [event.subject for event in desk.told if event.kind is EventKind.APPROVAL_REVOKED] == ["ben.okoro"]
    assert "has no approval of it that holds" in approve("ben.okoro", "--revoke").err
    assert "0 of 2 approvals" in slipway("gate", "explain", release.digest, "-s", "prod").out


def test_a_release_with_a_nameless_committer_cannot_be_approved(desk: MemoryDesk, slipway: Slipway) -> None:
    """Nobody can tell whether it was the approver."""
    desk.pull_requests.carries = Carried(
        pull_requests=(REQUEST.model_copy(update={"committers": ("someone@home.example",)}),)
    )
    built = slipway("build", "--format", "json")
    assert (
        "warning: it cannot be told whether someone@home.example, who wrote of it, is one of the approvers: "
        "the gate approvals will refuse this release; have them add the address to their GitHub account, then"
    ) in built.err
    digest = json.loads(built.out)["release"]
    effects = EffectsRecord(desk.evidence).keep(digest, Environment.PROD, EFFECTS)
    desk.identity.person = "ben.okoro"
    ended = slipway("approve", digest, "-s", "prod", "--effects", effects)
    assert ended.code == 1
    assert "someone@home.example" in ended.err
    assert "add the address to their GitHub account" in ended.err
