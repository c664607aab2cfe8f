"""What cannot work is one message with its remedy, an exit code, and nothing half-made."""

import signal
from pathlib import Path

import pytest

from tests.integration.sandbox.desk import Desk, Ended, busy_port, folder_with

pytestmark = pytest.mark.integration


def assert_refused(desk: Desk, ended: Ended, code: int, message: str, remedy: str) -> None:
    """Two lines on standard error, the code, no output, no process, no folder."""
    assert ended.err == f"error: {message}\n  remedy: {remedy}\n"
    assert (ended.code, ended.out) == (code, "")
    assert desk.processes() == []
    assert not desk.home.exists()


@pytest.mark.parametrize("command", ["status", "env", "inventory"])
def test_without_a_sandbox(desk: Desk, command: str) -> None:
    """Nothing was started, and the remedy is the command that starts."""
    message, remedy = f"the sandbox in {desk.home} is down", "start one with `slipway sandbox up`"
    assert_refused(desk, desk.slipway(command), 3, message, remedy)


def test_logs_without_a_sandbox(desk: Desk) -> None:
    """There is nothing to read, which is not an empty log."""
    message, remedy = f"{desk.home} has no logs", "start a sandbox with `slipway sandbox up`"
    assert_refused(desk, desk.slipway("logs"), 3, message, remedy)


def test_down_twice_is_fine(desk: Desk) -> None:
    """Ending what is not there is no error."""
    for _ in range(2):
        ended = desk.slipway("down")
        assert (ended.code, ended.err) == (0, "there is no sandbox to end\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["up", "--aws-port"], "argument --aws-port: expected one argument"),
        (
            ["up", "mainframe"],
            (
                "argument SERVER: 'mainframe' is none of dynamodb, aws, github, snowflake, "
                "airflow-dev, airflow-staging, airflow-prod"
            ),
        ),
        (["up", "--aws-port", "x"], "argument --aws-port: 'x' is not a port: 0 to 65535"),
        (["up", "--aws-port", "65536"], "argument --aws-port: '65536' is not a port: 0 to 65535"),
        (["logs", "aws", "--lines", "all"], "argument --lines: 'all' is not a number of lines"),
    ],
)
def test_words_that_cannot_be_right(desk: Desk, words: list[str], message: str) -> None:
    """Two lines instead of the whole usage; the remedy is the command's own help."""
    assert_refused(desk, desk.slipway(*words), 2, message, f"see `slipway sandbox {words[0]} --help`")


def test_an_option_that_does_not_exist(desk: Desk) -> None:
    """Named by the whole command, which is what has read every word."""
    ended = desk.slipway("up", "--nosuch")
    assert_refused(desk, ended, 2, "unrecognized arguments: --nosuch", "see `slipway sandbox --help`")


def test_a_port_in_use(desk: Desk) -> None:
    """Found before anything is started, and the holder is named where the system tells."""
    listener, port = busy_port()
    with listener:
        ended = desk.slipway("up", "--aws-port", str(port))
    first, second = ended.err.splitlines()
    assert first.startswith(f"error: port {port} for aws is in use")
    assert second == "  remedy: end what listens there, or leave --aws-port out to take a free one"
    assert ended.code == 3
    assert not desk.home.exists()


def test_missing_jars(desk: Desk, tmp_path: Path) -> None:
    """What `make setup` installs is missing."""
    ended = desk.slipway("up", "--dynamodb-libraries", str(tmp_path / "none"))
    message = f"DynamoDB Local is missing: no jars in {tmp_path / 'none'}"
    assert_refused(desk, ended, 3, message, "run `make setup`")


def test_missing_java(desk: Desk, tmp_path: Path) -> None:
    """Found on the PATH or not at all."""
    ended = desk.slipway("up", PATH=folder_with(tmp_path / "bin", "pulumi"))
    message = "there is no Java runtime: `java` is not on the PATH"
    assert_refused(desk, ended, 3, message, "install a JDK, version 17 or newer")


def test_missing_pulumi(desk: Desk, tmp_path: Path) -> None:
    """The stacks could not be made."""
    ended = desk.slipway("up", PATH=folder_with(tmp_path / "bin", "java"))
    message = f"there is no Pulumi CLI: `pulumi` is neither in {desk.project / '.venv/bin'} nor on the PATH"
    assert_refused(desk, ended, 3, message, "run `make setup`")


def test_missing_sdks(desk: Desk) -> None:
    """Without their versions the engine would not find the plugins."""
    (desk.project / "uv.lock").unlink()
    message = f"{desk.project} neither has installed nor locks pulumi-aws, pulumi-github, pulumi-snowflake"
    assert_refused(desk, desk.slipway("up"), 3, message, "run `make setup`")


def test_no_project(desk: Desk) -> None:
    """A usage error: the wrong folder."""
    (desk.project / "Pulumi.yaml").unlink()
    message = f"no Pulumi.yaml in {desk.project} or above"
    assert_refused(
        desk, desk.slipway("up"), 2, message, "run this in the project's folder, or name it with --project"
    )


def test_no_audit_account(desk: Desk) -> None:
    """The platform engineer's user has to live somewhere."""
    (desk.project / "Pulumi.shared.yaml").unlink()
    message = f"{desk.project} has no Pulumi.shared.yaml"
    remedy = "add the stack file of the audit account, in which the shared stack lives"
    assert_refused(desk, desk.slipway("up"), 1, message, remedy)


def test_a_stack_without_an_account(desk: Desk) -> None:
    """No account is made up."""
    (desk.project / "Pulumi.dev.yaml").write_text("config:\n  aws:region: us-east-1\n", encoding="utf-8")
    message = "Pulumi.dev.yaml names no account: aws:allowedAccountIds is None"
    remedy = 'give it the one account of the stack, like `aws:allowedAccountIds: ["222233334444"]`'
    assert_refused(desk, desk.slipway("up"), 1, message, remedy)


def test_a_broken_stack_file(desk: Desk) -> None:
    """File, line and column."""
    broken = desk.project / "Pulumi.dev.yaml"
    broken.write_text("config:\n  aws:region: [us-east-1\n", encoding="utf-8")
    message = f"{broken}:3:1: expected ',' or ']', but got '<stream end>'"
    assert_refused(desk, desk.slipway("up"), 1, message, "correct the stack file")


def test_no_github_owner(desk: Desk) -> None:
    """No organisation is made up."""
    shared = desk.project / "Pulumi.shared.yaml"
    shared.write_text(
        shared.read_text(encoding="utf-8").replace("  github:owner: finedge\n", ""), encoding="utf-8"
    )
    message = "Pulumi.shared.yaml has no github:owner"
    assert_refused(desk, desk.slipway("up"), 1, message, "add it, like `github:owner: finedge`")


def test_a_home_that_cannot_be_made(desk: Desk, tmp_path: Path) -> None:
    """Not a traceback of mkdir."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    desk.home = tmp_path / "file" / "home"
    ended = desk.slipway("up")
    message = f"{desk.home}: Not a directory"
    assert_refused(desk, ended, 3, message, "name a folder of yours with --home")


@pytest.mark.parametrize(
    ("server", "world"),
    [
        ("aws", ["aws"]),
        ("dynamodb", ["aws"]),
        ("github", ["github", "snowflake"]),
        ("snowflake", ["github", "snowflake"]),
    ],
)
def test_a_crashed_server_ends_the_world_and_is_named(desk: Desk, server: str, world: list[str]) -> None:
    """AWS objects live in memory: a world with a missing server is no world. The others end too."""
    assert desk.slipway("up", *world).code == 0
    assert len(desk.processes()) == 3  # the supervisor and two servers
    _kill_server(desk, server)
    desk.wait_for_no_process()
    for command in ("status", "env"):
        ended = desk.slipway(command)
        first, second = ended.err.splitlines()
        assert first.startswith(f"error: the sandbox in {desk.home} has crashed: {server} ended at ")
        assert first.endswith("(signal SIGKILL), and its world with it")
        assert second == (
            f"  remedy: see `slipway sandbox logs {server}`, then start afresh with `slipway sandbox up`"
        )
        assert (ended.code, ended.out) == (3, "")
    assert desk.slipway("logs", server).code == 0


def test_a_start_after_a_crash_says_so(desk: Desk) -> None:
    """The person learns that the earlier world is gone."""
    assert desk.slipway("up", "aws").code == 0
    _kill_server(desk, "aws")
    desk.wait_for_no_process()
    again = desk.slipway("up", "aws")
    assert again.code == 0
    first, second, *_ = again.err.splitlines()
    assert first.startswith("the earlier sandbox crashed (aws: signal SIGKILL, ")
    assert second == "starting fresh: state and databases of the earlier sandbox are removed"
    assert desk.slipway("down").code == 0
    desk.wait_for_no_process(seconds=0)


def test_only_what_is_asked_for_is_started(desk: Desk) -> None:
    """GitHub needs no AWS; AWS needs DynamoDB and brings it."""
    assert desk.slipway("up", "github").code == 0
    printed = desk.slipway("env").out
    assert "GITHUB_BASE_URL" in printed
    assert "AWS_ENDPOINT_URL=" not in printed
    assert desk.slipway("down").code == 0


def _kill_server(desk: Desk, server: str) -> None:
    module = {
        "aws": "slipway_sandbox.aws",
        "github": "slipway_sandbox.github",
        "snowflake": "slipway_sandbox.snowflake",
        "dynamodb": "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
    }
    desk.wait_for_process(module[server]).send_signal(signal.SIGKILL)
