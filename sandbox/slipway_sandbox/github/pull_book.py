"""The pull requests of a repository and what happens to them when branches move.

Owned here: finding and keeping the documents, following heads and bases, dismissing stale reviews. Used by
the routes and by git's transport. Not owned: HTTP (`pulls`, `merge`), what a branch requires (`pull_facts`).
"""

from dataclasses import dataclass
from enum import StrEnum

from slipway_sandbox.github.enforcement import dismisses_stale_reviews
from slipway_sandbox.github.forge import Forge
from slipway_sandbox.github.git import GitRepository
from slipway_sandbox.github.identity import now
from slipway_sandbox.github.policy import BRANCHES
from slipway_sandbox.github.records import Document, Kind


class ReviewState(StrEnum):
    """What a review says, and what became of it."""

    PENDING = "PENDING"
    COMMENTED = "COMMENTED"
    APPROVED = "APPROVED"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    DISMISSED = "DISMISSED"


DECISIVE = frozenset({ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED, ReviewState.DISMISSED})
"""The states of which a reviewer's newest one counts; a comment takes nothing back."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """A branch that somebody moved; None where it was or is no more."""

    branch: str
    old: str | None
    new: str | None
    login: str


def every(forge: Forge, repository: Document) -> list[Document]:
    """The pull requests of a repository, the oldest first."""
    return forge.records.every(Kind.PULL, repository["id"])


def open_ones(forge: Forge, repository: Document) -> list[Document]:
    """Those that are open."""
    return [pull for pull in every(forge, repository) if pull["state"] == "open"]


def find(forge: Forge, repository: Document, number: int | str) -> Document | None:
    """One by its number."""
    return forge.records.find(Kind.PULL, repository["id"], number)


def save(forge: Forge, repository: Document, pull: Document) -> Document:
    """Keep a changed pull request."""
    pull["updated_at"] = now()
    return forge.records.put(Kind.PULL, repository["id"], pull["number"], body=pull)


def reviews_of(forge: Forge, repository: Document, pull: Document) -> list[Document]:
    """The reviews of a pull request, the oldest first."""
    return forge.records.every(Kind.REVIEW, repository["id"], pull["number"])


def save_review(forge: Forge, repository: Document, pull: Document, review: Document) -> Document:
    """Keep a changed review."""
    return forge.records.put(Kind.REVIEW, repository["id"], pull["number"], review["id"], body=review)


def standing_reviews(forge: Forge, repository: Document, pull: Document) -> list[Document]:
    """Of each reviewer the newest decisive review, unless it was dismissed."""
    decisive = [each for each in reviews_of(forge, repository, pull) if each["state"] in DECISIVE]
    newest = {review["user"]: review for review in decisive}
    return [review for review in newest.values() if review["state"] != ReviewState.DISMISSED]


def head_ref(pull: Document) -> str:
    """The ref by which anybody can fetch what a pull request proposes."""
    return f"refs/pull/{pull['number']}/head"


def keep_head(git: GitRepository, pull: Document) -> None:
    """Point the pull request's own ref to its head."""
    ref = git.ref(head_ref(pull))
    git.move_ref(head_ref(pull), pull["head"]["sha"], ref.sha if ref else None)


def close(forge: Forge, repository: Document, pull: Document) -> None:
    """Close it without a merge."""
    save(forge, repository, pull | {"state": "closed", "closed_at": now()})


def merged(pull: Document, *, login: str, sha: str, introduced: list[str]) -> Document:
    """The pull request after its merge.

    Args:
        pull: before it.
        login: who merged it.
        sha: the commit that the base branch points to now.
        introduced: the commits that the base branch got.
    """
    moment = now()
    return pull | {
        "state": "closed",
        "closed_at": moment,
        "merged_at": moment,
        "merged_by": login,
        "merge_commit_sha": sha,
        "introduced": introduced,
    }


def branch_moved(forge: Forge, repository: Document, move: Move) -> None:
    """Have the open pull requests follow a branch; the repository's lock is held."""
    with forge.records.transaction():
        for pull in open_ones(forge, repository):
            if pull["base"]["ref"] == move.branch:
                _follow_base(forge, repository, pull, move)
            elif pull["head"]["ref"] == move.branch:
                _follow_head(forge, repository, pull, move)


def _follow_base(forge: Forge, repository: Document, pull: Document, move: Move) -> None:
    """A base that is gone closes; one that has the head now, by whatever way, has it merged."""
    git = forge.git(repository)
    if move.new is None:
        close(forge, repository, pull)
    elif git.is_ancestor(pull["head"]["sha"], move.new):
        sha, introduced = _arrival(git, pull["head"]["sha"], move.old, move.new)
        save(forge, repository, merged(pull, login=move.login, sha=sha, introduced=introduced))


def _arrival(git: GitRepository, head: str, old: str | None, new: str) -> tuple[str, list[str]]:
    """The step of a branch by which a head came to it, and the commits that came by this step."""
    before = [f"^{old}"] if old else []
    steps = git.history("--reverse", "--first-parent", new, *before)
    step = next(step for step in steps if git.is_ancestor(head, step))
    return step, list(dict.fromkeys([step, *git.history(head, *before)]))


def _follow_head(forge: Forge, repository: Document, pull: Document, move: Move) -> None:
    if move.new is None:
        close(forge, repository, pull)
        return
    pull |= {"head": pull["head"] | {"sha": move.new}, "last_pusher": move.login}
    keep_head(forge.git(repository), pull)
    save(forge, repository, pull)
    if dismisses_stale_reviews(forge, repository, pull["base"]["ref"]):
        _dismiss_approvals(forge, repository, pull)


def _dismiss_approvals(forge: Forge, repository: Document, pull: Document) -> None:
    for review in reviews_of(forge, repository, pull):
        if review["state"] == ReviewState.APPROVED:
            save_review(forge, repository, pull, review | {"state": ReviewState.DISMISSED})


def heads(git: GitRepository) -> dict[str, str]:
    """The branches and what they point to: what a push is compared by."""
    return {ref.name.removeprefix(BRANCHES): ref.sha for ref in git.refs(BRANCHES)}


def follow_push(forge: Forge, repository: Document, before: dict[str, str], login: str) -> None:
    """Have the pull requests follow every branch that differs from what it was."""
    after = heads(forge.git(repository))
    moves = [
        Move(branch=branch, old=before.get(branch), new=after.get(branch), login=login)
        for branch in sorted(before.keys() | after.keys())
    ]
    for move in moves:
        if move.old != move.new:
            branch_moved(forge, repository, move)
