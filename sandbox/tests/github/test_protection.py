"""Branch protection: its shapes, and that git and REST really obey it."""

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.github.conftest import ENGINEER, OWNER, Clone, Server

CLOSED: dict[str, Any] = {
    "required_status_checks": None,
    "enforce_admins": True,
    "required_pull_request_reviews": None,
    "restrictions": None,
}
REVIEWED = CLOSED | {"required_pull_request_reviews": {"required_approving_review_count": 2}}


def protect(server: Server, repository: str, **fields: Any) -> Any:
    """Protect main; by default nothing but force pushes and deletion is forbidden."""
    return server.ok("PUT", f"{repository}/branches/main/protection", **CLOSED | fields)


def test_what_is_put_is_read_back(server: Server, repository: str) -> None:
    """People in full, contexts and checks both, every switch with its address."""
    server.ok("POST", f"/orgs/{OWNER}/teams", name="Release Approvers")
    protect(
        server,
        repository,
        required_status_checks={"strict": True, "contexts": ["slipway/check"]},
        required_pull_request_reviews={
            "required_approving_review_count": 2,
            "require_code_owner_reviews": True,
            "bypass_pull_request_allowances": {"users": ["ana"], "teams": ["release-approvers"]},
        },
        restrictions={"users": ["ana"], "teams": []},
        required_linear_history=True,
    )
    shape = server.ok("GET", f"{repository}/branches/main/protection")
    assert shape["required_status_checks"]["contexts"] == ["slipway/check"]
    assert shape["required_status_checks"]["checks"] == [{"context": "slipway/check", "app_id": None}]
    reviews = shape["required_pull_request_reviews"]
    assert (reviews["required_approving_review_count"], reviews["require_code_owner_reviews"]) == (2, True)
    assert reviews["dismiss_stale_reviews"] is False
    allowed = reviews["bypass_pull_request_allowances"]
    assert ([u["login"] for u in allowed["users"]], [t["slug"] for t in allowed["teams"]]) == (
        ["ana"],
        ["release-approvers"],
    )
    assert [user["login"] for user in shape["restrictions"]["users"]] == ["ana"]
    assert shape["enforce_admins"]["enabled"] is True
    assert (shape["required_linear_history"], shape["allow_deletions"]) == (
        {"enabled": True},
        {"enabled": False},
    )
    assert server.ok("GET", f"{repository}/branches/main")["protected"] is True


def test_parts_have_routes_of_their_own(server: Server, repository: str) -> None:
    """Switches, reviews and checks change one by one; removing protection removes all."""
    protect(server, repository, required_status_checks={"strict": False, "contexts": ["a"]})
    base = f"{repository}/branches/main/protection"
    assert server.ok("POST", f"{base}/required_signatures")["enabled"] is True
    server.ok("DELETE", f"{base}/enforce_admins")
    assert server.ok("GET", f"{base}/enforce_admins")["enabled"] is False
    assert server.call("GET", f"{base}/required_pull_request_reviews").status_code == 404
    server.ok("PATCH", f"{base}/required_pull_request_reviews", dismiss_stale_reviews=True)
    reviews = server.ok("PATCH", f"{base}/required_pull_request_reviews", required_approving_review_count=3)
    assert (reviews["dismiss_stale_reviews"], reviews["required_approving_review_count"]) == (True, 3)
    assert server.ok("PATCH", f"{base}/required_status_checks", strict=True)["contexts"] == ["a"]
    server.ok("DELETE", base)
    answer = server.call("GET", base)
    assert (answer.status_code, answer.json()["message"]) == (404, "Branch not protected")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"enforce_admins": True}, "weren't supplied"),
        (REVIEWED | {"restrictions": {"teams": ["nobody"]}}, "Validation Failed"),
        (
            CLOSED | {"required_pull_request_reviews": {"required_approving_review_count": 7}},
            "between 0 and 6",
        ),
    ],
)
def test_an_impossible_protection_is_refused(
    server: Server, repository: str, fields: dict[str, Any], message: str
) -> None:
    """422; nothing is protected."""
    answer = server.call("PUT", f"{repository}/branches/main/protection", **fields)
    assert answer.status_code == 422
    assert message in answer.json()["message"]
    assert server.ok("GET", f"{repository}/branches/main")["protected"] is False


def test_a_push_to_a_branch_that_wants_reviews_is_refused(
    server: Server, repository: str, clone: Clone
) -> None:
    """The person who pushes reads why; the branch does not move; another branch is free."""
    protect(server, repository, **REVIEWED)
    clone.commit("a.txt", "a")
    refused = clone.push("main")
    assert refused.returncode == 1
    assert "remote: error: GH006: Protected branch update failed for refs/heads/main." in refused.stderr
    assert "remote: error: Changes must be made through a pull request." in refused.stderr
    assert len(server.ok("GET", f"{repository}/commits")) == 1
    assert clone.push("main:feature").returncode == 0


def test_contents_obey_it_too(server: Server, repository: str) -> None:
    """409, as GitHub; the file is not there afterwards."""
    protect(server, repository, **REVIEWED)
    content = base64.b64encode(b"x").decode()
    answer = server.call("PUT", f"{repository}/contents/a.txt", message="m", content=content)
    assert (answer.status_code, answer.json()["message"]) == (
        409,
        "Changes must be made through a pull request.",
    )
    assert server.call("GET", f"{repository}/contents/a.txt").status_code == 404


def test_refs_by_rest_obey_it_too(server: Server, repository: str) -> None:
    """Neither moved by force nor deleted."""
    main = server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"]
    server.ok("POST", f"{repository}/git/refs", ref="refs/heads/release/1", sha=main)
    rules = f"/_slipway{repository}/protection-rules"
    server.ok("POST", rules, pattern="release/*", enforce_admins=True)
    answer = server.call("DELETE", f"{repository}/git/refs/heads/release/1")
    assert (answer.status_code, answer.json()["message"]) == (422, "Cannot delete this branch")


def test_force_push_and_deletion(server: Server, repository: str, clone: Clone) -> None:
    """Forbidden to administrators as well, until the rule allows them."""
    rules = f"/_slipway{repository}/protection-rules"
    rule = server.ok("POST", rules, pattern="release/**/*")
    clone.commit("a.txt", "a")
    assert clone.push("main:release/2026/11").returncode == 0
    clone.git("commit", "--amend", "--quiet", "-m", "Rewritten")
    forced = clone.push("--force", "main:release/2026/11")
    assert "Cannot force-push to this branch" in forced.stderr
    deleted = clone.push("--delete", "release/2026/11")
    assert "Cannot delete this branch" in deleted.stderr
    server.ok(
        "PUT", f"{rules}/{rule['id']}", pattern="release/**/*", allow_force_pushes=True, allow_deletions=True
    )
    assert clone.push("--force", "main:release/2026/11").returncode == 0
    assert clone.push("--delete", "release/2026/11").returncode == 0


def test_administrators_are_excused_unless_it_is_enforced(
    server: Server, repository: str, clone: Clone, tmp_path: Path
) -> None:
    """GitHub's own default: an administrator may push past reviews, a writer may not."""
    protect(server, repository, **REVIEWED | {"enforce_admins": False})
    clone.commit("a.txt", "a")
    assert clone.push("main").returncode == 0
    server.ok("PUT", f"{repository}/collaborators/bruno", permission="push")
    other = Clone(tmp_path / "other", server.remote(repository, server.token_of("bruno")))
    other.commit("b.txt", "b")
    assert "through a pull request" in other.push("main").stderr


def test_people_on_the_list_may_push(server: Server, repository: str, clone: Clone, tmp_path: Path) -> None:
    """A restriction lets its team in and keeps everybody else out."""
    server.ok("POST", f"/orgs/{OWNER}/teams", name="Deployers")
    server.ok("DELETE", f"/orgs/{OWNER}/teams/deployers/memberships/{ENGINEER}")
    server.ok("PUT", f"/orgs/{OWNER}/teams/deployers/memberships/dora")
    server.ok(
        "PUT", f"/orgs/{OWNER}/teams/deployers/repos{repository.removeprefix('/repos')}", permission="push"
    )
    protect(server, repository, restrictions={"users": [], "teams": ["deployers"]})
    clone.commit("a.txt", "a")
    assert "not authorized to push" in clone.push("main").stderr
    member = Clone(tmp_path / "member", server.remote(repository, server.token_of("dora")))
    member.commit("b.txt", "b")
    assert member.push("main").returncode == 0


def test_history_and_signatures(server: Server, repository: str, clone: Clone) -> None:
    """Merge commits and unsigned commits are named by their shas."""
    protect(server, repository, required_linear_history=True)
    clone.git("switch", "--quiet", "-c", "side")
    clone.commit("side.txt", "s")
    clone.git("switch", "--quiet", "main")
    clone.commit("a.txt", "a")
    clone.git("merge", "--quiet", "--no-ff", "-m", "Merge", "side")
    merge = clone.git("rev-parse", "--short=7", "HEAD").stdout.strip()
    assert f"must not contain merge commits: {merge}" in clone.push("main").stderr
    clone.git("reset", "--hard", "--quiet", "HEAD^")
    assert clone.push("main").returncode == 0
    server.ok("POST", f"{repository}/branches/main/protection/required_signatures")
    clone.commit("b.txt", "b")
    assert "must have verified signatures" in clone.push("main").stderr


def test_a_required_check_that_nobody_reported(server: Server, repository: str, clone: Clone) -> None:
    """A direct push cannot have it."""
    protect(server, repository, required_status_checks={"strict": False, "contexts": ["slipway/check"]})
    clone.commit("a.txt", "a")
    assert 'Required status check "slipway/check" is expected.' in clone.push("main").stderr


def test_a_pattern_rule_is_one_object(server: Server, repository: str) -> None:
    """Made once, read by id, seen by every branch it means, deleted by id."""
    rules = f"/_slipway{repository}/protection-rules"
    rule = server.ok("POST", rules, pattern="ma*", enforce_admins=True)
    assert rule["node_id"].startswith("BPR_kwDO")
    assert server.call("POST", rules, pattern="ma*").status_code == 422
    assert server.ok("GET", f"{repository}/branches/main/protection")["enforce_admins"]["enabled"] is True
    assert server.call("DELETE", f"{repository}/branches/main/protection").status_code == 404
    server.ok("DELETE", f"{rules}/{rule['id']}")
    assert server.call("GET", f"{rules}/{rule['id']}").status_code == 404
