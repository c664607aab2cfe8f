"""What can go wrong is two lines and an exit code, whatever library it comes from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, TypeAlias

import pytest

from slipway_sandbox.cli import commands
from slipway_sandbox.cli.main import main
from slipway_sandbox.supervisor.faults import ExitCode
from slipway_sandbox.supervisor.home import Home
from slipway_sandbox.world import World
from tests.conftest import free_port

if TYPE_CHECKING:
    from pathlib import Path

Run: TypeAlias = Callable[..., tuple[int, str]]
DEAD = f"http://127.0.0.1:{free_port()}"
"""Where nobody listens."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A sandbox's folder that a supervisor holds."""
    folder = Home(tmp_path / "home")
    held = folder.hold()
    assert held is not None
    with held:
        yield folder


@pytest.fixture
def world(home: Home) -> World:
    """A world whose servers have ended without anybody noticing yet."""
    (home.path / "github-token").write_text("token\n", encoding="utf-8")
    return World(
        home=home.path,
        pid=1,
        aws=DEAD,
        dynamodb=DEAD,
        github=DEAD,
        region="us-east-1",
        accounts={"shared": "111122223333"},
        github_owner="finedge",
        access_key_id="AKIDEXAMPLE",
        secret_access_key="none",
    )


def only(world: World, server: str, url: str) -> World:
    """The world with one server only."""
    return replace(world, aws=url if server == "aws" else "", github=url if server == "github" else "")


@pytest.fixture
def run(home: Home, capsys: pytest.CaptureFixture[str]) -> Run:
    """One command line on that folder: its exit code and standard error."""

    def command(*words: str) -> tuple[int, str]:
        code = main([*words, "--home", str(home.path)])
        return code, capsys.readouterr().err

    return command


@pytest.mark.parametrize("server", ["aws", "github"])
def test_an_inventory_of_a_server_that_does_not_answer(world: World, run: Run, server: str) -> None:
    """Not botocore's traceback, and no advice about folders."""
    only(world, server, DEAD).save()
    message = f"{server} at {DEAD} does not answer"
    remedy = f"see `slipway sandbox status`, then `slipway sandbox logs {server}`"
    assert run("inventory") == (ExitCode.ENVIRONMENT, f"error: {message}\n  remedy: {remedy}\n")


class _Broken(BaseHTTPRequestHandler):
    """A server that has lost its mind."""

    def do_GET(self) -> None:
        """Fail."""
        self.send_error(500)

    do_POST = do_GET  # noqa: N815 - http.server's own form of names

    def log_message(self, *_: object) -> None:
        """Keep standard error for the command."""


@pytest.fixture
def broken() -> Iterator[str]:
    """Where every answer is an error."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Broken) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("server", ["aws", "github"])
def test_an_inventory_of_a_server_that_answers_with_errors(
    world: World, run: Run, broken: str, server: str
) -> None:
    """It is there, so its own log says more than its silence would."""
    only(world, server, broken).save()
    code, said = run("inventory")
    first, second = said.splitlines()
    assert code == ExitCode.ENVIRONMENT
    assert first.startswith(f"error: {server} at {broken} answers with an error: ")
    assert second == f"  remedy: see `slipway sandbox status`, then `slipway sandbox logs {server}`"


@pytest.mark.parametrize("command", ["status", "env", "inventory"])
def test_a_sandbox_that_is_starting_or_ending(home: Home, run: Run, project: Path, command: str) -> None:
    """To start one would be refused: it is to be waited for."""
    words = [command, "--project", str(project)]
    message, remedy = f"the sandbox in {home.path} is starting or ending", "wait for it, or end it with"
    said = f"error: {message}\n  remedy: {remedy} `slipway sandbox down`\n"
    assert run(*words) == (ExitCode.ENVIRONMENT, said)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A Pulumi project."""
    (tmp_path / "Pulumi.yaml").write_text("name: x\nruntime: python\n", encoding="utf-8")
    return tmp_path


def test_an_error_without_a_file_is_not_blamed_on_the_folder(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To name another folder helps nobody then; an error that nobody foresaw shows itself."""

    def failing(_: object) -> int:
        raise ConnectionResetError(104, "Connection reset by peer")

    monkeypatch.setattr(commands, "status", failing)
    with pytest.raises(ConnectionResetError):
        run("status")
