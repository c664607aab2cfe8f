"""`slipway audit stacks` through the command line: deployments are covered, an update by hand is found."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from slipway.adapters.aws import UnversionedStates
from slipway.cli import wiring
from slipway.cli.accounts import stack_versions_of
from slipway.cli.estate import read_estate
from slipway.model.environment import Environment
from slipway.model.errors import ExitCode
from slipway.model.events import EventKind
from tests.cli.conftest import Ended, Slipway
from tests.cli.rollouts.conftest import Place
from tests.doubles.desk import MemoryDesk
from tests.doubles.memory_environment import POLICIES
from tests.doubles.workspace_folder import FILES

Places = dict[Environment, Place]
Ship = Callable[..., str]
ENTRY = "catalog/revenue.yaml"


@pytest.fixture
def dev(desk: MemoryDesk, places: Places, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Dev, which was taken on; the command looks at its stack's states."""
    place = places[Environment.DEV]
    monkeypatch.setattr(wiring, "stack_versions", lambda: place.stack)
    assert desk.running.newest(Environment.DEV)
    return place


def _asked(slipway: Slipway, *more: str) -> tuple[Ended, Mapping[str, Any]]:
    ended = slipway("audit", "stacks", "-s", "dev", *more, "--format", "json")
    found: list[Mapping[str, Any]] = json.loads(ended.out)["stacks"] if ended.out else [{}]
    return ended, found[0]


def _deploy(slipway: Slipway, ship: Ship) -> str:
    release = ship(**{ENTRY: FILES[ENTRY] + "\n# one more\n"})
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == ExitCode.OK, ended.err + ended.out
    assert "apply-platform" in ended.err
    return release


def test_a_deployment_is_covered_and_an_update_by_hand_is_found(
    slipway: Slipway, desk: MemoryDesk, dev: Place, ship: Ship
) -> None:
    """It is named with its moments and with what to do; taken on record it is told for good."""
    assert slipway("audit", "stacks", "-s", "dev", "--record", "dev was there").code == ExitCode.OK
    desk.clock.wait(3600)
    release = _deploy(slipway, ship)
    covered, told = _asked(slipway)
    assert (covered.code, told["findings"], told["under_way"]) == (ExitCode.OK, [], [])
    assert [each["policies"] for each in told["updates"]] == [[], [POLICIES]]
    assert told["updates"][1]["deployment"] == f"dev-{release}-1"
    desk.clock.wait(3600)
    dev.stack.write()
    dev.stack.write()
    found = slipway("audit", "stacks", "-s", "dev")
    assert found.code == ExitCode.FINDINGS
    at = f"{desk.clock.now():%Y-%m-%d %H:%M} UTC"
    assert f"2 versions, {at} to {at}: no deployment wrote them: an update without the policies" in found.out
    assert (
        "remedy: CloudTrail's data events of the state's key, or pulumi stack history, tell who" in found.out
    )
    assert f"dev-{release}-1, under policies aaaaaaaaaaaa" in found.out
    taken = slipway("audit", "stacks", "-s", "dev", "--record", "PLAT-9: a lock was lifted by hand")
    assert (taken.code, "taken on record by grace.kim: PLAT-9" in taken.out) == (ExitCode.OK, True)
    (event,) = [e for e in desk.told if e.kind is EventKind.STATE_RECORDED and "PLAT-9" in e.message]
    assert (event.environment, event.actor.rpartition("/")[2]) == (Environment.DEV, "grace.kim")


def test_policies_that_were_not_in_charge_are_found(
    slipway: Slipway, desk: MemoryDesk, dev: Place, ship: Ship
) -> None:
    """The ledger was told which are by `policy adopt`; the deployment names others."""
    assert dev.stack.states
    assert slipway("audit", "stacks", "-s", "dev", "--record", "dev was there").code == ExitCode.OK
    desk.identity.person = "ines.duarte"
    assert slipway("policy", "adopt", "-s", "dev", "--reason", "PLAT-1: the first").code == ExitCode.OK
    (changed,) = (each for each in desk.told if each.kind is EventKind.CONTROL_CHANGED)
    assert changed.figures["policies"] != POLICIES
    desk.identity.person = "grace.kim"
    desk.clock.wait(3600)
    release = _deploy(slipway, ship)
    found = slipway("audit", "stacks", "-s", "dev")
    assert found.code == ExitCode.FINDINGS
    said = f"dev-{release}-1 was judged by policies aaaaaaaaaaaa, which were not in charge then [misjudged]"
    assert said in found.out
    assert "remedy: judge what is there by those in charge: slipway policy check -s dev" in found.out
    assert "1 finding" in found.err
    taken = slipway("audit", "stacks", "-s", "dev", "--record", "PLAT-2: the sandbox's policies")
    assert (taken.code, "misjudged" in taken.out) == (ExitCode.OK, False)


def test_each_stack_is_told_and_a_table_for_pull_requests(slipway: Slipway, dev: Place) -> None:
    """Without a stack all four: shared has no state here."""
    assert dev.stack.states
    ended = slipway("audit", "stacks", "--format", "markdown")
    assert ended.code == ExitCode.FINDINGS
    assert "| shared | 0 | 0 |" in ended.out
    assert "| dev | unrecorded | 2 versions," in ended.out
    assert slipway("audit", "stacks", "-s", "shared").out == "shared: no state\n"


def test_a_removed_state_is_no_update(slipway: Slipway, dev: Place) -> None:
    """`pulumi stack rm` leaves a version, too, that says so."""
    dev.stack.remove()
    ended = slipway("audit", "stacks", "-s", "dev")
    assert "no deployment wrote them: the state was removed" in ended.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--record", "because"), "it is not said whose states"),
        (("-s", "dev", "--record", "  "), "it is not said whose states"),
        (("-s", "shared", "--record", "because"), "somebody answers for every state of stack shared already"),
    ],
)
def test_what_cannot_be_taken_on_record(
    slipway: Slipway, dev: Place, words: tuple[str, ...], message: str
) -> None:
    """Nothing is written without a stack, a reason and a finding."""
    assert dev.stack.states
    ended = slipway("audit", "stacks", *words)
    assert ended.code == ExitCode.USAGE
    assert message in ended.err


def test_a_backend_without_versions_is_never_a_pass(
    slipway: Slipway, dev: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder keeps the newest state only: exit 3, and where states are kept."""
    assert dev.stack.states
    monkeypatch.setattr(wiring, "stack_versions", lambda: UnversionedStates("file:///state"))
    ended = slipway("audit", "stacks", "-s", "dev")
    assert ended.code == ExitCode.ENVIRONMENT
    assert "earlier states of the stacks are not kept in file:///state" in ended.err
    assert "PULUMI_BACKEND_URL" in ended.err


def test_which_backend_is_looked_at() -> None:
    """The one that Pulumi works with, and without one the bucket of the audit account."""
    estate = read_estate(Path(__file__).parents[3])
    assert isinstance(stack_versions_of(estate, {"PULUMI_BACKEND_URL": "file://~"}), UnversionedStates)
    named = {"PULUMI_BACKEND_URL": "s3://states/team?region=eu-west-1"}
    assert "s3://states/team/.pulumi/stacks/slipway/" in str(stack_versions_of(estate, named))
    assert "s3://finedge-shared-state-111122223333/.pulumi" in str(stack_versions_of(estate, {}))


def test_bootstrap_takes_the_states_on_record(
    slipway: Slipway, desk: MemoryDesk, dev: Place, ship: Ship
) -> None:
    """What there was before the environment was taken on is answered for by whoever took it on."""
    del desk.running.stored[Environment.DEV, 1]
    dev.airflow.pointers.clear()
    dev.airflow.flows.clear()
    assert slipway("release", "bootstrap", "HEAD", "-s", "dev").code == ExitCode.OK
    ended, told = _asked(slipway)
    assert ended.code == ExitCode.OK
    assert [(each["versions"], each["reason"]) for each in told["updates"]] == [(2, "dev was taken on")]
    _deploy(slipway, ship)
    _, told = _asked(slipway)
    # The double judges by policies of its own, and bootstrap has told which are in charge.
    assert [each["fault"] for each in told["findings"]] == ["misjudged"]
