"""Which commits of a comparison are the default branch's own steps. Pure."""

from collections.abc import Sequence

from slipway.adapters.github import wire


def first_parents(commits: Sequence[wire.Commit], head: str) -> tuple[wire.Commit, ...]:
    """The steps of the branch, the oldest first: from the head along first parents, within the commits.

    A merge commit is one step, whose second parent's commits are of its own pull request. So a pull request
    costs one question whatever its size, and a commit without one is found where it came to the branch.
    """
    known = {commit.sha: commit for commit in commits}
    steps: list[wire.Commit] = []
    at: str | None = head
    while at in known:
        step = known[at]
        steps.append(step)
        at = step.parents[0].sha if step.parents else None
    return tuple(reversed(steps))
