"""No process outlives its sandbox, whatever is killed and whenever.

Each step of a start is named by a failpoint (SLIPWAY_SANDBOX_FAILPOINT): the supervisor stops there.
"""

import json
import signal

import pytest

from tests.integration.sandbox.desk import TIME_LIMIT_SECONDS, Command, Desk, follow_until

pytestmark = pytest.mark.integration

STEPS = (
    "record",
    "spawn-dynamodb",
    "spawn-aws",
    "spawn-github",
    "spawn-snowflake",
    "spawn-airflow-dev",
    "spawn-airflow-staging",
    "spawn-airflow-prod",
    "plugins",
    "project",
    "stacks",
    "readiness",
    "endpoints",
    "release",
)


def supervisor_of(desk: Desk) -> int:
    """The supervisor's process id."""
    return desk.wait_for_process("slipway_sandbox.supervisor.daemon").pid


def recorded(desk: Desk) -> dict[str, int]:
    """Server -> process id, as the supervisor wrote it down."""
    text = (desk.home / "supervisor.json").read_text(encoding="utf-8")
    return {name: entry["pid"] for name, entry in json.loads(text).items()}


def kill(desk: Desk, pid: int) -> None:
    """Send SIGKILL to a process of this desk."""
    (victim,) = (process for process in desk.processes() if process.pid == pid)
    victim.send_signal(signal.SIGKILL)


def stopped_at(desk: Desk, step: str, *servers: str) -> Command:
    """A start that has reached a step and waits there; an Airflow's step needs its stack."""
    stack = step.partition("spawn-airflow-")[2]
    if stack not in {"", "dev"}:
        desk.add_stack(stack, {"staging": "333344445555", "prod": "444455556666"}[stack])
    wanted = servers or ((f"airflow-{stack}",) if stack else ())
    starting = desk.begin("up", *wanted, SLIPWAY_SANDBOX_FAILPOINT=step)
    follow_until(starting, f"stopped before {step}")
    return starting


def ended(process: Command) -> tuple[int, str]:
    """Exit code and the rest of the story of a command that ends by itself."""
    _, err = process.communicate(timeout=TIME_LIMIT_SECONDS)
    return process.returncode, err


def test_the_steps_are_those_of_the_command(desk: Desk) -> None:
    """A new step is a new moment to be killed at: it must join the list above."""
    refused = desk.slipway("up", SLIPWAY_SANDBOX_FAILPOINT="no-such-step")
    assert refused.code == 2
    assert refused.err == (
        f"error: SLIPWAY_SANDBOX_FAILPOINT=no-such-step is no step\n  remedy: one of: {', '.join(STEPS)}\n"
    )


@pytest.mark.parametrize("step", STEPS)
def test_killing_the_command_ends_everything(desk: Desk, step: str) -> None:
    """The supervisor's life hangs on the command until the world is ready."""
    starting = stopped_at(desk, step)
    starting.kill()
    starting.communicate()
    desk.wait_for_no_process()
    assert desk.slipway("status").code == 3


@pytest.mark.parametrize("step", STEPS)
def test_killing_the_supervisor_ends_everything(desk: Desk, step: str) -> None:
    """The kernel ends the children, and the waiting command says what happened."""
    starting = stopped_at(desk, step)
    kill(desk, supervisor_of(desk))
    code, err = ended(starting)
    assert code == 3
    assert (
        "error: the sandbox's supervisor ended by itself\n  remedy: see `slipway sandbox logs supervisor`"
        in err
    )
    desk.wait_for_no_process()


@pytest.mark.parametrize(
    ("server", "world"),
    [
        ("dynamodb", ["aws"]),
        ("aws", ["aws"]),
        ("github", ["github", "snowflake"]),
        ("snowflake", ["github", "snowflake"]),
    ],
)
def test_killing_a_server_while_it_starts_is_one_message(desk: Desk, server: str, world: list[str]) -> None:
    """The start gives up, names the server, and ends the others."""
    starting = stopped_at(desk, "readiness", *world)
    kill(desk, recorded(desk)[server])
    code, err = ended(starting)
    assert code == 3
    assert (
        f"error: {server} ended by itself: signal SIGKILL\n  remedy: see `slipway sandbox logs {server}`"
        in err
    )
    desk.wait_for_no_process()


def airflow_starting(desk: Desk) -> Command:
    """A start whose Airflow has begun with processes of its own."""
    starting = stopped_at(desk, "readiness", "airflow-dev")
    desk.wait_for_process("scheduler")
    return starting


@pytest.mark.parametrize("victim", ["supervisor", "airflow-dev"])
def test_an_airflow_that_starts_ends_with_all_that_it_has_started(desk: Desk, victim: str) -> None:
    """Its DAG processor and its executor outlive a killed scheduler, and move to groups of their own."""
    starting = airflow_starting(desk)
    kill(desk, recorded(desk)[victim])
    starting.communicate()
    desk.wait_for_no_process()


@pytest.mark.parametrize("victim", ["command", "supervisor"])
def test_a_pulumi_that_runs_for_the_start_ends_too(desk: Desk, victim: str) -> None:
    """`pulumi stack init` is a child like the servers."""
    starting = desk.begin("up", "github")
    desk.wait_for_process("init")
    if victim == "command":
        starting.kill()
    else:
        kill(desk, supervisor_of(desk))
    starting.communicate()
    desk.wait_for_no_process()


def test_an_interrupt_ends_everything_before_the_command_returns(desk: Desk) -> None:
    """After Ctrl-C the prompt comes back to a clean machine."""
    starting = stopped_at(desk, "endpoints", "github", "snowflake")
    starting.send_signal(signal.SIGINT)
    code, _ = ended(starting)
    assert code == 130
    assert desk.processes() == []


def test_a_start_after_a_killed_one_succeeds_and_says_that_it_starts_fresh(desk: Desk) -> None:
    """What a killed start left is in nobody's way."""
    starting = stopped_at(desk, "endpoints", "github", "snowflake")
    starting.kill()
    starting.communicate()
    desk.wait_for_no_process()
    again = desk.slipway("up", "github", "snowflake")
    assert again.code == 0
    assert "starting fresh: state and databases of the earlier sandbox are removed" in again.err
    assert desk.slipway("down").code == 0
    desk.wait_for_no_process(seconds=0)


def test_a_killed_supervisor_takes_a_running_world_with_it(desk: Desk) -> None:
    """Also when nobody waits for it any more."""
    assert desk.slipway("up").code == 0
    kill(desk, supervisor_of(desk))
    desk.wait_for_no_process()
    status = desk.slipway("status")
    assert status.code == 3
    assert "has crashed: supervisor ended (it was killed), and its world with it" in status.err
    assert desk.slipway("down").err == "the sandbox is down; its world is removed\n"


def test_down_ends_a_start_that_hangs(desk: Desk) -> None:
    """The way out that the messages name."""
    starting = stopped_at(desk, "readiness", "github", "snowflake")
    assert desk.slipway("down").code == 0
    code, err = ended(starting)
    assert code == 3
    how = "was ended while it started: by `slipway sandbox down`, or by a signal"
    remedy = "start it again with `slipway sandbox up`"
    assert err.endswith(f"error: the sandbox in {desk.home} {how}\n  remedy: {remedy}\n")
    desk.wait_for_no_process(seconds=0)


def test_a_second_start_does_not_disturb_the_first(desk: Desk) -> None:
    """Two terminals, one sandbox."""
    starting = stopped_at(desk, "readiness", "github", "snowflake")
    before = {process.pid for process in desk.processes()}
    second = desk.slipway("up")
    assert second.code == 3
    assert "is starting or ending (process " in second.err
    assert "remedy: wait for it, or end it with `slipway sandbox down`" in second.err
    assert {process.pid for process in desk.processes()} == before
    starting.kill()
    starting.communicate()
    desk.wait_for_no_process()
