"""A desk in memory with one release on it, and how people approve it."""

import json
from collections.abc import Callable

import pytest

from slipway.cli import wiring
from slipway.model.environment import Environment
from slipway.model.release import Release
from slipway.release.effects_record import EffectsRecord
from slipway.release.releases import Releases
from tests.cli.conftest import Ended, Slipway
from tests.doubles.desk import MemoryDesk
from tests.doubles.releases import EFFECTS
from tests.doubles.workspace_folder import WorkspaceFolder


@pytest.fixture
def desk(folder: WorkspaceFolder, monkeypatch: pytest.MonkeyPatch) -> MemoryDesk:
    """A workspace that runs everywhere, with one change of settlements that passed its checks."""
    assert folder.root.is_dir()
    made = MemoryDesk()
    made.found()
    made.change()
    monkeypatch.setattr(wiring, "build_desk", lambda: made)
    monkeypatch.setattr(wiring, "build_revisions", lambda _root: made.commits)
    monkeypatch.setattr(wiring, "trusted_keys", lambda: made.trusted.signing)
    return made


@pytest.fixture
def release(desk: MemoryDesk, slipway: Slipway) -> Release:
    """That change, built."""
    built = json.loads(slipway("build", "--format", "json").out)
    return Releases(desk.artifacts, desk.trusted.signing).read(built["release"])


@pytest.fixture
def approve(desk: MemoryDesk, slipway: Slipway, release: Release) -> Callable[..., Ended]:
    """Approve the release for prod as somebody, with the effects that were explained."""
    digest = EffectsRecord(desk.evidence).keep(release.digest, Environment.PROD, EFFECTS)

    def run(person: str, *more: str) -> Ended:
        desk.identity.person = person
        ended = slipway("approve", release.digest[7:19], "-s", "prod", "--effects", digest, *more)
        desk.identity.person = "grace.kim"
        return ended

    return run
