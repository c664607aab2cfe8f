"""Merging: the three methods, what lands in main, and what follows."""

from typing import Any

import pytest

from tests.github.conftest import Clone, Server
from tests.github.proposal import People


def test_a_merge_commit(server: Server, repository: str, people: People) -> None:
    """Two parents, GitHub as committer, the message of the settings."""
    proposal = people.propose()
    base = server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"]
    head, sha = proposal.head, proposal.merge("bruno")
    commit = server.ok("GET", f"{repository}/commits/{sha}")
    assert [each["sha"] for each in commit["parents"]] == [base, head]
    assert commit["commit"]["message"] == "Merge pull request #1 from finedge/feature/fx\n\nAdd FX rates"
    assert (commit["author"]["login"], commit["committer"]["login"]) == ("bruno", "web-flow")
    shape = proposal.shape()
    assert (shape["state"], shape["merged"], shape["merged_by"]["login"]) == ("closed", True, "bruno")
    assert (shape["merge_commit_sha"], shape["commits"], shape["base"]["sha"]) == (sha, 1, base)
    assert shape["merged_at"] == shape["closed_at"]
    assert server.call("GET", f"{proposal.path}/merge").status_code == 204
    assert server.call("GET", f"{repository}/git/ref/heads/feature/fx").status_code == 200


def test_a_squash_names_every_author(server: Server, repository: str, people: People, clone: Clone) -> None:
    """One commit by the author of the pull request; the others are co-authors; messages are kept."""
    server.ok("POST", "/user/emails", token=people.token("ana"), emails=["ana@finedge.example"])
    proposal = people.propose()
    clone.git("fetch", "--quiet", "origin")
    clone.git("switch", "--quiet", "feature/fx")
    clone.commit("dags/fx.py", "by Ana\n", "Round half even")
    clone.push("feature/fx")
    people.write("bruno", "feature/fx", "dags/fx.py", "by Bruno\n", "Add a test")
    base = server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"]
    sha = proposal.merge("carla", merge_method="squash")
    commit = server.ok("GET", f"{repository}/commits/{sha}")
    assert [each["sha"] for each in commit["parents"]] == [base]
    assert commit["author"]["login"] == "ana"
    assert commit["commit"]["message"] == (
        "Add FX rates (#1)\n\n* Add FX rates\n\n* Round half even\n\n* Add a test\n\n---------\n\n"
        "Co-authored-by: Ana Silva <ana@finedge.example>\n"
        "Co-authored-by: bruno <bruno@users.noreply.github.com>"
    )
    own = server.ok("GET", f"{proposal.path}/commits")
    assert [each["author"]["login"] for each in own] == ["ana", "ana", "bruno"]


def test_a_squash_of_one_commit_takes_its_message(server: Server, repository: str, people: People) -> None:
    """Unless the client says another one."""
    people.write("ana", "feature/one", "a.txt", "a\n", "Add a\n\nBecause of b.")
    given = {"title": "Something", "head": "feature/one", "base": "main"}
    server.ok("POST", f"{repository}/pulls", **given)
    merged = server.ok("PUT", f"{repository}/pulls/1/merge", merge_method="squash")
    commit = server.ok("GET", f"{repository}/git/commits/{merged['sha']}")
    assert commit["message"] == (
        "Add a (#1)\n\nBecause of b.\n\nCo-authored-by: ana <ana@users.noreply.github.com>"
    )
    proposal = people.propose()
    said = {"commit_title": "FX (#2)", "commit_message": "Rates"}
    sha = proposal.merge(merge_method="squash", **said)
    assert server.ok("GET", f"{repository}/git/commits/{sha}")["message"] == "FX (#2)\n\nRates"


def test_a_rebase_keeps_the_commits(server: Server, repository: str, people: People) -> None:
    """One by one on top of a main that moved, with their authors; what main has already is left out."""
    people.write("ana", "feature/fx", "shared.txt", "same\n", "Same as in main")
    people.write("bruno", "feature/fx", "b.txt", "b\n", "Add b")
    proposal = people.propose()
    people.write("carla", "main", "shared.txt", "same\n", "First in main")
    sha = proposal.merge("carla", merge_method="rebase")
    log = server.ok("GET", f"{repository}/commits?per_page=4")
    assert log[0]["sha"] == sha
    assert [each["commit"]["message"] for each in log] == [
        "Add FX rates",
        "Add b",
        "First in main",
        "Initial commit",
    ]
    assert [(each["author"]["login"], each["committer"]["login"]) for each in log[:2]] == [
        ("ana", "carla"),
        ("bruno", "carla"),
    ]
    assert server.ok("GET", f"{repository}/contents/dags/fx.py")["size"] > 0


def test_the_head_that_was_seen_is_the_one_that_is_merged(people: People) -> None:
    """409 for another sha; nothing is merged twice."""
    proposal = people.propose()
    seen = proposal.head
    newer = people.write("ana", "feature/fx", "dags/fx.py", "newer\n")
    modified = "Head branch was modified. Review and try the merge again."
    assert proposal.try_merge(sha=seen) == (409, modified)
    assert proposal.try_merge(sha=newer)[0] == 200
    assert proposal.try_merge(sha=newer) == (405, "Pull Request is not mergeable")


@pytest.mark.parametrize(
    ("switch", "method", "words"),
    [
        ("allow_merge_commit", "merge", "Merge commits"),
        ("allow_squash_merge", "squash", "Squash merges"),
        ("allow_rebase_merge", "rebase", "Rebase merges"),
    ],
)
def test_a_method_that_the_repository_forbids(
    server: Server, people: People, switch: str, method: str, words: str
) -> None:
    """405 with GitHub's words."""
    proposal = people.propose()
    off: dict[str, Any] = {switch: False}
    server.ok("PATCH", people.repository, **off)
    expected = (405, f"{words} are not allowed on this repository.")
    assert proposal.try_merge(merge_method=method) == expected


def test_a_reader_does_not_merge(server: Server, people: People) -> None:
    """403, for a public repository."""
    proposal = people.propose()
    answer = server.call("PUT", f"{proposal.path}/merge", token=server.token_of("reader"))
    assert answer.status_code == 403


def test_the_branch_is_deleted_where_the_repository_says_so(
    server: Server, repository: str, people: People
) -> None:
    """Its own; a second pull request from it is closed by that."""
    people.write("ana", "release", "r.txt", "r\n")
    proposal = people.propose()
    given = {"title": "Also there", "head": "feature/fx", "base": "release"}
    second = server.ok("POST", f"{repository}/pulls", **given)["number"]
    server.ok("PATCH", repository, delete_branch_on_merge=True)
    proposal.merge()
    assert server.call("GET", f"{repository}/git/ref/heads/feature/fx").status_code == 404
    assert server.ok("GET", f"{repository}/pulls/{second}")["state"] == "closed"
    assert proposal.shape()["merged"] is True


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_commit_knows_its_pull_request(
    server: Server, repository: str, people: People, method: str
) -> None:
    """What a merge brought to main names it, and so does its head; main's first commit names none."""
    first = server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"]
    proposal, other = people.propose(), people.propose("bruno", "fix/vat")
    head, sha = proposal.head, proposal.merge(merge_method=method)

    def numbers(commit: str) -> list[int]:
        return [each["number"] for each in server.ok("GET", f"{repository}/commits/{commit}/pulls")]

    assert (numbers(sha), numbers(head), numbers(other.head), numbers(first)) == ([1], [1], [2], [])
    assert server.call("GET", f"{repository}/commits/{'1' * 40}/pulls").status_code == 422


def test_a_comparison_has_pages(server: Server, repository: str, people: People) -> None:
    """The commits between two of main's, by pages, as a release asks for them."""
    before = server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"]
    shas = [people.write("ana", "main", "a.txt", f"{number}\n") for number in range(3)]
    path = f"{repository}/compare/{before}...main?per_page=2"
    first, second = server.ok("GET", path), server.ok("GET", f"{path}&page=2")
    assert [each["sha"] for page in (first, second) for each in page["commits"]] == shas
    assert (first["total_commits"], second["total_commits"], second["files"]) == (3, 3, [])
