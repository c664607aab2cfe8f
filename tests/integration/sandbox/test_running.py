"""A sandbox that is up: found, described, used by plain tools, unmoved by a second start."""

import json
import os
import resource
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
import yaml

from tests.integration.sandbox.desk import Desk

pytestmark = pytest.mark.integration


def in_environment(desk: Desk, command: str, **extra: str) -> str:
    """Run a shell line after `eval "$(slipway sandbox env)"` and return what it printed."""
    env = " ".join(desk.command("env"))
    done = desk.run(["sh", "-euc", f'eval "$({env})"; {command}'], extra)
    assert done.code == 0, done.err
    return done.out


def environment(desk: Desk) -> dict[str, str | None]:
    """The environment as JSON."""
    printed: dict[str, str | None] = json.loads(desk.slipway("env", "--format", "json").out)
    return printed


def client(desk: Desk, service: str) -> Any:
    """A boto3 client as the environment makes it."""
    given = environment(desk)
    return boto3.client(
        service,
        endpoint_url=given["AWS_ENDPOINT_URL"],
        region_name=given["AWS_REGION"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
    )


def test_plain_pulumi_finds_every_stack(running: Desk) -> None:
    """`pulumi up -s dev` is the next thing a person types."""
    stacks = json.loads(in_environment(running, "pulumi stack ls --json"))
    assert sorted(stack["name"] for stack in stacks) == ["dev", "shared"]


def test_plain_boto3_is_the_platform_engineer(running: Desk) -> None:
    """Whatever profile or session the shell had before."""
    line = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    said = in_environment(
        running, f'python -c "{line}"', AWS_PROFILE="somebody-else", AWS_SESSION_TOKEN="stale"
    )
    assert said.strip() == "arn:aws:iam::111122223333:user/platform-engineer"


def test_plain_git_clones_from_the_sandboxs_github(running: Desk, tmp_path: Path) -> None:
    """No token by hand, for a private repository too."""
    given = environment(running)
    made = requests.post(
        f"{given['GITHUB_BASE_URL']}orgs/{given['GITHUB_OWNER']}/repos",
        json={"name": "cloned", "auto_init": True, "private": True},
        headers={"Authorization": f"Bearer {given['GITHUB_TOKEN']}"},
        timeout=30,
    )
    place = tmp_path / "cloned"
    in_environment(running, f"git clone --quiet {made.json()['clone_url']} {place}")
    assert (place / "README.md").read_text(encoding="utf-8") == "# cloned\n"


def test_the_environment_drops_what_points_elsewhere(running: Desk) -> None:
    """A service-specific endpoint or a profile of a real account must not survive `eval`."""
    lines = running.slipway("env", AWS_ENDPOINT_URL_S3="https://real.example").out.splitlines()
    (unset,) = (line.split()[1:] for line in lines if line.startswith("unset "))
    assert {"AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_SESSION_TOKEN", "PULUMI_ACCESS_TOKEN"} <= set(unset)


def test_the_project_s_tools_come_first_on_the_path(running: Desk) -> None:
    """The pinned pulumi, not the one that happens to be installed."""
    given = environment(running)
    assert given["PATH"] is not None
    assert given["PATH"].split(os.pathsep)[0] == str(running.project / ".venv/bin")


def test_the_environment_is_printed_quickly(running: Desk) -> None:
    """It runs in every shell. Counted in processor time, which other work on the machine does not stretch."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    running.slipway("env")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.5


def test_a_second_start_says_so_and_changes_nothing(running: Desk) -> None:
    """Not a fresh world: people lose work that way."""
    before = (running.home / "endpoints.json").read_bytes()
    again = running.slipway("up")
    assert again.code == 0
    assert again.err == (
        "the sandbox is already up; for a fresh one: `slipway sandbox down`, then `slipway sandbox up`\n"
    )
    assert f"http://127.0.0.1:{environment(running)['AWS_ENDPOINT_URL']}".rpartition(":")[2] in again.out
    assert (running.home / "endpoints.json").read_bytes() == before


def test_status_names_servers_and_accounts(running: Desk) -> None:
    """For programs and for people."""
    told = json.loads(running.slipway("status", "--format", "json").out)
    assert told["condition"] == "up"
    assert sorted(told["servers"]) == ["aws", "dynamodb", "github", "snowflake"]
    assert told["accounts"] == {"dev": "222233334444", "shared": "111122223333"}
    text = running.slipway("status")
    assert text.code == 0
    assert "account dev" in text.out


def test_secrets_stay_out_of_what_is_shown(running: Desk) -> None:
    """And the files that hold them are their owner's alone."""
    secret = environment(running)["AWS_SECRET_ACCESS_KEY"]
    assert secret is not None
    for shown in (
        running.slipway("status"),
        running.slipway("status", "--format", "json"),
        running.slipway("up"),
    ):
        assert secret not in shown.out + shown.err
    assert (running.home / "endpoints.json").stat().st_mode & 0o077 == 0
    assert (running.home / "founding.json").stat().st_mode & 0o077 == 0


def test_the_project_s_folder_stays_clean(running: Desk) -> None:
    """`pulumi` writes into stack files; it must find the shadow's, not the project's."""
    in_environment(running, "pulumi config set desk:colour green -s dev")
    names = {path.name for path in running.project.iterdir()}
    assert names == {"Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.shared.yaml", "uv.lock"}
    assert "encryptionsalt" not in (running.project / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    assert in_environment(running, "pulumi config get desk:colour -s dev").strip() == "green"


def test_an_edited_stack_file_reaches_the_engine(running: Desk) -> None:
    """And secrets that were encrypted before the edit stay readable: the salt is kept."""
    in_environment(running, "pulumi config set --secret desk:pin 1234 -s shared")
    source = running.project / "Pulumi.shared.yaml"
    source.write_text(source.read_text(encoding="utf-8") + "  desk:size: large\n", encoding="utf-8")
    salt = _shadow(running, "shared")["encryptionsalt"]
    assert in_environment(running, "pulumi config get desk:size -s shared").strip() == "large"
    assert _shadow(running, "shared")["encryptionsalt"] == salt
    assert "secretsprovider" not in _shadow(running, "shared")


def test_provider_plugins_are_found_by_the_engine(running: Desk) -> None:
    """In the versions that the project's SDKs ask for."""
    plugins = json.loads(in_environment(running, "pulumi plugin ls --json"))
    found = {(plugin["name"], plugin["version"]) for plugin in plugins}
    assert {("aws", "7.51.1"), ("github", "6.15.0"), ("snowflake", "2.22.0")} <= found


def test_the_inventory_is_asked_from_the_servers(running: Desk) -> None:
    """An object made behind everybody's back is in it."""
    client(running, "s3").create_bucket(Bucket="made-by-hand")
    listed = json.loads(running.slipway("inventory", "--stack", "shared", "--format", "json").out)
    (place,) = listed
    assert (place["stack"], place["account"]) == ("shared", "111122223333")
    (buckets,) = (kind for kind in place["kinds"] if kind["name"] == "S3 buckets")
    assert buckets == {
        "name": "S3 buckets",
        "source": "asked from AWS",
        "items": [{"name": "made-by-hand", "detail": ""}],
    }
    assert (
        "| S3 buckets | 1 |  | asked from AWS |" in running.slipway("inventory", "--format", "markdown").out
    )
    refused = running.slipway("inventory", "--stack", "production")
    assert (refused.code, refused.err) == (
        2,
        "error: 'production' is no stack\n  remedy: name one of: dev, shared\n",
    )


def test_logs_tell_what_a_server_did(running: Desk) -> None:
    """Account, service and operation of each request."""
    client(running, "sts").get_caller_identity()
    assert "111122223333 sts GetCallerIdentity" in running.slipway("logs", "aws").out
    assert {"aws", "dynamodb", "github", "snowflake", "supervisor"} <= set(
        running.slipway("logs").out.split()
    )
    refused = running.slipway("logs", "mainframe")
    assert refused.code == 2
    assert refused.err.startswith("error: there is no log of 'mainframe'\n  remedy: name one of: aws, ")


def _shadow(desk: Desk, stack: str) -> dict[str, Any]:
    text = (desk.home / "project" / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content
