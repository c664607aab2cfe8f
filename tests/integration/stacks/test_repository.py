"""The repository that `pulumi up` makes lets a change in only as its rules say: on GitHub's side, by REST."""

import base64
from pathlib import Path

import pytest
import requests

from tests.integration.running_sandbox import RunningSandbox
from tests.integration.source_control.forge import Repository, RunningForge

pytestmark = pytest.mark.integration

CODEOWNERS = Path(__file__).parents[3] / "examples" / "finedge" / ".github" / "CODEOWNERS"
AUTHOR, COLLEAGUE, STRANGER, ENGINEER = "chloemartin", "devpatel-fe", "benokafor", "gracekim-ops"
SECONDS = 30


@pytest.fixture
def repository(shared: RunningSandbox) -> Repository:
    """The workspace's, with CODEOWNERS on its main branch as the first reviewed change."""
    environment = shared.environment
    forge = RunningForge(url=environment["GITHUB_BASE_URL"].rstrip("/"), token=environment["GITHUB_TOKEN"])
    made = Repository(forge=forge, name="finedge/finedge-pipelines")
    number = _propose(made, ENGINEER, "begin", ".github/CODEOWNERS", CODEOWNERS.read_bytes())
    _checked(made, number)
    made.review(STRANGER, number)
    made.merge(STRANGER, number)
    return made


def _propose(repository: Repository, login: str, branch: str, path: str, content: bytes) -> int:
    repository.call("POST", "/git/refs", ref=f"refs/heads/{branch}", sha=repository.tip())
    fields = {"message": branch, "content": base64.b64encode(content).decode(), "branch": branch}
    repository.call("PUT", f"/contents/{path}", login, **fields)
    return int(repository.call("POST", "/pulls", login, title=branch, head=branch, base="main")["number"])


def _checked(repository: Repository, number: int) -> None:
    head = repository.call("GET", f"/pulls/{number}")["head"]["sha"]
    repository.call("POST", f"/statuses/{head}", state="success", context="slipway/check")


def _refused(repository: Repository, login: str, number: int) -> str:
    """Why a pull request is not merged."""
    answer = requests.put(
        f"{repository.forge.url}/repos/{repository.name}/pulls/{number}/merge",
        json={"merge_method": "squash"},
        headers={"Authorization": f"Bearer {repository.forge.token_of(login)}"},
        timeout=SECONDS,
    )
    assert answer.status_code == requests.codes.not_allowed
    return str(answer.json()["message"])


def test_a_change_is_checked_and_its_owners_let_it_in(repository: Repository) -> None:
    """Somebody else's approval counts for one review, and not for the owners'; teams are Pulumi's own."""
    number = _propose(repository, AUTHOR, "accounts", "dags/accounts.py", b"x = 1\n")
    repository.review(STRANGER, number)
    refused = _refused(repository, AUTHOR, number)
    assert "Waiting on code owner review from finedge/ingestion." in refused
    assert 'Required status check "slipway/check" is expected.' in refused
    _checked(repository, number)
    assert "slipway/check" not in _refused(repository, AUTHOR, number)
    repository.review(COLLEAGUE, number)
    assert repository.merge(AUTHOR, number) == repository.tip()
