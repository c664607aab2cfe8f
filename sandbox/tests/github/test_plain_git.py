"""Plain git in the environment that `slipway sandbox env` prints: no token by hand."""

import os
import subprocess
from pathlib import Path

import pytest

from slipway_sandbox.supervisor.environment import variables
from slipway_sandbox.world import World
from tests.github.conftest import FOUNDING, OWNER, Server


@pytest.fixture
def environment(server: Server, tmp_path: Path) -> dict[str, str]:
    """The environment of a shell after `eval`, of a user whose own helper would keep every token."""
    home = tmp_path / "user"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[credential]\n\thelper = store\n[user]\n\tname = Ana\n\temail = ana@finedge.example\n"
    )
    world = World(home=server.home, pid=0, aws="", dynamodb="", github=server.url, **FOUNDING.told)
    before = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_TERMINAL_PROMPT": "0"}
    merged = before | variables(world, tmp_path, before)
    return {name: value for name, value in merged.items() if value is not None}


def run(environment: dict[str, str], folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run git, whatever comes of it."""
    return subprocess.run(
        ["git", *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_it_clones_and_pushes(server: Server, environment: dict[str, str], tmp_path: Path) -> None:
    """A private repository too; nothing is kept of the token, in the clone or in the user's folder."""
    repository = server.new_repository(private=True)
    url = server.ok("GET", repository)["clone_url"]
    cloned = run(environment, tmp_path, "clone", "--quiet", url, "clone")
    assert (cloned.returncode, cloned.stderr) == (0, "")
    folder = tmp_path / "clone"
    run(environment, folder, "commit", "--quiet", "--allow-empty", "-m", "By hand")
    pushed = run(environment, folder, "push", "--quiet")
    assert (pushed.returncode, pushed.stderr) == (0, "")
    assert server.ok("GET", f"{repository}/commits")[0]["commit"]["message"] == "By hand"
    assert server.token not in (folder / ".git" / "config").read_text()
    assert {path.name for path in (tmp_path / "user").iterdir()} == {".gitconfig"}


def test_whose_token_it_is_that_person_is(
    server: Server, environment: dict[str, str], tmp_path: Path
) -> None:
    """By the variable and by a URL: a reader's push is refused although the engineer's token is at hand."""
    repository = server.new_repository()
    url, token = server.ok("GET", repository)["clone_url"], server.token_of("reader")
    run(environment, tmp_path, "clone", "--quiet", url, "clone")
    folder = tmp_path / "clone"
    denied = f"Permission to {OWNER}/{repository.rpartition('/')[2]}.git denied to reader."
    by_variable = run(environment | {"GITHUB_TOKEN": token}, folder, "push", "origin", "main:x")
    by_url = run(environment, folder, "push", server.remote(repository, token), "main:x")
    assert (by_variable.returncode, by_url.returncode) == (128, 128)
    assert denied in by_variable.stderr
    assert denied in by_url.stderr
