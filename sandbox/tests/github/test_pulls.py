"""Pull requests: made, read, listed, changed, closed, and how they follow their branches."""

from typing import Any

import pytest

from tests.github.conftest import ENGINEER, OWNER, Clone, Server
from tests.github.proposal import People


def test_a_pull_request_is_created_and_read(server: Server, repository: str, people: People) -> None:
    """Numbers, branches, addresses, counts; mergeable at once, for nothing is computed later here."""
    proposal = people.propose(body="Rates of the ECB")
    shape = proposal.shape()
    assert (shape["number"], shape["state"], shape["draft"], shape["merged"]) == (1, "open", False, False)
    assert (shape["title"], shape["body"], shape["user"]["login"]) == (
        "Add FX rates",
        "Rates of the ECB",
        "ana",
    )
    assert (shape["head"]["label"], shape["base"]["label"]) == (f"{OWNER}:feature/fx", f"{OWNER}:main")
    assert (shape["commits"], shape["changed_files"], shape["additions"], shape["deletions"]) == (1, 1, 1, 0)
    assert (shape["mergeable"], shape["mergeable_state"]) == (True, "clean")
    assert (shape["merge_commit_sha"], shape["merged_by"]) == (None, None)
    assert shape["html_url"] == f"{server.url}{repository.removeprefix('/repos')}/pull/1"
    assert shape["node_id"].startswith("PR_kwDO")
    commits, files = (server.ok("GET", f"{proposal.path}/{kind}") for kind in ("commits", "files"))
    assert [(each["sha"], each["author"]["login"]) for each in commits] == [(shape["head"]["sha"], "ana")]
    assert [(each["filename"], each["status"]) for each in files] == [("dags/fx.py", "added")]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"title": ""}, {"resource": "Issue", "field": "title", "code": "missing_field"}),
        ({"head": "nowhere"}, {"resource": "PullRequest", "field": "head", "code": "invalid"}),
        ({"head": "mallory:feature/fx"}, {"resource": "PullRequest", "field": "head", "code": "invalid"}),
        ({"base": "nowhere"}, {"resource": "PullRequest", "field": "base", "code": "invalid"}),
        (
            {"head": "main"},
            {
                "resource": "PullRequest",
                "code": "custom",
                "message": "No commits between main and main",
            },
        ),
        (
            {},
            {
                "resource": "PullRequest",
                "code": "custom",
                "message": f"A pull request already exists for {OWNER}:feature/fx.",
            },
        ),
    ],
)
def test_an_impossible_pull_request_is_refused(
    server: Server, repository: str, people: People, fields: dict[str, Any], error: dict[str, str]
) -> None:
    """422 with GitHub's field errors."""
    people.propose()
    given = {"title": "Again", "head": "feature/fx", "base": "main"} | fields
    answer = server.call("POST", f"{repository}/pulls", **given)
    assert (answer.status_code, answer.json()["message"]) == (422, "Validation Failed")
    assert answer.json()["errors"] == [error]


def test_lists_are_filtered(server: Server, repository: str, people: People) -> None:
    """By state, head and base; the newest first."""
    first, second = people.propose(), people.propose("bruno", "fix/vat")
    server.ok("PATCH", first.path, state="closed")

    def numbers(query: str) -> list[int]:
        return [each["number"] for each in server.ok("GET", f"{repository}/pulls{query}")]

    assert numbers("") == [2]
    assert numbers("?state=closed") == [1]
    assert numbers("?state=all") == [2, 1]
    assert numbers("?state=all&direction=asc") == [1, 2]
    assert numbers(f"?state=all&head={OWNER}:feature/fx") == [1]
    assert numbers("?state=all&head=mallory:feature/fx") == []
    assert numbers("?state=all&base=release") == []
    assert server.call("GET", f"{repository}/pulls?state=some").status_code == 422
    assert second.shape()["state"] == "open"


def test_it_is_edited_closed_and_reopened(server: Server, people: People) -> None:
    """By its author and by whoever writes; not by a reader; not reopened without its branch."""
    proposal = people.propose()
    edited = server.ok("PATCH", proposal.path, token=people.token("ana"), title="Add ECB rates", body="More")
    assert (edited["title"], edited["body"]) == ("Add ECB rates", "More")
    reader = server.token_of("reader")
    assert server.call("PATCH", proposal.path, token=reader, title="Mine").status_code == 403
    closed = server.ok("PATCH", proposal.path, state="closed")
    assert (closed["state"], closed["mergeable"], closed["mergeable_state"]) == ("closed", None, "unknown")
    assert closed["closed_at"]
    moved = people.write("ana", "feature/fx", "dags/fx.py", "while it was closed\n")
    assert proposal.head != moved
    reopened = server.ok("PATCH", proposal.path, state="open")
    assert (reopened["closed_at"], reopened["head"]["sha"]) == (None, moved)
    server.ok("DELETE", f"{people.repository}/git/refs/heads/feature/fx")
    assert proposal.shape()["state"] == "closed"
    answer = server.call("PATCH", proposal.path, state="open")
    assert "One of the branches has been deleted" in answer.json()["errors"][0]["message"]


def test_a_draft_becomes_ready(server: Server, people: People) -> None:
    """A draft is not merged; GraphQL's way out of it has a route of its own here."""
    proposal = people.propose(draft=True)
    assert proposal.shape()["mergeable_state"] == "draft"
    assert proposal.try_merge() == (405, "Pull Request is still a draft")
    assert server.ok("POST", f"/_slipway{proposal.path}/ready_for_review")["draft"] is False
    assert proposal.try_merge()[0] == 200


def test_anybody_fetches_its_head_and_nobody_pushes_it(
    server: Server, repository: str, people: People, clone: Clone
) -> None:
    """refs/pull/N/head follows every push, by git and by REST, and outlives the branch."""
    proposal = people.propose()
    clone.git("fetch", "--quiet", "origin")
    clone.git("switch", "--quiet", "feature/fx")
    pushed = clone.commit("dags/fx.py", "by git\n")
    assert clone.push("feature/fx").returncode == 0
    assert proposal.head == pushed
    by_rest = people.write("ana", "feature/fx", "dags/fx.py", "by REST\n")
    server.ok("DELETE", f"{repository}/git/refs/heads/feature/fx")
    fetched = clone.git("fetch", "origin", "refs/pull/1/head:seen")
    assert fetched.returncode == 0, fetched.stderr
    assert clone.git("rev-parse", "seen").stdout.strip() == by_rest
    refused = clone.push("HEAD:refs/pull/1/head")
    assert "deny updating a hidden ref" in refused.stderr
    answer = server.call("PATCH", f"{repository}/git/refs/pull/1/head", sha=pushed, force=True)
    assert (answer.status_code, answer.json()["message"]) == (
        422,
        "refs/pull/1/head follows its pull request and cannot be moved",
    )


def test_branches_take_their_pull_requests_with_them(server: Server, repository: str, people: People) -> None:
    """A renamed base is followed, a renamed head closes, as on GitHub."""
    one, other = people.propose(), people.propose("bruno", "fix/vat")
    server.ok("POST", f"{repository}/branches/main/rename", new_name="trunk")
    assert one.shape()["base"]["ref"] == "trunk"
    server.ok("POST", f"{repository}/branches/fix/vat/rename", new_name="fix/tax")
    assert (one.shape()["state"], other.shape()["state"]) == ("open", "closed")


def test_another_base(server: Server, people: People) -> None:
    """The commits are counted anew; a base that does not exist is refused."""
    people.write("ana", "release", "a.txt", "a\n")
    proposal = people.propose()
    assert server.ok("PATCH", proposal.path, base="release")["base"]["ref"] == "release"
    assert server.call("PATCH", proposal.path, base="nowhere").status_code == 422


def test_a_conflict_is_seen(server: Server, people: People) -> None:
    """Not mergeable, and refused with GitHub's words."""
    proposal = people.propose()
    people.write("bruno", "main", "dags/fx.py", "something else\n")
    shape = proposal.shape()
    assert (shape["mergeable"], shape["mergeable_state"]) == (False, "dirty")
    for method in ("merge", "squash", "rebase"):
        assert proposal.try_merge(merge_method=method) == (405, "Pull Request is not mergeable")
    assert server.ok("GET", proposal.path)["state"] == "open"


@pytest.mark.parametrize("way", ["--ff-only", "--no-ff"])
def test_a_push_of_the_head_to_the_base_merges_it(
    server: Server, repository: str, people: People, clone: Clone, way: str
) -> None:
    """As GitHub: merged by whoever pushed, at the step that brought it; what is on top of it is not of it."""
    proposal = people.propose()
    head = proposal.head
    clone.git("fetch", "--quiet", "origin")
    clone.git("merge", "--quiet", way, "-m", "By hand", "origin/feature/fx")
    step = clone.git("rev-parse", "HEAD").stdout.strip()
    on_top = clone.commit("on-top.txt", "past the pull request")
    assert clone.push("main").returncode == 0
    shape = proposal.shape()
    assert (shape["merged"], shape["merged_by"]["login"], shape["merge_commit_sha"]) == (True, ENGINEER, step)

    def numbers(commit: str) -> list[int]:
        return [each["number"] for each in server.ok("GET", f"{repository}/commits/{commit}/pulls")]

    assert (numbers(step), numbers(head), numbers(on_top)) == ([1], [1], [])
