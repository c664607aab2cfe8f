"""What people do on the sandbox's GitHub: push, propose, approve, merge, each with a token of their own."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

REPOSITORY = "finedge/finedge-pipelines"
STATUS = "slipway/check"
_TIME_LIMIT_SECONDS = 30


class Forge:
    """One repository.

    Args:
        environment: where GitHub is, and the platform engineer's token.
        folder: a clone of the repository.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.folder = folder
        self._url = environment["GITHUB_BASE_URL"].rstrip("/")
        self._environment = environment
        self._tokens = {"": environment["GITHUB_TOKEN"]}

    def begin(self, files: Mapping[str, bytes], author: str, reviewer: str) -> None:
        """Put a workspace on the main branch, by a pull request: nobody pushes to it.

        The main branch has no catalog yet that a check could compare with, so that the platform engineer sets
        the required status by hand, once.
        """
        self.folder.mkdir(parents=True)
        self.git("clone", "-q", f"{self._url}/{REPOSITORY}.git", ".")
        self.git("checkout", "-q", "-B", "begin")
        for path, content in files.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(content)
        number = self._push(author, "begin", "Begin")
        head = self._call("GET", f"/pulls/{number}", "")["head"]["sha"]
        said = {"context": STATUS, "state": "success", "description": "the first commit, set by hand"}
        self._call("POST", f"/statuses/{head}", "", **said)
        self.approve(reviewer, number)
        self.merge(reviewer, number)

    def propose(self, login: str, branch: str, title: str, changes: Mapping[str, tuple[str, str]]) -> int:
        """Commit a change on a branch, push it and open a pull request.

        Args:
            login: whose change it is.
            branch: its name.
            title: of commit and pull request.
            changes: path -> (text, what takes its place).

        Returns:
            The pull request's number.
        """
        self.git("checkout", "-q", "-B", branch, "main")
        for path, (old, new) in changes.items():
            text = (self.folder / path).read_text(encoding="utf-8")
            if old not in text:
                raise ValueError(f"{path} does not say {old!r}")
            (self.folder / path).write_text(text.replace(old, new), encoding="utf-8")
        return self._push(login, branch, title)

    def _push(self, login: str, branch: str, title: str) -> int:
        who = ["-c", f"user.name={login}", "-c", f"user.email={login}@users.noreply.github.com"]
        self.git("add", "-A")
        self.git(*who, "-c", "commit.gpgsign=false", "commit", "-qm", title)
        self.git("push", "-q", "--force", "origin", branch)
        opened = self._call("POST", "/pulls", login, title=title, head=branch, base="main")
        return int(opened["number"])

    def approve(self, login: str, number: int) -> None:
        """Approve a pull request."""
        self._call("POST", f"/pulls/{number}/reviews", login, event="APPROVE")

    def merge(self, login: str, number: int) -> str:
        """Merge a pull request and pull it.

        Returns:
            The commit it became.
        """
        merged = self._call("PUT", f"/pulls/{number}/merge", login, merge_method="squash")
        self.git("checkout", "-q", "main")
        self.git("pull", "-q", "origin", "main")
        return str(merged["sha"])

    def statuses(self, branch: str) -> list[str]:
        """What was said of a branch's newest commit."""
        found = self._call("GET", f"/commits/{branch}/status", "")
        return [f"{each['context']}: {each['state']} ({each['description']})" for each in found["statuses"]]

    def git(self, *words: str) -> None:
        """Run git in the clone."""
        subprocess.run(
            ["git", *words], cwd=self.folder, env=dict(self._environment), check=True, capture_output=True
        )

    def _call(self, method: str, path: str, login: str, **fields: Any) -> Any:
        answer = requests.request(
            method,
            f"{self._url}/repos/{REPOSITORY}{path}",
            json=fields or None,
            headers={"Authorization": f"Bearer {self._token(login)}"},
            timeout=_TIME_LIMIT_SECONDS,
        )
        if not answer.ok:
            raise ValueError(f"GitHub answers {answer.status_code} to {method} {path}: {answer.text}")
        return answer.json() if answer.content else None

    def _token(self, login: str) -> str:
        if login not in self._tokens:
            answer = requests.post(
                f"{self._url}/admin/users/{login}/authorizations",
                json={"scopes": ["repo"]},
                headers={"Authorization": f"Bearer {self._tokens['']}"},
                timeout=_TIME_LIMIT_SECONDS,
            )
            answer.raise_for_status()
            self._tokens[login] = str(answer.json()["token"])
        return self._tokens[login]
