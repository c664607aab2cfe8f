"""`make demo`'s program: interrupted at any time it leaves no process behind, and a rerun tells the story.

`make demo-release`'s goes on in the world that it leaves.
"""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from snowflake.connector import connect

from slipway.model.environment import StackName
from tests.cli.conftest import Ended as Built
from tests.golden.urns import told_of
from tests.integration.build_phase import run_build_phase
from tests.integration.sandbox.desk import CHECKOUT, TIME_LIMIT_SECONDS, Desk, Ended

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1500)]  # the whole story is one test

_POLL_SECONDS = 0.1
_STORY_LIMIT_SECONDS = 600.0
_RELEASE_LIMIT_SECONDS = 1500.0


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of a demo that was interrupted while a stack came up, and of the next one.

    Attributes:
        desk: where its world is up.
        interrupted: the first.
        left: processes that it left behind.
        status: exit code of `slipway sandbox status` after it.
        told: the second.
    """

    desk: Desk
    interrupted: Ended
    left: int
    status: int
    told: Ended


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk of a test's own."""
    with _desk(tmp_path / "sandbox") as made:
        yield made


@contextmanager
def _desk(home: Path) -> Iterator[Desk]:
    """A desk whose project is the checkout: that is as clean afterwards as before, and no process is left."""
    before = _checkout()
    made = Desk(project=CHECKOUT, home=home)
    try:
        yield made
        made.slipway("down")
        assert made.processes() == []
    finally:
        made.clear()
    assert _checkout() == before, "the demo wrote into the checkout"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Ctrl-C as from a terminal, to the whole process group, while a stack comes up; then once more."""
    with _desk(tmp_path_factory.mktemp("demo") / "sandbox") as desk:
        first = _begin(desk)
        _wait_for(desk.home.parent / "logs" / "demo-1.log", "resOutputsEvent")
        os.killpg(first.pid, signal.SIGINT)
        out, err = first.communicate(timeout=TIME_LIMIT_SECONDS)
        interrupted = Ended(code=first.returncode, out=out, err=err)
        left, status = len(desk.processes()), desk.slipway("status").code
        second = _begin(desk)
        out, err = second.communicate(timeout=_STORY_LIMIT_SECONDS)
        told = Ended(code=second.returncode, out=out, err=err)
        yield Told(desk=desk, interrupted=interrupted, left=left, status=status, told=told)


def test_ctrl_c_while_a_stack_comes_up_leaves_nothing(demo: Told) -> None:
    """The engine ends before its servers do."""
    out, err = demo.interrupted.out, demo.interrupted.err
    assert demo.interrupted.code == 130, out + err
    assert demo.left == 0
    assert _is_told_in_order(out, "$ pulumi up -s shared", "interrupted: ", "$ slipway sandbox down")
    assert "Traceback" not in out + err
    assert "the sandbox is down" in err
    assert demo.status == 3


def test_a_rerun_tells_the_story(demo: Told) -> None:
    """Four stacks, what the servers have, one setting."""
    out = demo.told.out
    assert demo.told.code == 0, out + demo.told.err
    assert _stacks_told(out) == ["shared", "dev", "staging", "prod", "dev"]
    assert re.search(r"S3 buckets .*asked from AWS", out)
    *_, planned, applied, left = (line for line in out.splitlines() if re.match(r" .*unchanged", line))
    groups = told_of("dev", "aws:cloudwatch/logGroup:LogGroup")  # what a retention is a setting of
    assert re.search(rf"\b{groups} to update", planned)
    assert f"{groups} updated" in applied
    assert re.fullmatch(r"  \d+ unchanged", left)
    assert "slipway sandbox down" in out.split("To clean up:")[1]


def test_a_release_s_story_goes_on_from_there(demo: Told) -> None:
    """From a pull request to prod, a bad change stopped, the way back: each step ends as its words say."""
    ended = subprocess.run(
        [sys.executable, "examples/demo/release.py"],
        cwd=CHECKOUT,
        env=demo.desk.environment({"SLIPWAY_SANDBOX_HOME": str(demo.desk.home)}),
        capture_output=True,
        text=True,
        check=False,
        timeout=_RELEASE_LIMIT_SECONDS,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    chapters = re.split(r"^(?=\d\. )", ended.stdout, flags=re.MULTILINE)
    _, ground, request, promotion, bad, back, trace = chapters
    assert "$ slipway sandbox up" not in ground, "the demo's world was not gone on in"
    assert ground.count("$ slipway release bootstrap") == 3
    assert "benokafor approved and merged" in request
    assert re.findall(r"^(dev|staging|prod)-\w+-1: every stage is done$", promotion, flags=re.MULTILINE) == [
        "dev",
        "staging",
        "prod",
    ]
    assert "a data audit failed" in bad
    assert "every stage is done" not in bad
    assert re.search(r"back in \d+ seconds", back)
    assert "henrik.olsen" in trace
    measured = _build(demo.desk, "observe", CHECKOUT / ".slipway" / "demo-release" / "finedge-pipelines")
    assert measured.code == 0, measured.err
    swept = _build(demo.desk, "janitor")
    assert swept.code == 0, swept.err
    assert swept.out.startswith("Dropped 0; "), "the rollback window is open"


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
    assert "'slipway sandbox up --airflow prod' ended with exit code 3\nTo try again: make demo" in ended.err
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


def _build(desk: Desk, duty: str, workspace: Path | None = None) -> Built:
    """Run a build of prod in the story's world, the engineer in AWS; without a workspace, in the platform's.

    In Snowflake it is the user of its buildspec, to whose second key the engineer's public half is added.
    """
    told = json.loads(desk.slipway("env", "--format", "json").out)
    environment = {name: value for name, value in told.items() if value is not None}
    _let_in(environment)
    return run_build_phase(
        StackName.PROD,
        duty,
        folder=workspace or Path(environment["PULUMI_OPTION_CWD"]),
        held={"SNOWFLAKE_PRIVATE_KEY": environment["SNOWFLAKE_PRIVATE_KEY"]},
        environment={
            **environment,
            "HOME": str(desk.home),
            "CODEBUILD_SRC_DIR_platform": environment["PULUMI_OPTION_CWD"],
        },
        given={},
    )


def _let_in(environment: Mapping[str, str]) -> None:
    key = serialization.load_pem_private_key(environment["SNOWFLAKE_PRIVATE_KEY"].encode(), password=None)
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    names = ("account", "user", "host", "port", "protocol", "private_key_file")
    found = {name: environment[f"SNOWFLAKE_{name.upper()}"] for name in names}
    with connect(**found) as connection, connection.cursor() as cursor:
        for user in ("FINEDGE_PROD_OBSERVE", "FINEDGE_PROD_DEPLOY"):
            cursor.execute(f"ALTER USER {user} SET RSA_PUBLIC_KEY_2 = '{base64.b64encode(public).decode()}'")
