"""A pull request of a test's own, and the people around it."""

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.github.conftest import Server


@dataclass(frozen=True, kw_only=True)
class People:
    """Who works in a repository, by their tokens; all of them write."""

    server: "Server"
    repository: str
    tokens: dict[str, str]

    def token(self, login: str) -> str:
        """The token of somebody, who becomes a collaborator at first."""
        if login not in self.tokens:
            self.server.ok("PUT", f"{self.repository}/collaborators/{login}", permission="push")
            self.tokens[login] = self.server.token_of(login)
        return self.tokens[login]

    def write(self, login: str, branch: str, path: str, text: str, message: str = "Change") -> str:
        """Commit one file on a branch, made from main where it is missing; the commit's sha."""
        server, repository = self.server, self.repository
        if server.call("GET", f"{repository}/git/ref/heads/{branch}").status_code != 200:
            tip = server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"]
            server.ok("POST", f"{repository}/git/refs", ref=f"refs/heads/{branch}", sha=tip)
        place = f"{repository}/contents/{path}"
        found = server.call("GET", f"{place}?ref={branch}")
        known = {"sha": found.json()["sha"]} if found.status_code == 200 else {}
        content = base64.b64encode(text.encode()).decode()
        fields: dict[str, Any] = {"message": message, "content": content, "branch": branch} | known
        return str(server.ok("PUT", place, token=self.token(login), **fields)["commit"]["sha"])

    def propose(self, login: str = "ana", branch: str = "feature/fx", **fields: Any) -> "Proposal":
        """Open a pull request with one commit that writes ``dags/fx.py``."""
        self.write(login, branch, "dags/fx.py", f"{branch}\n", "Add FX rates")
        given: dict[str, Any] = {"title": "Add FX rates", "head": branch, "base": "main"} | fields
        made = self.server.ok("POST", f"{self.repository}/pulls", token=self.token(login), **given)
        return Proposal(people=self, path=f"{self.repository}/pulls/{made['number']}", branch=branch)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One pull request, by its path."""

    people: People
    path: str
    branch: str

    def shape(self) -> Any:
        """The pull request as it is now."""
        return self.people.server.ok("GET", self.path)

    @property
    def head(self) -> str:
        """Its newest commit."""
        return str(self.shape()["head"]["sha"])

    def review(self, login: str, event: str = "APPROVE", **fields: Any) -> Any:
        """Submit a review that must be taken."""
        given = {"event": event, "body": "Looked at it"} | fields
        return self.people.server.ok("POST", f"{self.path}/reviews", token=self.people.token(login), **given)

    def try_merge(self, login: str = "ana", **fields: Any) -> tuple[int, str]:
        """Merge, whatever comes of it: status and message."""
        token = self.people.token(login)
        answer = self.people.server.call("PUT", f"{self.path}/merge", token=token, **fields)
        return answer.status_code, str(answer.json()["message"])

    def merge(self, login: str = "ana", **fields: Any) -> str:
        """Merge, which must work; the sha that main is at afterwards."""
        token = self.people.token(login)
        return str(self.people.server.ok("PUT", f"{self.path}/merge", token=token, **fields)["sha"])

    def tell(self, state: str, context: str = "slipway/check", sha: str = "") -> None:
        """Report a commit status on the head, or on another commit."""
        server, path = self.people.server, f"{self.people.repository}/statuses/{sha or self.head}"
        server.ok("POST", path, state=state, context=context)


def rule_main(server: "Server", repository: str, *rules: dict[str, Any], **fields: Any) -> Any:
    """A ruleset of the repository for its default branch."""
    conditions = {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}
    given = {"name": "main", "enforcement": "active", "conditions": conditions, "rules": list(rules)}
    return server.ok("POST", f"{repository}/rulesets", **given | fields)


def team_of(server: "Server", repository: str, slug: str, *logins: str) -> None:
    """A team that writes in a repository."""
    name = repository.removeprefix("/repos/")
    teams = f"/orgs/{name.partition('/')[0]}/teams"
    server.ok("POST", teams, name=slug)
    for login in logins:
        server.ok("PUT", f"{teams}/{slug}/memberships/{login}")
    path = f"{teams}/{slug}/repos/{name}"
    server.ok("PUT", path, permission="push")
