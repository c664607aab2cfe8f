"""One GitHub server for the whole suite; every test works in repositories of its own."""

import itertools
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from slipway_sandbox.provider.contract import Session
from slipway_sandbox.provider.github.client import Github
from slipway_sandbox.world import Founding, World
from tests.conftest import free_port, running
from tests.github.proposal import People

OWNER = "finedge"
ENGINEER = "platform-engineer"
FOUNDING = Founding(
    region="us-east-1",
    accounts={"shared": "111122223333"},
    github_owner=OWNER,
    access_key_id="AKIATESTTESTTESTTEST",
    secret_access_key="the-engineers-secret",
)
_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running GitHub and what its engineer knows."""

    url: str
    token: str
    home: Path

    def call(self, method: str, path: str, *, token: str | None = None, **fields: Any) -> requests.Response:
        """One REST call with a JSON body, as the engineer or as somebody else."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return requests.request(method, self.url + path, json=fields or None, headers=headers, timeout=30)

    def ok(self, method: str, path: str, *, token: str | None = None, **fields: Any) -> Any:
        """The same for a call that must succeed: its decoded body."""
        answer = self.call(method, path, token=token, **fields)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def token_of(self, login: str) -> str:
        """A token to act as somebody else."""
        return str(self.ok("POST", f"/admin/users/{login}/authorizations", scopes=["repo"])["token"])

    def new_repository(self, **settings: Any) -> str:
        """A repository with one commit on main; its path below /repos."""
        name = f"platform-{next(_numbers)}"
        self.ok("POST", f"/orgs/{OWNER}/repos", name=name, **{"auto_init": True} | settings)
        return f"/repos/{OWNER}/{name}"

    def remote(self, repository: str, token: str | None = None) -> str:
        """Where git finds a repository, credentials included."""
        host = self.url.removeprefix("http://")
        return f"http://x-access-token:{token or self.token}@{host}{repository.removeprefix('/repos')}.git"


class Clone:
    """A working copy, driven by the real git."""

    def __init__(self, folder: Path, remote: str) -> None:
        self.folder = folder
        subprocess.run(["git", "clone", "--quiet", remote, str(folder)], check=True, env=_ENVIRONMENT)

    def git(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run git in the copy, whatever its exit code."""
        return subprocess.run(
            ["git", *command], cwd=self.folder, env=_ENVIRONMENT, capture_output=True, text=True, check=False
        )

    def commit(self, path: str, text: str, message: str = "Change") -> str:
        """Write a file and commit it; the commit's sha."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        for command in (("add", "."), ("commit", "--quiet", "-m", message)):
            done = self.git(*command)
            assert done.returncode == 0, done.stderr
        return self.git("rev-parse", "HEAD").stdout.strip()

    def push(self, *what: str) -> subprocess.CompletedProcess[str]:
        """Push to origin, whatever comes of it."""
        return self.git("push", "origin", *what)


_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Ana Silva",
    "GIT_AUTHOR_EMAIL": "ana@finedge.example",
    "GIT_COMMITTER_NAME": "Ana Silva",
    "GIT_COMMITTER_EMAIL": "ana@finedge.example",
}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, started as `up` starts it."""
    home = tmp_path_factory.mktemp("home")
    FOUNDING.save(home)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-u", "-m", "slipway_sandbox.github", "--home", str(home), "--port", str(port)]
    with running(command, f"{url}/_slipway/health", home / "github.log"):
        yield Server(url=url, token=(home / "github-token").read_text().strip(), home=home)


@pytest.fixture
def repository(server: Server) -> str:
    """A repository with one commit on main, by its path."""
    return server.new_repository()


@pytest.fixture
def clone(server: Server, repository: str, tmp_path: Path) -> Clone:
    """The engineer's working copy of the repository."""
    return Clone(tmp_path / "clone", server.remote(repository))


@pytest.fixture
def people(server: Server, repository: str) -> People:
    """Those who work in the repository."""
    return People(server=server, repository=repository, tokens={})


@pytest.fixture(scope="session")
def session(server: Server) -> Session:
    """The github provider as a program configures it."""
    world = World(
        home=server.home, pid=0, aws=server.url, dynamodb=server.url, github=server.url, **FOUNDING.told
    )
    client = Github(server.url, server.token, OWNER)
    return Session(package="github", account="", region="", world=world, github=client)
