"""`make demo-release`'s program, whole: from a pull request to prod, a bad change stopped, the way back."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from snowflake.connector import connect

from slipway.model.environment import StackName
from tests.cli.conftest import Ended
from tests.integration.build_phase import run_build_phase
from tests.integration.sandbox.desk import CHECKOUT, Desk

pytestmark = pytest.mark.integration

_STORY_LIMIT_SECONDS = 1500.0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose project is the checkout; no process of it is left."""
    made = Desk(project=CHECKOUT, home=tmp_path / "sandbox")
    yield made
    assert made.slipway("down").code == 0
    assert made.processes() == []
    made.clear()


def test_the_story_is_told_to_its_end(desk: Desk) -> None:
    """Each step ends as its words say it does; the checkout is as clean afterwards as it was before."""
    before = _checkout()
    told = subprocess.run(
        [sys.executable, "examples/demo/release.py"],
        cwd=CHECKOUT,
        env=desk.environment({"SLIPWAY_SANDBOX_HOME": str(desk.home)}),
        capture_output=True,
        text=True,
        check=False,
        timeout=_STORY_LIMIT_SECONDS,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    chapters = re.split(r"^(?=\d\. )", told.stdout, flags=re.MULTILINE)
    _, ground, request, promotion, bad, back, trace = chapters
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
    assert _checkout() == before, "the demo wrote into the checkout"
    measured = _build(desk, "observe", CHECKOUT / ".slipway" / "demo-release" / "finedge-pipelines")
    assert measured.code == 0, measured.err
    swept = _build(desk, "janitor")
    assert swept.code == 0, swept.err
    assert swept.out.startswith("Dropped 0; "), "the rollback window is open"


def _build(desk: Desk, duty: str, workspace: Path | None = None) -> Ended:
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


def _checkout() -> str:
    command = ["git", "status", "--porcelain"]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
