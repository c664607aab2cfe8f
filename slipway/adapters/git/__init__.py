"""The Revisions port over the `git` command: objects are read from the repository, nothing is checked out."""

from slipway.adapters.git.repository import GitRevisions

__all__ = ["GitRevisions"]
