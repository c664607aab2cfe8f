"""What the ledger hears of a release's life: every kind of event has a command that tells it."""

import json
from collections.abc import Callable
from datetime import timedelta

from slipway.attest import canonical, digest_of_document
from slipway.audit import EvidenceStore
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.events import Event, EventKind
from slipway.model.evidence import Admission, Approval
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import Place
from tests.cli.rollouts.test_owed import CHANGED, refuse_way_back
from tests.doubles.desk import MemoryDesk
from tests.doubles.releases import EVERY_CHECK, check_run
from tests.doubles.workspace_folder import WorkspaceFolder

Places = dict[Environment, Place]
Ship = Callable[..., str]
VIEW = {"dbt/models/marts/revenue/revenue_monthly.sql": "view v2"}
DOUBLED = {"dbt/models/marts/revenue/revenue.sql": "ORDERS * 2"}
UNDOUBLED = {"dbt/models/marts/revenue/revenue.sql": "ORDERS * 1"}


def _as(desk: MemoryDesk, person: str, slipway: Slipway, *words: str) -> None:
    before, desk.identity.person = desk.identity.person, person
    slipway(*words)
    desk.identity.person = before


def _approved(desk: MemoryDesk, slipway: Slipway, release: str, *more: str) -> None:
    explained = slipway("deploy", release, "-s", "staging", "--explain", "--format", "json")
    effects = ("--effects", json.loads(explained.out)["effects_digest"])
    for person in ("ana.silva", "henrik.olsen"):
        _as(desk, person, slipway, "approve", release, "-s", "staging", *effects, *more)


OF_ADOPTION = {EventKind.LAYER_VERIFIED, EventKind.OWNERSHIP_CHANGED}
"""What `slipway adopt` tells: tests/cli/adoptions/test_adopt_records.py."""


def test_every_kind_of_event_is_told(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk, folder: WorkspaceFolder
) -> None:
    """One that nothing tells would be looked for by an auditor, and its absence read as an answer."""
    del desk.running.stored[Environment.DEV, 1]
    desk.ledger.stored.clear()
    assert places[Environment.DEV].journal.heads == {}
    slipway("release", "bootstrap", "HEAD", "-s", "dev")
    desk.commits.change(**VIEW)
    head, base = desk.commits.resolve("HEAD"), desk.commits.resolve("HEAD^")
    run = folder.root / "run.json"
    run.write_bytes(canonical(check_run(tree=head.tree, base=base.commit, checks=EVERY_CHECK)))
    built = slipway("build", "--evidence", str(run), "--format", "json")
    release = json.loads(built.out)["release"][7:19]
    slipway("deploy", release, "-s", "dev")
    slipway("deploy", release, "-s", "staging")
    _approved(desk, slipway, release)
    slipway("deploy", release, "-s", "staging")
    desk.clock.wait(60)
    _as(desk, "henrik.olsen", slipway, "approve", release, "-s", "staging", "--revoke")
    slipway("rollback", "revenue", "-s", "dev")
    slipway("deploy", ship(**DOUBLED), "-s", "dev")
    _as(desk, "ines.duarte", slipway, "policy", "adopt", "-s", "staging", "--reason", "PLAT-1: the first")
    _replaced_before_late_rows_could_be_told(slipway, ship, places[Environment.DEV], desk)
    refuse_way_back(places[Environment.DEV])
    slipway("deploy", ship(**CHANGED, **UNDOUBLED), "-s", "dev", "--wait", "60")
    assert {event.kind for event in desk.told} == set(EventKind) - OF_ADOPTION


def _replaced_before_late_rows_could_be_told(
    slipway: Slipway, ship: Ship, dev: Place, desk: MemoryDesk
) -> None:
    dev.warehouse.sees_all = False
    before = set(dev.warehouse.tables)
    slipway("deploy", ship(**{"dbt/models/marts/revenue/revenue.sql": "ORDERS * 1"}), "-s", "dev")
    (kept,) = set(dev.warehouse.tables) - before
    dev.warehouse.write(dev.warehouse.tables[kept], 99, "99.00")
    slipway("deploy", ship(**{"dbt/models/marts/revenue/revenue_monthly.sql": "view v4"}), "-s", "dev")
    desk.clock.wait(timedelta(hours=6).total_seconds())
    slipway("rollout", "tick", "-s", "dev")


def test_a_wait_is_told_once_and_that_it_is_over(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """However often somebody looks meanwhile."""
    assert places
    id_ = f"dev-{(release := ship(**VIEW))}-1"
    slipway("deploy", release, "-s", "dev", "--wait", "0")
    for _ in range(8):
        desk.clock.wait(5)
        slipway("rollout", "tick", "-s", "dev")
    told = [(event.kind, event.subject) for event in desk.told if event.deployment == id_]
    waits = [subject for kind, subject in told if kind is EventKind.PARKED]
    assert "observe-run revenue" in waits
    assert len(waits) == len(set(waits))
    assert waits == [subject for kind, subject in told if kind is EventKind.RESUMED]
    (parked,) = (each for each in desk.told if (each.kind, each.subject) == (EventKind.PARKED, waits[-1]))
    assert parked.message.startswith("waits until ")
    assert "until" in parked.figures


def test_a_tick_answers_scripts_with_one_list(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """Of what it has looked at; of nothing too, and people read why on the other stream."""
    assert places
    nothing = slipway("rollout", "tick", "-s", "dev", "--format", "json")
    assert json.loads(nothing.out) == []
    release = ship(**VIEW)
    slipway("deploy", release, "-s", "dev", "--wait", "0")
    desk.clock.wait(60)
    (looked,) = json.loads(slipway("rollout", "tick", "-s", "dev", "--format", "json").out)
    assert looked["deployment"] == f"dev-{release}-1"
    assert looked["state"] in {"waiting", "completed"}


def test_why_the_gates_let_it_in_is_kept(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """Which approvals counted at that moment, with which effects; a later revocation changes nothing."""
    assert places
    release = ship(**VIEW)
    slipway("deploy", release, "-s", "dev")
    _approved(desk, slipway, release)
    assert slipway("deploy", release, "-s", "staging").code == 0
    (event,) = _of(desk, EventKind.GATE_PASSED, f"staging-{release}-1")
    assert event.figures["approvals"] == "1 of 1 approvals: henrik.olsen (with grace.kim as the deployer)"
    admission = EvidenceStore(desk.evidence, desk.clock).get(event.evidence[0])
    assert isinstance(admission, Admission)
    (given,) = (each for each in _kept(desk) if isinstance(each, Approval))
    counted = {each.gate: each.rests_on for each in admission.gates}
    assert counted["approvals"] == (digest_of_document(given),)
    assert admission.effects_digest == given.effects_digest
    assert len(counted["lower-environment-healthy"]) == len(counted["checks-passed"]) == 1
    traced = slipway("audit", "trace", release, "--events").out
    assert (
        f"let in    staging-{release}-1: effects {given.effects_digest[7:19]}; checks-passed: tree" in traced
    )
    assert "approvals: 1 of 1 approvals: henrik.olsen (with grace.kim as the deployer) (evidence " in traced
    assert "gate-passed" in traced
    assert slipway("audit", "verify").code == 0


def _of(desk: MemoryDesk, kind: EventKind, deployment: str) -> list[Event]:
    return [event for event in desk.told if (event.kind, event.deployment) == (kind, deployment)]


def _kept(desk: MemoryDesk) -> list[object]:
    store = EvidenceStore(desk.evidence, desk.clock)
    digests = [key.removeprefix("evidence/").removesuffix(".json") for key in desk.evidence.keys("evidence/")]
    return [store.get(Digest(f"sha256:{digest}")) for digest in digests]
