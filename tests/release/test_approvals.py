"""Approvals: who may give one, that it is kept once, taken back for good, and not believed once changed."""

import base64
import json
from datetime import timedelta

import pytest

from slipway.attest.faults import AttestationRefused, BadSignature, UnknownKey
from slipway.model.approval_policy import LASTS, LASTS_AT_LEAST, LASTS_AT_MOST
from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.errors import ExitCode
from slipway.release.approvals import ApprovalDenied, Approvals, DurationUnfit, consider
from tests.doubles.local_signer import LocalSigner
from tests.doubles.records import MemoryObjects
from tests.doubles.releases import EFFECTS, NOW, REQUEST, approval, principal, release

SIGNER = LocalSigner()
RELEASE = release()
PROD = Environment.PROD
BEN = approval("ben.okafor", RELEASE)


@pytest.fixture
def objects() -> MemoryObjects:
    """An empty evidence bucket."""
    return MemoryObjects()


def _approvals(objects: MemoryObjects) -> Approvals:
    return Approvals(objects, [SIGNER.pinned], RELEASE.digest, PROD)


def test_an_approval_names_release_environment_effects_and_end() -> None:
    """All of it is signed, so none of it can be used for anything else."""
    given = consider(RELEASE, PROD, EFFECTS, principal("ben.okafor"), now=NOW, lasts=LASTS)
    assert (given.release, given.environment, given.effects) == (RELEASE.digest, PROD, EFFECTS)
    assert given.effects_digest == BEN.effects_digest
    assert (given.approver.person, given.at, given.expires) == ("ben.okafor", NOW, NOW + timedelta(hours=72))


@pytest.mark.parametrize(
    ("who", "committers", "message"),
    [
        ("ana.silva", (), "ana.silva may not approve release {id}: they opened #7"),
        ("ben.okafor", ("BenOkafor",), "ben.okafor may not approve release {id}: they wrote commits of #7"),
        ("grace.kim", (), "grace.kim may not approve: the running release gives them no role approver"),
        (
            "ben.okafor",
            ("b@home.example",),
            "it cannot be told whether b@home.example, who wrote of it, is ben.okafor",
        ),
    ],
)
def test_who_may_not_approve(who: str, committers: tuple[str, ...], message: str) -> None:
    """Refused before anything is written; the command tells the ledger."""
    of = release(pull_requests=(REQUEST.model_copy(update={"committers": committers}),))
    with pytest.raises(ApprovalDenied) as denied:
        consider(of, PROD, EFFECTS, principal(who), now=NOW, lasts=LASTS)
    assert denied.value.message == message.format(id=of.digest[7:19])
    assert denied.value.exit_code is ExitCode.FINDINGS


@pytest.mark.parametrize(
    "lasts", [LASTS_AT_LEAST - timedelta(seconds=1), LASTS_AT_MOST + timedelta(seconds=1)]
)
def test_an_approval_holds_neither_too_short_nor_too_long(lasts: timedelta) -> None:
    """The limits themselves are allowed."""
    ben = principal("ben.okafor")
    with pytest.raises(DurationUnfit) as refused:
        consider(RELEASE, PROD, EFFECTS, ben, now=NOW, lasts=lasts)
    assert refused.value.remedy == "write from 1 to 168 hours: --hours N"
    for limit in (LASTS_AT_LEAST, LASTS_AT_MOST):
        assert consider(RELEASE, PROD, EFFECTS, ben, now=NOW, lasts=limit).expires == NOW + limit


def test_it_is_kept_below_its_givers_own_user_id(objects: MemoryObjects) -> None:
    """The bucket's policy lets a principal write there and nowhere else."""
    given = _approvals(objects).give(BEN, SIGNER, into=objects)
    assert given.new
    assert objects.writes == [
        f"approvals/{RELEASE.digest[7:]}/prod/AROAAPPROVE:ben.okafor/approval-{given.digest[7:]}.json"
    ]
    assert _approvals(objects).standing() == (BEN,)


def test_the_same_approval_again_writes_nothing(objects: MemoryObjects) -> None:
    """As long as it holds."""
    first = _approvals(objects).give(BEN, SIGNER, into=objects)
    later = BEN.model_copy(update={"at": BEN.at + timedelta(hours=1)})
    again = _approvals(objects).give(later, SIGNER, into=objects)
    assert (again.new, again.digest, again.approval) == (False, first.digest, BEN)
    assert len(objects.writes) == 1


@pytest.mark.parametrize(
    "changes", [{"at": BEN.expires, "expires": BEN.expires + LASTS}, {"effects": Effects.of([])}]
)
def test_an_expired_one_or_one_of_other_effects_is_given_anew(
    objects: MemoryObjects, changes: dict[str, object]
) -> None:
    """It is another approval."""
    changes.setdefault("effects_digest", BEN.effects_digest)
    anew = consider(RELEASE, PROD, Effects.of([]), principal("ben.okafor"), now=NOW, lasts=LASTS)
    anew = anew if "effects" in changes else BEN.model_copy(update=changes)
    _approvals(objects).give(BEN, SIGNER, into=objects)
    assert _approvals(objects).give(anew, SIGNER, into=objects).new
    assert _approvals(objects).standing() == tuple(sorted((BEN, anew), key=lambda each: each.at))


def test_what_is_taken_back_stays_taken_back(objects: MemoryObjects) -> None:
    """Only of who takes it back, and only what they gave before."""
    ines = approval("ines.duarte", RELEASE)
    for each in (BEN, ines):
        _approvals(objects).give(each, SIGNER, into=objects)
    taken = _approvals(objects).revoke(principal("ben.okafor"), SIGNER, now=NOW, into=objects)
    assert taken is not None
    assert _approvals(objects).standing() == (ines,)
    again = consider(
        RELEASE, PROD, EFFECTS, principal("ben.okafor"), now=NOW + timedelta(minutes=1), lasts=LASTS
    )
    assert _approvals(objects).give(again, SIGNER, into=objects).new
    assert _approvals(objects).standing() == (ines, again)


def test_nothing_is_taken_back_where_nothing_stands(objects: MemoryObjects) -> None:
    """And nothing is written."""
    _approvals(objects).give(BEN, SIGNER, into=objects)
    assert _approvals(objects).revoke(principal("ines.duarte"), SIGNER, now=NOW, into=objects) is None
    assert len(objects.writes) == 1


def _tampered(content: bytes) -> bytes:
    envelope = json.loads(content)
    payload = base64.b64decode(envelope["payload"]).replace(b"2026-11-29", b"2036-11-29")
    envelope["payload"] = base64.b64encode(payload).decode()
    return json.dumps(envelope, separators=(",", ":"), sort_keys=True).encode()


def test_a_changed_approval_is_refused_by_name(objects: MemoryObjects) -> None:
    """Ten years more to run, in an envelope that is otherwise well."""
    _approvals(objects).give(BEN, SIGNER, into=objects)
    (key,) = objects.stored
    objects.stored[key] = _tampered(objects.stored[key])
    with pytest.raises(BadSignature, match=f"^{key} was changed after it was signed"):
        _approvals(objects).standing()


def test_an_approval_that_somebody_else_signed_is_refused(objects: MemoryObjects) -> None:
    """Who may write to the bucket is not yet who may sign."""
    _approvals(objects).give(BEN, LocalSigner(), into=objects)
    with pytest.raises(UnknownKey, match="is no trusted key"):
        _approvals(objects).standing()


def test_an_approval_below_a_folder_of_a_folder_is_refused(objects: MemoryObjects) -> None:
    """`approvals/*/*/${aws:userid}/*` matches one's own id at any depth: below Ben's too."""
    _approvals(objects).give(BEN, SIGNER, into=objects)
    (key,) = objects.stored
    folder, _, name = key.rpartition("/")
    objects.stored = {f"{folder}/AIDASOMEBODY/{name}": objects.stored[key]}
    with pytest.raises(AttestationRefused, match="it lies deeper than an approval does"):
        _approvals(objects).standing()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("AROAAPPROVE:ben.okafor", "AROAAPPROVE:ana.silva"),
        ("/prod/", "/staging/"),
        (RELEASE.digest[7:], release(slipway="0.2.0").digest[7:]),
    ],
)
def test_an_approval_in_another_place_is_refused(objects: MemoryObjects, old: str, new: str) -> None:
    """Copied below another name, for another environment, or to another release."""
    _approvals(objects).give(BEN, SIGNER, into=objects)
    (key,) = objects.stored
    moved = key.replace(old, new)
    objects.stored = {moved: objects.stored[key]}
    _, release_hex, environment, *_ = moved.split("/")
    there = Approvals(
        objects,
        [SIGNER.pinned],
        release(slipway="0.2.0").digest if old in RELEASE.digest else RELEASE.digest,
        Environment(environment),
    )
    with pytest.raises(
        AttestationRefused,
        match=f"is not of this place: it is ben.okafor's on release {RELEASE.digest[7:19]} in prod",
    ):
        there.standing()
    assert release_hex in moved


def test_an_approval_whose_effects_are_not_those_of_its_digest_is_refused(objects: MemoryObjects) -> None:
    """What is shown and what is signed must be one thing."""
    _approvals(objects).give(BEN.model_copy(update={"effects": Effects.of([])}), SIGNER, into=objects)
    with pytest.raises(AttestationRefused, match="names other effects than it lists"):
        _approvals(objects).standing()
