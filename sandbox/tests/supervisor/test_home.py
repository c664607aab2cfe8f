"""The folder: one holder at a time, and wiping leaves nothing but the lock."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from slipway_sandbox.supervisor.home import Crash, Home
from slipway_sandbox.supervisor.processes import Identity
from slipway_sandbox.world import Founding, World, WorldError
from tests.conftest import own_process

HOLD = """
import sys, time
from pathlib import Path
from slipway_sandbox.supervisor.home import Home
held = Home(Path(sys.argv[1])).hold()
print("held" if held else "busy", flush=True)
time.sleep(600)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A folder that does not exist yet."""
    return Home(tmp_path / "home")


def world(home: Home) -> World:
    """A world as it is written."""
    return World(
        home=home.path,
        pid=1,
        aws="http://127.0.0.1:1",
        dynamodb="http://127.0.0.1:2",
        github="",
        region="us-east-1",
        accounts={"shared": "111122223333"},
        github_owner="",
        access_key_id="AKIA",
        secret_access_key="secret",
    )


def test_one_holder_at_a_time(home: Home) -> None:
    """Two starts at once must not wipe each other's world."""
    held = home.hold()
    assert held is not None
    assert home.is_held
    assert home.hold() is None
    held.close()
    assert not home.is_held
    again = home.hold()
    assert again is not None
    again.close()


def test_a_killed_holder_holds_no_more(home: Home) -> None:
    """No stale lock file can keep anybody out."""
    with own_process([sys.executable, "-c", HOLD, str(home.path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert home.is_held
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    assert not home.is_held


def test_asking_makes_nothing(home: Home) -> None:
    """`status` in a fresh checkout leaves it as it was."""
    assert not home.is_held
    assert home.is_empty
    assert home.recorded_processes() == {}
    assert home.recorded_crash() is None
    assert not home.path.exists()


def test_wiping_follows_no_link(home: Home, tmp_path: Path) -> None:
    """The shadow project links into the real one."""
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("kept", encoding="utf-8")
    home.project.mkdir(parents=True)
    (home.project / "link").symlink_to(precious)
    (home.path / "direct").symlink_to(precious)
    home.wipe()
    assert home.is_empty
    assert (precious / "file").read_text(encoding="utf-8") == "kept"


def test_records_come_back_as_they_were_written(home: Home) -> None:
    """What a later command ends by, and what it tells."""
    home.path.mkdir()
    processes = {"supervisor": Identity(pid=7, started=1.5), "aws": Identity(pid=8, started=2.5)}
    crash = Crash(server="aws", reason="signal SIGKILL", when="2026-01-31 12:00:00")
    home.record_processes(processes)
    home.record_crash(crash)
    assert home.recorded_processes() == processes
    assert home.recorded_supervisor() == processes["supervisor"]
    assert home.recorded_crash() == crash


def test_a_world_comes_back_as_it_was_saved(home: Home) -> None:
    """Other processes know a sandbox by this file alone."""
    home.path.mkdir()
    saved = world(home)
    saved.save()
    assert World.load(home.path) == saved
    assert saved.audit_account == "111122223333"
    assert home.endpoints.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["{", "[]", '{"version": 1}', '{"version": 2, "home": "x"}'])
def test_a_file_that_is_no_world_is_refused(home: Home, content: str) -> None:
    """Another version's file is no reason for a KeyError somewhere else."""
    home.path.mkdir()
    home.endpoints.write_text(content, encoding="utf-8")
    with pytest.raises(WorldError) as caught:
        World.load(home.path)
    assert str(home.endpoints) in caught.value.message
    assert "slipway sandbox down" in caught.value.remedy


def test_no_world_is_said_so(home: Home) -> None:
    """The remedy is the command that makes one."""
    with pytest.raises(WorldError, match="no sandbox is up") as caught:
        World.load(home.path)
    assert caught.value.remedy == "start one with `slipway sandbox up`"


def test_a_founding_comes_back_as_it_was_saved(home: Home) -> None:
    """Each server reads its part of it when it starts."""
    home.path.mkdir()
    founding = Founding(
        region="eu-west-1",
        accounts={"shared": "111122223333"},
        github_owner="finedge",
        access_key_id="AKIA",
        secret_access_key="secret",
    )
    founding.save(home.path)
    assert Founding.load(home.path) == founding
    (home.path / "founding.json").write_text('{"region": 1}', encoding="utf-8")
    with pytest.raises(WorldError, match="cannot be read"):
        Founding.load(home.path)
