"""What is started, where, and what the environment says about it."""

import io
import os
import shlex
import socket
import subprocess
from pathlib import Path

import pytest

from slipway_sandbox.supervisor.dynamodb import LIBRARIES
from slipway_sandbox.supervisor.environment import shell_lines, variables
from slipway_sandbox.supervisor.events import Event, Kind, Step
from slipway_sandbox.supervisor.faults import DependencyError
from slipway_sandbox.supervisor.home import Home
from slipway_sandbox.supervisor.order import Order
from slipway_sandbox.supervisor.servers import AIRFLOWS, Server, Site, choose_ports, with_requirements
from slipway_sandbox.world import World


@pytest.mark.parametrize(
    ("asked", "started"),
    [
        ([], ["dynamodb", "aws", "github", "snowflake"]),
        (["aws"], ["dynamodb", "aws"]),
        (["github"], ["github"]),
        (["github", "aws"], ["dynamodb", "aws", "github"]),
        (["airflow-dev"], ["dynamodb", "aws", "airflow-dev"]),
    ],
)
def test_what_is_asked_for_brings_what_it_needs(asked: list[str], started: list[str]) -> None:
    """The front forwards to DynamoDB Local; nobody has to know that."""
    assert [str(server) for server in with_requirements(map(Server, asked))] == started


def test_ports_are_free_and_different() -> None:
    """All are held while the others are chosen."""
    ports = choose_ports(list(Server), {})
    assert len(set(ports.values())) == len(Server)


def test_a_port_that_is_taken_is_refused_with_its_option() -> None:
    """And a free one that was asked for is taken."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(DependencyError, match=f"port {port} for aws is in use") as caught:
            choose_ports([Server.AWS], {Server.AWS: port})
        assert "--aws-port" in caught.value.remedy
    assert choose_ports([Server.AWS], {Server.AWS: port}) == {Server.AWS: port}


def test_an_airflow_is_that_of_an_environment() -> None:
    """The shared stack runs no pipelines."""
    assert Server.airflow_of("prod") is Server.AIRFLOW_PROD
    assert [server.airflow_stack for server in AIRFLOWS] == ["dev", "staging", "prod"]
    with pytest.raises(ValueError, match="airflow-shared"):
        Server.airflow_of("shared")


def test_the_front_is_told_where_each_airflow_answers() -> None:
    """It forwards InvokeRestApi there."""
    ports = {Server.DYNAMODB: 1, Server.AWS: 2, Server.AIRFLOW_DEV: 3, Server.AIRFLOW_PROD: 4}
    site = Site(home=Home(Path("/h")), libraries=LIBRARIES, ports=ports)
    told = [word for word in site.command(Server.AWS) if word.startswith("--airflow")]
    assert told == ["--airflow=dev=http://127.0.0.1:3", "--airflow=prod=http://127.0.0.1:4"]


def test_an_order_survives_the_command_line() -> None:
    """The supervisor reads what the command wrote."""
    site = Site(home=Home(Path("/h o/me")), libraries=Path("/l"), ports={Server.AWS: 1, Server.DYNAMODB: 2})
    order = Order(project=Path("/p"), stacks=("dev", "shared"), site=site, failpoint=Step.STACKS)
    assert Order.parse(order.to_text()) == order


def test_an_event_survives_the_pipe() -> None:
    """Whatever its text holds."""
    event = Event(kind=Kind.FAILED, text='two\nlines "quoted"', remedy="try", exit_code=3)
    pipe = io.StringIO()
    event.send(pipe)
    (line,) = pipe.getvalue().splitlines()
    assert Event.parse(line) == event


def test_the_shell_reads_the_environment_back(tmp_path: Path) -> None:
    """Spaces and quotes in a path, and variables of another account, are no trap for ``eval``."""
    home = tmp_path / "my 'own' home"
    home.mkdir()
    world = World(
        home=home,
        pid=1,
        aws="http://127.0.0.1:1",
        dynamodb="http://127.0.0.1:2",
        github="",
        region="us-east-1",
        accounts={"shared": "111122223333"},
        github_owner="",
        access_key_id="AKIA",
        secret_access_key="a$b",
    )
    wanted = variables(world, tmp_path, {"AWS_ENDPOINT_URL_S3": "https://real.example"})
    script = "\n".join(
        [*shell_lines(wanted), 'printf "%s|" "$SLIPWAY_SANDBOX_HOME" "$AWS_SECRET_ACCESS_KEY"']
    )
    script += '\nprintf "%s" "${AWS_ENDPOINT_URL_S3-unset} ${AWS_PROFILE-unset} ${GITHUB_TOKEN-unset}"'
    foreign = {
        "AWS_ENDPOINT_URL_S3": "https://real.example",
        "AWS_PROFILE": "real",
        "GITHUB_TOKEN": "of a real account",
        "PATH": os.environ["PATH"],
    }
    said = subprocess.run(
        ["sh", "-c", script], env=foreign, capture_output=True, text=True, check=True
    ).stdout
    assert said == f"{home}|a$b|unset unset unset"
    assert shlex.quote(str(home)) in "\n".join(shell_lines(wanted))
