"""Which events on GitHub start a build: filter groups of CodeBuild's webhooks. Pure.

One group has to match whole; patterns are regular expressions that match anywhere (CodeBuild user guide,
"GitHub webhook events"): so each begins with `^`.
"""

import re
from collections.abc import Sequence

FilterGroup = Sequence[tuple[str, str]]
"""Types of filters and their patterns; all of them have to match."""


def unmerged(branch: str) -> Sequence[FilterGroup]:
    """Return what is checked: pull requests into a branch, and what its merge queue is about to merge.

    Args:
        branch: its name, without `refs/heads/`.
    """
    named = re.escape(branch)
    opened = "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED"
    return (
        (("EVENT", opened), ("BASE_REF", f"^refs/heads/{named}$")),
        (("EVENT", "PUSH"), ("HEAD_REF", f"^refs/heads/gh-readonly-queue/{named}/")),
    )


def merged(branch: str) -> Sequence[FilterGroup]:
    """Return what is built: pushes to a branch."""
    return ((("EVENT", "PUSH"), ("HEAD_REF", f"^refs/heads/{re.escape(branch)}$")),)
