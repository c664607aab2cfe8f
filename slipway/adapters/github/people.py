"""Who counts as an author of a pull request, and whose review of it stands. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from slipway.adapters.github import wire
from slipway.model.release import Review, ReviewState

_TRAILER: Final = re.compile(
    r"^co-authored-by:\s*(?P<name>.*?)\s*<(?P<email>[^<>\s]+)>\s*$", re.IGNORECASE | re.MULTILINE
)
_NOREPLY: Final = re.compile(r"(?:\d+\+)?(?P<login>[^@+]+)@users\.noreply\.github\.com", re.IGNORECASE)
_GITHUB_ITSELF: Final = "noreply@github.com"  # the committer of what is committed on the web
GHOST: Final = "ghost"
"""What GitHub calls an account that is no more."""


def committers(commits: Sequence[wire.Commit]) -> tuple[str, ...]:
    """Everybody who wrote commits, sorted: authors, committers and co-authors, each once.

    A login where GitHub knows one, also by an address that it knows in another of the commits; else the
    e-mail address in lower case. Whoever may not approve what they wrote is found by this list, so that it
    rather has one name too many: who rebased another one's commit is in it.
    """
    known = dict(pair for commit in commits for pair in _accounts(commit))
    addresses = (address for commit in commits for address in _addresses(commit))
    return tuple(sorted({known.get(address) or _noreply_login(address) or address for address in addresses}))


def _accounts(commit: wire.Commit) -> Iterable[tuple[str, str]]:
    if commit.author:
        yield commit.commit.author.email.lower(), commit.author.login
    if commit.committer:
        yield commit.commit.committer.email.lower(), commit.committer.login


def _addresses(commit: wire.Commit) -> Iterable[str]:
    yield commit.commit.author.email.lower()
    committer = commit.commit.committer.email.lower()
    if committer != _GITHUB_ITSELF:
        yield committer
    yield from (found["email"].lower() for found in _TRAILER.finditer(commit.commit.message))


def _noreply_login(address: str) -> str | None:
    found = _NOREPLY.fullmatch(address)
    return found["login"] if found else None


def author_of(commit: wire.Commit) -> str:
    """The login of who wrote a commit, or the e-mail address."""
    if commit.author:
        return commit.author.login
    address = commit.commit.author.email.lower()
    return _noreply_login(address) or address


def standing_reviews(reviews: Iterable[wire.Review], head: str) -> tuple[Review, ...]:
    """The last decisive word of each reviewer, sorted by login.

    A comment takes nothing back. An approval counts for the commit that it was given to and is left out when
    that is not the head; an objection stands until it is taken back, whatever was pushed since.
    """
    decisive = [review for review in reviews if review.state in set(ReviewState) and review.submitted_at]
    last = {_login(review): review for review in sorted(decisive, key=lambda each: str(each.submitted_at))}
    said = ((login, ReviewState(review.state), review.commit_id) for login, review in last.items())
    return tuple(
        Review(login=login, state=state)
        for login, state, commit in sorted(said)
        if commit == head or state is ReviewState.CHANGES_REQUESTED
    )


def _login(review: wire.Review) -> str:
    return review.user.login if review.user else GHOST
