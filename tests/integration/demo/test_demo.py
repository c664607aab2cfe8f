"""`make demo`'s program: interrupted at any time it leaves no process behind, and a rerun tells the story."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.golden.urns import told_of
from tests.integration.sandbox.desk import CHECKOUT, TIME_LIMIT_SECONDS, Desk

pytestmark = pytest.mark.integration

_POLL_SECONDS = 0.1
_STORY_LIMIT_SECONDS = 600.0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose project is the checkout; the checkout is as clean afterwards as it was before."""
    before = _checkout()
    made = Desk(project=CHECKOUT, home=tmp_path / "sandbox")
    yield made
    made.slipway("down")
    made.clear()
    assert _checkout() == before, "the demo wrote into the checkout"


def test_ctrl_c_while_a_stack_comes_up_leaves_nothing_and_a_rerun_succeeds(desk: Desk) -> None:
    """The whole process group gets the signal, as from a terminal; the engine ends before its servers do."""
    demo = _begin(desk)
    _wait_for(desk.home.parent / "logs" / "demo-1.log", "resOutputsEvent")
    os.killpg(demo.pid, signal.SIGINT)
    out, err = demo.communicate(timeout=TIME_LIMIT_SECONDS)
    assert demo.returncode == 130, out + err
    assert desk.processes() == []
    assert _is_told_in_order(out, "$ pulumi up -s shared", "interrupted: ", "$ slipway sandbox down")
    assert "Traceback" not in out + err
    assert "the sandbox is down" in err
    assert desk.slipway("status").code == 3

    demo = _begin(desk)
    out, err = demo.communicate(timeout=_STORY_LIMIT_SECONDS)
    assert demo.returncode == 0, out + err
    assert _stacks_told(out) == ["shared", "dev", "staging", "prod", "dev"]
    assert re.search(r"S3 buckets .*asked from AWS", out)
    *_, planned, applied, left = (line for line in out.splitlines() if re.match(r" .*unchanged", line))
    groups = told_of("dev", "aws:cloudwatch/logGroup:LogGroup")  # what a retention is a setting of
    assert re.search(rf"\b{groups} to update", planned)
    assert f"{groups} updated" in applied
    assert re.fullmatch(r"  \d+ unchanged", left)
    assert "slipway sandbox down" in out.split("To clean up:")[1]


def test_a_world_that_is_up_ends_with_a_word_and_sigterm_ends_the_demo(desk: Desk) -> None:
    """Nobody's earlier world is wiped in silence; SIGTERM while the fresh one starts is a clean end too."""
    assert desk.slipway("up", "github").code == 0
    demo = _begin(desk)
    out = _read_until(demo, "$ slipway sandbox up")
    assert _is_told_in_order(out, "A sandbox is up already: its world ends now", "$ slipway sandbox down")
    demo.send_signal(signal.SIGTERM)
    rest, err = demo.communicate(timeout=TIME_LIMIT_SECONDS)
    assert demo.returncode == 143, rest + err
    assert desk.processes() == []
    assert _is_told_in_order(rest, "interrupted: ", "$ slipway sandbox down")


def test_a_sandbox_that_cannot_start_is_one_message(desk: Desk, tmp_path: Path) -> None:
    """The sandbox's own words and the demo's remedy; no traceback."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    ended = desk.run(_COMMAND, {"SLIPWAY_SANDBOX_HOME": str(tmp_path / "file" / "home")})
    assert ended.code == 3
    assert "Not a directory" in ended.err
    assert "'slipway sandbox up' ended with exit code 3\nTo try again: make demo" in ended.err
    assert "Traceback" not in ended.err


_COMMAND = [sys.executable, "examples/demo"]


def _begin(desk: Desk) -> "subprocess.Popen[str]":
    """Start the demo as the leader of a process group, which is what a shell does."""
    return subprocess.Popen(
        _COMMAND,
        cwd=CHECKOUT,
        env=desk.environment({"SLIPWAY_SANDBOX_HOME": str(desk.home)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )


def _checkout() -> str:
    command = ["git", "status", "--porcelain"]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout


def _wait_for(file: Path, words: str) -> None:
    deadline = time.monotonic() + TIME_LIMIT_SECONDS
    while not (file.exists() and words in file.read_text(encoding="utf-8")):
        assert time.monotonic() < deadline, f"{file} never said {words!r}"
        time.sleep(_POLL_SECONDS)


def _read_until(demo: "subprocess.Popen[str]", words: str) -> str:
    read = ""
    for line in demo.stdout or ():
        read += line
        if words in line:
            return read
    raise AssertionError(f"the story ended without {words!r}: {read}")


def _is_told_in_order(text: str, *parts: str) -> bool:
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


def _stacks_told(text: str) -> list[str]:
    """The stacks of the lines that say what an `up` did."""
    return re.findall(r"^  (\w+) +\d+ [a-z].* in \d+ s$", text, flags=re.MULTILINE)
