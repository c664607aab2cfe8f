"""Builders of what GitHub answers, one field away from the usual."""

from datetime import UTC, datetime

from slipway.adapters.github import wire

MOMENT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def commit(
    sha: str = "c1",
    *,
    author: str | None = "ana",
    email: str = "ana@finedge.example",
    committer: str | None = "ana",
    committer_email: str = "ana@finedge.example",
    message: str = "Add FX rates",
    parents: tuple[str, ...] = ("c0",),
) -> wire.Commit:
    """A commit that Ana wrote and committed, by an address that GitHub knows to be hers."""
    return wire.Commit(
        sha=sha,
        commit=wire.GitCommit(
            author=wire.Signature(name="A", email=email, date=MOMENT),
            committer=wire.Signature(name="A", email=committer_email, date=MOMENT),
            message=message,
        ),
        author=wire.Account(login=author) if author else None,
        committer=wire.Account(login=committer) if committer else None,
        parents=tuple(wire.Parent(sha=parent) for parent in parents),
    )


def review(login: str | None, state: str, *, minute: int = 0, commit_id: str = "head") -> wire.Review:
    """A review of the head."""
    return wire.Review(
        user=wire.Account(login=login) if login else None,
        state=state,
        commit_id=commit_id,
        submitted_at=MOMENT.replace(minute=minute),
    )
