"""A sandbox GitHub of the tests' own, on a free port, and the people who work in its repositories."""

import base64
import itertools
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import requests

from slipway.adapters.github import GithubSettings, GithubSourceControl, github_source_control

SANDBOX: Final = Path(__file__).parents[3] / "sandbox"
OWNER: Final = "finedge"
ENGINEER: Final = "platform-engineer"
_TIME_LIMIT_SECONDS: Final = 30
_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class RunningForge:
    """A GitHub that answers.

    Attributes:
        url: where it is.
        token: the engineer's, who owns the organisation.
    """

    url: str
    token: str
    _tokens: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, login: str = ENGINEER, **fields: Any) -> Any:
        """One REST call that must succeed, as a person."""
        answer = requests.request(
            method,
            self.url + path,
            json=fields or None,
            headers={"Authorization": f"Bearer {self.token_of(login)}"},
            timeout=_TIME_LIMIT_SECONDS,
        )
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def token_of(self, login: str) -> str:
        """A person's token."""
        if login == ENGINEER:
            return self.token
        if login not in self._tokens:
            made = self.call("POST", f"/admin/users/{login}/authorizations", scopes=["repo"])
            self._tokens[login] = made["token"]
        return self._tokens[login]

    def app_token(self, slug: str) -> str:
        """A token of an app that is installed in the organisation."""
        return str(self.call("POST", f"/_slipway/orgs/{OWNER}/apps/{slug}/tokens")["token"])

    def new_repository(self, *people: str) -> "Repository":
        """A repository with one commit on main, in which these people write."""
        name = f"platform-{next(_numbers)}"
        self.call("POST", f"/orgs/{OWNER}/repos", name=name, auto_init=True)
        for login in people:
            self.call("PUT", f"/repos/{OWNER}/{name}/collaborators/{login}", permission="push")
        return Repository(forge=self, name=f"{OWNER}/{name}")


@dataclass(frozen=True, kw_only=True)
class Repository:
    """One repository, as the people in it change it."""

    forge: RunningForge
    name: str

    def source_control(self, token: str = "") -> GithubSourceControl:
        """The adapter under test, as the engineer or by another token."""
        settings = GithubSettings(
            endpoint=self.forge.url, repository=self.name, token=token or self.forge.token, attempts=2
        )
        return github_source_control(settings)

    def call(self, method: str, path: str, login: str = ENGINEER, **fields: Any) -> Any:
        """One REST call below the repository."""
        return self.forge.call(method, f"/repos/{self.name}{path}", login, **fields)

    def tip(self, branch: str = "main") -> str:
        """The newest commit of a branch."""
        return str(self.call("GET", f"/git/ref/heads/{branch}")["object"]["sha"])

    def write(self, login: str, branch: str, path: str, message: str = "Change", **over: str) -> str:
        """Commit a new file, or with its `sha` over one that is there; the commit's sha."""
        content = base64.b64encode(message.encode()).decode()
        fields = {"message": message, "content": content, "branch": branch, **over}
        return str(self.call("PUT", f"/contents/{path}", login, **fields)["commit"]["sha"])

    def propose(self, login: str, branch: str) -> int:
        """Open a pull request from a new branch with one new file; its number."""
        self.call("POST", "/git/refs", ref=f"refs/heads/{branch}", sha=self.tip())
        self.write(login, branch, f"{branch}-1.txt", f"Add {branch}")
        fields = {"title": f"Add {branch}", "head": branch, "base": "main"}
        return int(self.call("POST", "/pulls", login, **fields)["number"])

    def review(self, login: str, number: int, event: str = "APPROVE") -> None:
        """Submit a review."""
        self.call("POST", f"/pulls/{number}/reviews", login, event=event, body="Looked at it")

    def merge(self, login: str, number: int, method: str = "squash") -> str:
        """Merge a pull request; where main is afterwards."""
        return str(self.call("PUT", f"/pulls/{number}/merge", login, merge_method=method)["sha"])


@contextmanager
def running_forge(home: Path) -> Iterator[RunningForge]:
    """Run a GitHub until the block ends."""
    home.mkdir(exist_ok=True)
    founding = {
        "region": "us-east-1",
        "accounts": {"shared": "111122223333"},
        "github_owner": OWNER,
        "access_key_id": "AKIATESTTESTTESTTEST",
        "secret_access_key": "no-secret",
    }
    (home / "founding.json").write_text(json.dumps(founding), encoding="utf-8")
    module = ["-P", "-u", "-m", "slipway_sandbox.github", "--home", str(home), "--port", "0"]
    command = [str(SANDBOX / ".venv/bin/python"), *module]
    with (
        (home / "log").open("a", encoding="utf-8") as log,
        subprocess.Popen(command, cwd=SANDBOX, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, (home / "log").read_text(encoding="utf-8")
            yield RunningForge(url=url, token=(home / "github-token").read_text(encoding="utf-8").strip())
        finally:
            process.kill()
            process.wait()
