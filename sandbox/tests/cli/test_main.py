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
from slipway_sandbox.snowflake.place import FOLDER, PRIVATE_KEY_FILE
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
    (home.path / FOLDER).mkdir()
    (home.path / FOLDER / PRIVATE_KEY_FILE).write_text("a key\n", encoding="utf-8")
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
    urls = dict.fromkeys(("aws", "github", "snowflake"), "") | {server: url}
    return replace(world, aws=urls["aws"], github=urls["github"], snowflake=urls["snowflake"])


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


def test_an_inventory_of_a_snowflake_that_does_not_answer(world: World, run: Run) -> None:
    """The connector would try for a minute: nobody listens, and that is said at once."""
    only(world, "snowflake", DEAD).save()
    code, said = run("inventory")
    first, second = said.splitlines()
    assert code == ExitCode.ENVIRONMENT
    assert first == f"error: Snowflake at {DEAD} does not answer: Connection refused"
    assert second == "  remedy: see `slipway sandbox status`, then `slipway sandbox logs snowflake`"


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


@pytest.fixture
def stacks(project: Path) -> Path:
    """A Pulumi project with the audit account's stack."""
    text = 'config:\n  aws:region: us-east-1\n  aws:allowedAccountIds: ["111122223333"]\n'
    (project / "Pulumi.shared.yaml").write_text(text, encoding="utf-8")
    return project


def test_what_env_drops_is_told_with_the_file_that_keeps_it(
    home: Home, world: World, run: Run, stacks: Path
) -> None:
    """`pulumi config set` wrote into the copy; an edit of the project's file takes it away."""
    replace(world, snowflake=DEAD).save()
    assert run("env", "--project", str(stacks)) == (ExitCode.OK, "")
    copy, source = home.project / "Pulumi.shared.yaml", stacks / "Pulumi.shared.yaml"
    copy.write_text(copy.read_text(encoding="utf-8") + "  x:colour: green\n", encoding="utf-8")
    assert run("env", "--project", str(stacks)) == (ExitCode.OK, "")
    source.write_text(source.read_text(encoding="utf-8") + "  x:size: large\n", encoding="utf-8")
    told = (
        "Pulumi.shared.yaml has changed: the sandbox's copy follows it, and loses what `pulumi config` wrote "
        f"into it: x:colour\n  to keep a setting, write it into {source}\n"
    )
    assert run("env", "--project", str(stacks)) == (ExitCode.OK, told)


def test_a_world_without_aws_is_named_as_such(home: Home, world: World, run: Run, stacks: Path) -> None:
    """In status and env; the inventory has nothing to ask."""
    replace(world, aws="", dynamodb="", github="").save()
    absent = "AWS, GitHub, Snowflake"
    assert run("status") == (ExitCode.OK, f"the sandbox in {home.path} is up, without {absent}\n")
    assert run("env", "--project", str(stacks)) == (
        ExitCode.OK,
        f"this sandbox was started without {absent}: variables that would lead there are unset\n",
    )
    assert run("inventory") == (
        ExitCode.OK,
        f"this sandbox was started without {absent}: nothing was asked there\n",
    )


@pytest.mark.parametrize("words", [["github"], ["github", "--github-port", "7001"]])
def test_up_beside_a_world_that_has_what_is_wanted(
    world: World, run: Run, project: Path, words: list[str]
) -> None:
    """It is shown, and stays as it is."""
    replace(world, aws="", dynamodb="", github="http://127.0.0.1:7001").save()
    code, said = run("up", *words, "--project", str(project))
    assert code == ExitCode.OK
    assert said.startswith("the sandbox is already up; for a fresh one: ")


@pytest.mark.parametrize(
    ("words", "differences"),
    [
        ([], "without dynamodb and without aws and without snowflake"),
        (["aws", "github"], "without dynamodb and without aws"),
        (["github", "--github-port", "7002"], "with github on port 7001, not 7002"),
    ],
)
def test_up_beside_a_world_of_another_kind(
    world: World, run: Run, project: Path, words: list[str], differences: str
) -> None:
    """What was asked for would silently not be there: a refusal, with the way to get it."""
    replace(world, aws="", dynamodb="", github="http://127.0.0.1:7001").save()
    message = f"the sandbox in {world.home} is up {differences}"
    remedy = "end it, and its world, with `slipway sandbox down`; then start it like this"
    said = f"error: {message}\n  remedy: {remedy}\n"
    assert run("up", *words, "--project", str(project)) == (ExitCode.ENVIRONMENT, said)
