"""Separation of duties: who may not let a release in because they had a hand in it."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from slipway.model.release import Manifest

# What GitHub writes for people who hide their address: docs.github.com, "Email addresses reference".
_NOREPLY: Final = re.compile(r"(?:\d+\+)?([A-Za-z0-9_-]+)@users\.noreply\.github\.com")


def involved(manifest: Manifest) -> Mapping[str, str]:
    """Say who wrote what the release carries.

    Returns:
        By login in lower case (GitHub's logins know no case): what they did, such as `opened #7`.
    """
    found: dict[str, str] = {}
    for request in manifest.pull_requests:
        for committer in request.committers:
            found.setdefault(_login(committer), f"wrote commits of #{request.number}")
    for request in manifest.pull_requests:
        found[_login(request.author)] = f"opened #{request.number}"
    for commit in manifest.direct_commits:
        found[_login(commit.author)] = f"pushed {commit.sha[:12]}"
    return found


def nameless(manifest: Manifest) -> tuple[str, ...]:
    """Committers of whom only an e-mail address is known: nobody can tell whether one of them approves."""
    return strangers(involved(manifest))


def strangers(writers: Iterable[str]) -> tuple[str, ...]:
    """Those of whom only an e-mail address is known, sorted.

    Args:
        writers: logins, and addresses where no login is known.
    """
    return tuple(sorted({login for login in map(_login, writers) if "@" in login}))


def _login(text: str) -> str:
    matched = _NOREPLY.fullmatch(text)
    return (matched[1] if matched else text).lower()
