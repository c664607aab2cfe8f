"""Who counts as an author, and whose review stands: what approvals and the auditor rely on."""

import pytest

from slipway.adapters.github import wire
from slipway.adapters.github.people import author_of, committers, standing_reviews
from slipway.model.release import Review, ReviewState
from tests.adapters.github.commits import commit, review

APPROVED, OBJECTION, DISMISSED = ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED, ReviewState.DISMISSED


@pytest.mark.parametrize(
    ("commits", "expected"),
    [
        ([commit()], ("ana",)),
        ([commit(), commit("c2", author="bruno", email="bruno@finedge.example")], ("ana", "bruno")),
        ([commit(committer="carla", committer_email="carla@finedge.example")], ("ana", "carla")),
        ([commit(committer="web-flow", committer_email="noreply@github.com")], ("ana",)),
        ([commit(author=None, email="Eva@Finedge.Example")], ("ana", "eva@finedge.example")),
        ([commit(author=None, email="17+eva@users.noreply.github.com")], ("ana", "eva")),
        (
            [commit(message="Fix\n\nCo-authored-by: Eva <eva@finedge.example>")],
            ("ana", "eva@finedge.example"),
        ),
        ([commit(message="Fix\n\nco-authored-by: Eva <eva@users.noreply.github.com>\n")], ("ana", "eva")),
        ([commit(message="Fix\n\nCo-authored-by: me <ANA@finedge.example>")], ("ana",)),
        ([commit(message="Say that Co-authored-by: Eva <eva@finedge.example> names her")], ("ana",)),
    ],
    ids=[
        "author and committer are one",
        "two authors",
        "who rebased it",
        "GitHub's own committer is nobody",
        "an address that GitHub does not know",
        "an address of GitHub's own",
        "a co-author",
        "a co-author by an address of GitHub's",
        "a co-author known from another signature",
        "a trailer is a line of its own",
    ],
)
def test_everybody_who_wrote_is_named_once(commits: list[wire.Commit], expected: tuple[str, ...]) -> None:
    """Nobody of them may approve the release; an alias must not hide one."""
    assert committers(commits) == expected


def test_an_author_without_an_account_is_an_address() -> None:
    """Rather than nobody."""
    assert author_of(commit()) == "ana"
    assert author_of(commit(author=None)) == "ana@finedge.example"


def test_the_last_decisive_word_of_each_reviewer_stands() -> None:
    """Whatever order they come in, and comments take nothing back."""
    reviews = [
        review("bruno", "APPROVED", minute=3),
        review("bruno", "CHANGES_REQUESTED", minute=1),
        review("carla", "APPROVED", minute=1),
        review("carla", "COMMENTED", minute=2),
        review("dora", "APPROVED", minute=1),
        review("dora", "DISMISSED", minute=2),
        review("eva", "COMMENTED", minute=1),
    ]
    assert standing_reviews(reviews, "head") == (
        Review(login="bruno", state=APPROVED),
        Review(login="carla", state=APPROVED),
        Review(login="dora", state=DISMISSED),
    )


def test_an_approval_of_an_older_commit_is_none_and_an_objection_is_one() -> None:
    """What was pushed afterwards nobody has approved; what was objected to nobody has taken back."""
    reviews = [
        review("bruno", "APPROVED", commit_id="older"),
        review("carla", "CHANGES_REQUESTED", commit_id="older"),
    ]
    assert standing_reviews(reviews, "head") == (Review(login="carla", state=OBJECTION),)


def test_a_review_of_an_account_that_is_gone() -> None:
    """GitHub calls it ghost."""
    assert standing_reviews([review(None, "APPROVED")], "head") == (Review(login="ghost", state=APPROVED),)
