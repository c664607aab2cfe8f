"""What judges an environment is what runs there: a checkout that loosens a rule is judged by the rule."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from slipway.adapters.policies import FolderPolicies
from slipway.attest.pinned import KeyUse
from slipway.audit import Ledger
from slipway.cli import wiring
from slipway.cli.control_part import NoPolicies, control_bundle, control_folder, put_control
from slipway.cli.desk import ControlUntold, running_control
from slipway.cli.trust import NothingPinned, pin, read_trusted
from slipway.environment.composition import ArtifactDamaged, Compositions
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry
from slipway.model.events import EventKind
from slipway.model.parts import CONTROL
from slipway.model.policy_report import PolicyLevel, PolicyPack
from slipway.model.stack_states import JUDGES
from slipway.release.releases import Releases
from tests.cli.conftest import Slipway
from tests.cli.releases.tampering import put_signed
from tests.cli.rollouts.conftest import Place
from tests.doubles.desk import MemoryDesk
from tests.doubles.local_signer import LocalSigner
from tests.doubles.releases import approval

ROOT = Path(__file__).parents[3]
DEV = Environment.DEV
SIGNER = LocalSigner()
Places = dict[Environment, Place]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, places: Places) -> Path:
    """A platform's checkout with the policies of this repository, and a key that it pins."""
    assert places
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "policies", folder / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    pin(folder, KeyUse.SIGNING, SIGNER.public_key())
    monkeypatch.setattr(wiring, "build_control", lambda: control_bundle(folder))
    return folder


@pytest.fixture
def bootstrapped(checkout: Path, slipway: Slipway, desk: MemoryDesk) -> Path:
    """The checkout, after dev was bootstrapped from it."""
    del desk.running.stored[DEV, 1]
    ended = slipway("release", "bootstrap", "HEAD", "-s", "dev")
    assert ended.code == 0, ended.err
    return checkout


def _running(desk: MemoryDesk) -> Entry:
    document = desk.running.newest(DEV)
    assert document is not None
    entry = document.entry(CONTROL)
    assert entry is not None
    return entry


def _level(platform: Path) -> PolicyLevel:
    """How the production pack of a folder holds the rule about public policies."""
    rules = FolderPolicies(platform).rules(PolicyPack.PRODUCTION, None).rules
    return next(rule.level for rule in rules if rule.id == "public-policy")


def _loosen(checkout: Path) -> None:
    """What a planted pull request does."""
    pack = checkout / "policies" / "packs" / "production" / "config.json"
    pack.write_text(json.dumps({"all": "advisory"}), encoding="utf-8")


def test_a_loosened_rule_is_judged_by_the_old_one(
    bootstrapped: Path, slipway: Slipway, desk: MemoryDesk, tmp_path: Path
) -> None:
    """Until a control owner says otherwise; whoever else tries is told to the ledger."""
    _loosen(bootstrapped)
    assert _level(bootstrapped) is PolicyLevel.ADVISORY
    assert _level(control_folder(desk.artifacts, _running(desk), tmp_path / "cache")) is PolicyLevel.MANDATORY
    before = _running(desk)

    refused = slipway("policy", "adopt", "-s", "dev", "--reason", "it is in my way")
    assert refused.code == 1
    assert (
        "grace.kim may not change what judges dev: the running release gives them no role control-owner"
        in (refused.err)
    )
    assert [each.kind for each in desk.told][-1:] == [EventKind.DENIED]
    assert _running(desk) == before

    desk.identity.person = "ines.duarte"
    adopted = slipway("policy", "adopt", "-s", "dev", "--reason", "PLAT-12: it learns first")
    assert adopted.code == 0, adopted.err
    after = _running(desk)
    digests = (each.artifact[7:19] for each in (after, before))
    told = "ines.duarte has dev judged by {} in place of {}: PLAT-12: it learns first".format(*digests)
    assert (adopted.out, desk.told[-1].message) == (f"{told}\n", told)
    assert [each.kind for each in desk.told][-1:] == [EventKind.CONTROL_CHANGED]
    assert _level(control_folder(desk.artifacts, after, tmp_path / "cache")) is PolicyLevel.ADVISORY
    again = slipway("policy", "adopt", "-s", "dev", "--reason", "once more")
    assert (again.code, again.out) == (0, "")
    assert "dev is judged by" in again.err


def test_an_environment_of_before_gets_it_from_a_control_owner(
    checkout: Path, slipway: Slipway, desk: MemoryDesk
) -> None:
    """Every other entry of its document stays."""
    assert checkout.is_dir()
    before = desk.running.newest(DEV)
    assert before is not None
    desk.identity.person = "ines.duarte"
    adopted = slipway("policy", "adopt", "-s", "dev", "--reason", "PLAT-1: the first")
    assert "in place of the checkout of whoever deployed: PLAT-1: the first" in adopted.out
    after = desk.running.newest(DEV)
    assert after is not None
    assert after.version == before.version + 1
    assert [each for each in after.entries if each.part != CONTROL] == list(before.entries)


def test_keys_are_in_it_and_no_workspace_has_it(bootstrapped: Path, desk: MemoryDesk, tmp_path: Path) -> None:
    """Whom to believe is a control; the engines of a workspace do not see any of it."""
    folder = control_folder(desk.artifacts, _running(desk), tmp_path / "cache")
    assert read_trusted(folder).signing == (SIGNER.pinned,)
    assert (folder / ".venv" / "bin" / "python").exists()
    assert control_folder(desk.artifacts, _running(desk), tmp_path / "cache") == folder
    planted = folder / "policies" / "rules" / "tagging.so"
    planted.write_bytes(b"compiled")
    assert control_folder(desk.artifacts, _running(desk), tmp_path / "cache") == folder
    assert not planted.exists()
    document = desk.running.newest(DEV)
    assert document is not None
    compositions = Compositions(artifacts=desk.artifacts, folder=tmp_path / "compositions")
    workspace = compositions.of(document.entries)
    assert not {"policies", "keys"} & {path.name for path in workspace.iterdir()}
    assert CONTROL not in compositions.paths(document.entries)
    assert bootstrapped.is_dir()


def test_one_that_was_changed_judges_nothing(bootstrapped: Path, desk: MemoryDesk, tmp_path: Path) -> None:
    """Neither does a platform without policies."""
    entry = _running(desk)
    (key,) = (each for each in desk.artifacts.stored if each.endswith(entry.artifact[7:]))
    desk.artifacts.stored[key] += b"x"
    with pytest.raises(ArtifactDamaged, match="somebody has changed it"):
        control_folder(desk.artifacts, entry, tmp_path / "cache")
    shutil.rmtree(bootstrapped / "policies")
    with pytest.raises(NoPolicies, match="has no policies"):
        control_bundle(bootstrapped)


def test_gates_believe_the_keys_that_run_there(
    checkout: Path, slipway: Slipway, ship: Callable[..., str], desk: MemoryDesk
) -> None:
    """A checkout that pins a key of its own signs releases and approvals for nobody but itself."""
    shutil.rmtree(checkout / "keys")
    with pytest.raises(NothingPinned, match="no public key is pinned in"):
        control_bundle(checkout)
    for use, key in ((KeyUse.SIGNING, desk.signer), (KeyUse.APPROVALS, desk.approval_signer)):
        pin(checkout, use, key.public_key())
    desk.identity.person = "ines.duarte"
    assert slipway("policy", "adopt", "-s", "staging", "--reason", "PLAT-1: the first").code == 0
    desk.identity.person = "grace.kim"
    made = ship(**{"dbt/models/marts/settlements/settlements.sql": "select 2"})
    release = Releases(desk.artifacts, desk.trusted.signing).read(Releases(desk.artifacts, ()).find(made))

    desk.approval_signer = LocalSigner("planted")
    planted = approval("henrik.olsen", release, environment=Environment.STAGING)
    name = put_signed(desk.evidence, planted, desk.approval_signer)
    told = slipway("gate", "explain", made, "-s", "staging", "--format", "json")
    (said,) = (each for each in json.loads(told.out)["gates"] if each["gate"] == "approvals")
    assert said["state"] == "unjudged"
    assert said["why"].startswith(f"{name} is signed by {desk.approval_signer.pinned.id[:12]}, which is no")

    desk.signer = LocalSigner("planted too")
    other = ship(**{"dbt/models/marts/settlements/settlements.sql": "select 3"})
    refused = slipway("deploy", other, "-s", "staging")
    assert (refused.code, refused.out) == (1, "")
    assert f"is signed by {desk.signer.pinned.id[:12]}, which is no trusted key" in refused.err


def _planted(desk: MemoryDesk, checkout: Path) -> Entry:
    """What somebody who can write there names in dev's next document: the same rules, another key."""
    pin(checkout, KeyUse.SIGNING, LocalSigner("planted").public_key())
    planted = put_control(desk.artifacts, control_bundle(checkout))
    document = desk.running.newest(DEV)
    assert document is not None
    desk.running.add(document.with_entries([planted], deployment="dev-planted-1"))
    return planted


def test_a_control_part_that_the_ledger_was_not_told_of_lets_nothing_go_on(
    bootstrapped: Path, slipway: Slipway, desk: MemoryDesk, ship: Callable[..., str]
) -> None:
    """The digest of the policies is the same, so no audit of the updates would see another key."""
    made = ship(**{"dbt/models/marts/settlements/settlements.sql": "select 2"})
    before = _running(desk)
    planted = _planted(desk, bootstrapped)
    told = (
        f"dev's document 2 has {planted.artifact[7:19]} judge changes; the ledger knows "
        f"{before.artifact[7:19]}"
    )
    for words in (("deploy", made), ("gate", "explain", made)):
        refused = slipway(*words, "-s", "dev")
        assert (refused.code, refused.out) == (1, "")
        assert told in refused.err
        assert "slipway policy adopt -s dev --reason TEXT" in refused.err
    desk.identity.person = "ines.duarte"
    adopted = slipway("policy", "adopt", "-s", "dev", "--reason", "PLAT-13: another key")
    assert (adopted.code, _running(desk)) == (0, planted), adopted.err
    assert desk.told[-1].figures[JUDGES] == planted.artifact
    assert running_control(desk, DEV) == planted


def test_a_document_from_which_control_was_taken_lets_nothing_go_on(
    bootstrapped: Path, desk: MemoryDesk
) -> None:
    """Else the checkout of whoever deploys would judge."""
    assert bootstrapped.is_dir()
    document = desk.running.newest(DEV)
    assert document is not None
    rest = tuple(each for each in document.entries if each.part != CONTROL)
    desk.running.stored[DEV, document.version] = document.model_copy(update={"entries": rest})
    with pytest.raises(ControlUntold, match="document 1 has nothing judge changes"):
        running_control(desk, DEV)


def test_what_was_told_and_not_written_yet_stops_nothing_for_a_day(
    bootstrapped: Path, desk: MemoryDesk
) -> None:
    """Whoever adopts tells first, and may be killed in between."""
    assert bootstrapped.is_dir()
    before = _running(desk)
    (first,) = (each for each in desk.told if each.kind is EventKind.CONTROL_CHANGED)
    changed = first.model_copy(update={"figures": {JUDGES: f"sha256:{'f' * 64}"}})
    Ledger(desk.ledger).record("dev", changed)
    assert running_control(desk, DEV) == before
    desk.clock.wait(timedelta(days=1).total_seconds())
    with pytest.raises(ControlUntold, match="the ledger knows ffffffffffff"):
        running_control(desk, DEV)
