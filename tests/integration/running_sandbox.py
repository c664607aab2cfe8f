"""A sandbox started through the command line, and the Pulumi CLI in its environment."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from snowflake.connector import DictCursor, connect

PACK = ("--policy-pack", str(Path(__file__).parents[2] / "policies" / "packs" / "baseline"))
"""Options of Pulumi that have the baseline policies checked."""
_TIME_LIMIT_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class RunningSandbox:
    """What a test needs of a running sandbox.

    Attributes:
        home: the sandbox's folder.
        environment: this process's environment, pointed at the sandbox.
    """

    home: Path
    environment: Mapping[str, str]

    @property
    def endpoints(self) -> dict[str, Any]:
        """The content of endpoints.json."""
        found: dict[str, Any] = json.loads((self.home / "endpoints.json").read_text(encoding="utf-8"))
        return found

    def pulumi(self, *arguments: str, folder: Path | None = None) -> "subprocess.CompletedProcess[str]":
        """Run the Pulumi CLI; in the shadow project unless a program's folder is given."""
        place = {"PULUMI_OPTION_CWD": str(folder)} if folder else {}
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            env={**self.environment, **place},
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIME_LIMIT_SECONDS,
        )

    def expect(self, *arguments: str, folder: Path | None = None) -> str:
        """Run the Pulumi CLI, require success and return what it printed."""
        ended = self.pulumi(*arguments, folder=folder)
        assert ended.returncode == 0, f"pulumi {' '.join(arguments)}:\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout

    def aws(self, service: str, stack: str) -> Any:
        """Return a boto3 client in the account of a stack, as the Pulumi provider gets there."""
        known = self.credentials(stack)
        return self.client(service, {name.lower(): value for name, value in known.items()})

    def credentials(self, stack: str) -> dict[str, str]:
        """Return credentials of a stack's account, as variables of a process."""
        sts = self.client("sts", {})
        role = f"arn:aws:iam::{self.endpoints['accounts'][stack]}:role/OrganizationAccountAccessRole"
        session = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
            "AWS_SESSION_TOKEN": session["SessionToken"],
        }

    def snowflake(self, *statements: str) -> list[dict[str, Any]]:
        """Run statements as the platform engineer and return the rows of the last one."""
        names = ("account", "user", "host", "port", "protocol", "private_key_file")
        found = {name: self.environment[f"SNOWFLAKE_{name.upper()}"] for name in names}
        with connect(**found) as connection, connection.cursor(DictCursor) as cursor:
            for statement in statements:
                cursor.execute(statement)
            return [dict(row) for row in cursor.fetchall()]

    def person(self, id_: str) -> dict[str, str]:
        """Return the credentials of somebody of team.yaml, as boto3 takes them."""
        known = self.endpoints["people"][id_]
        return {
            "aws_access_key_id": known["access_key_id"],
            "aws_secret_access_key": known["secret_access_key"],
        }

    def client(self, service: str, credentials: Mapping[str, str]) -> Any:
        """Return a boto3 client with credentials, the platform engineer's where there are none."""
        own = {
            "aws_access_key_id": self.environment["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": self.environment["AWS_SECRET_ACCESS_KEY"],
        }
        return boto3.client(
            service,
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            region_name=self.environment["AWS_REGION"],
            config=Config(inject_host_prefix=False),
            **(credentials or own),
        )


@contextmanager
def running_sandbox(home: Path, *, project: Path, servers: Sequence[str] = ()) -> Iterator[RunningSandbox]:
    """Bring a sandbox up, and take it down whatever happens.

    Args:
        home: its folder.
        project: the checkout whose stacks it is for.
        servers: what to start, as `slipway sandbox up` takes it; all servers but Airflow where it is empty.
    """
    place = ["--home", str(home), "--project", str(project)]
    try:
        _slipway("up", *servers, *place)
        own = json.loads(_slipway("env", *place, "--format", "json"))
        merged = {**os.environ, **own}  # null: the variable is to be unset
        environment = {name: value for name, value in merged.items() if value is not None}
        yield RunningSandbox(home=home, environment=environment)
    finally:
        _slipway("down", *place)


def _slipway(*arguments: str) -> str:
    command = ["slipway", "sandbox", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_TIME_LIMIT_SECONDS)
    assert ended.returncode == 0, f"{' '.join(command)}:\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout
