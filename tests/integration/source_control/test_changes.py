"""Which pull requests a commit came from, and what lies between two: on a GitHub that really merges."""

import pytest

from slipway.adapters.github import GithubSourceControl
from slipway.model.release import MergedPullRequest, Review, ReviewState
from slipway.ports.source_control_errors import HistoriesDiffer, NotFound, TokenRefused
from slipway.ports.source_control_results import Carried
from tests.integration.source_control.forge import ENGINEER, Repository

pytestmark = pytest.mark.integration


def test_a_squash_is_traced_to_everybody_behind_it(
    repository: Repository, source_control: GithubSourceControl
) -> None:
    """Author, other authors, co-authors, reviewers with their last word on the head, who merged and when."""
    number = repository.propose("ana", "fx")
    message = "Round\n\nCo-authored-by: Eva <eva@finedge.example>"
    repository.write("bruno", "fx", "fx-2.txt", message)
    repository.review("carla", number, "REQUEST_CHANGES")
    repository.review("carla", number)
    head = repository.tip("fx")
    wrote = ("ana", "bruno", "eva@finedge.example")
    assert source_control.writers(repository.tip("main"), head) == wrote, "also before anything is merged"
    merged = repository.merge(ENGINEER, number)
    shape = repository.call("GET", f"/pulls/{number}")
    (found,) = source_control.pull_requests_of(merged)
    assert found == MergedPullRequest(
        number=number,
        title="Add fx",
        url=shape["html_url"],
        author="ana",
        committers=wrote,
        reviews=(Review(login="carla", state=ReviewState.APPROVED),),
        merged_by=ENGINEER,
        merged_at=shape["merged_at"],
        head=head,
        merge_commit=merged,
    )
    assert found.merged_at.tzinfo is not None
    assert source_control.has_merged(merged)
    assert not source_control.has_merged(head), "what was squashed is not what was merged"


def test_an_approval_before_the_last_push_is_not_in_it(
    repository: Repository, source_control: GithubSourceControl
) -> None:
    """Nobody approved what was merged."""
    number = repository.propose("ana", "fx")
    repository.review("carla", number)
    repository.write("ana", "fx", "fx-2.txt")
    (found,) = source_control.pull_requests_of(repository.merge("ana", number))
    assert found.reviews == ()


def test_a_release_carries_every_pull_request_in_between(
    repository: Repository, source_control: GithubSourceControl
) -> None:
    """However it was merged, sorted by number, each once; what came past them is named too."""
    numbers = [repository.propose("ana", branch) for branch in ("fx", "vat", "fees", "open")]
    base = repository.merge("bruno", repository.propose("bruno", "before"))
    repository.write("ana", "vat", "vat-2.txt")
    repository.merge("bruno", numbers[1], "rebase")
    repository.merge("bruno", numbers[0], "merge")
    direct = repository.write("carla", "main", "hotfix.txt", "Fix by hand\n\nNo time.")
    head = repository.merge("bruno", numbers[2], "squash")
    carried = source_control.carried(base, head)
    assert [pull.number for pull in carried.pull_requests] == sorted(numbers[:3])
    assert [(commit.sha, commit.title, commit.author) for commit in carried.direct] == [
        (direct, "Fix by hand", "carla")
    ]
    assert source_control.carried(base, "main") == carried


def test_nothing_lies_between_a_commit_and_itself_or_an_older_one(
    repository: Repository, source_control: GithubSourceControl
) -> None:
    """Deploying what runs, or what ran before, carries nothing new."""
    before = repository.tip()
    after = repository.write("ana", "main", "a.txt")
    assert source_control.carried(after, after) == Carried()
    assert source_control.carried(after, before) == Carried()


def test_histories_that_parted_are_refused(
    repository: Repository, source_control: GithubSourceControl
) -> None:
    """What runs would be lost; the message names both commits."""
    repository.propose("ana", "fx")
    base = repository.write("bruno", "main", "a.txt")
    with pytest.raises(HistoriesDiffer) as told:
        source_control.carried(base, "fx")
    assert told.value.message == f"{repository.name}: {base} is not part of the history of fx"
    assert "roll back first" in told.value.remedy


def test_many_pages_are_read_to_the_end(repository: Repository, source_control: GithubSourceControl) -> None:
    """More commits than a page has: the first one's author is found as well as the last one's."""
    number = repository.propose("ana", "fx")
    tip = repository.tip("fx")
    tree = repository.call("GET", f"/git/commits/{tip}")["tree"]["sha"]
    for login, count in (("bruno", 1), ("ana", 104), ("carla", 1)):
        for _ in range(count):
            author = {"name": login, "email": f"{login}@users.noreply.github.com"}
            fields = {"message": "More", "tree": tree, "parents": [tip], "author": author}
            tip = repository.call("POST", "/git/commits", login, **fields)["sha"]
    repository.call("PATCH", "/git/refs/heads/fx", sha=tip)
    base = repository.tip()
    carried = source_control.carried(base, repository.merge("ana", number, "merge"))
    assert [pull.committers for pull in carried.pull_requests] == [("ana", "bruno", "carla")]
    assert carried.direct == ()


def test_what_is_not_there_is_named(repository: Repository, source_control: GithubSourceControl) -> None:
    """A commit that was not pushed, a repository that the token does not see, a token that nobody has."""
    unknown = "1" * 40
    with pytest.raises(NotFound, match=f"No commit found for SHA: {unknown}"):
        source_control.pull_requests_of(unknown)
    with pytest.raises(NotFound, match="push the commit"):
        source_control.carried(unknown, "main")
    with pytest.raises(TokenRefused, match="Bad credentials"):
        repository.source_control("ghp_wrong").pull_requests_of("main")
