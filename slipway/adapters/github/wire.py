"""The parts of GitHub's answers that are used, parsed where they come in.

Source: https://docs.github.com/en/rest. What GitHub adds is ignored, what it leaves out is an error.
"""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, RootModel


class Shape(BaseModel):
    """An object of GitHub's."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Account(Shape):
    """A person or an app."""

    login: str


KnownAccount = Annotated[Account | None, BeforeValidator(lambda given: given or None)]
"""The account of an address; GitHub writes null or {} where it knows none."""


class Signature(Shape):
    """Who made a commit, as git has it."""

    name: str
    email: str
    date: datetime


class GitCommit(Shape):
    """A commit object."""

    author: Signature
    committer: Signature
    message: str


class Parent(Shape):
    """A commit's parent."""

    sha: str


class Commit(Shape):
    """A commit with the accounts that GitHub knows its addresses to be of."""

    sha: str
    commit: GitCommit
    author: KnownAccount
    committer: KnownAccount
    parents: tuple[Parent, ...]


class End(Shape):
    """A branch of a pull request."""

    ref: str
    sha: str


class PullInList(Shape):
    """A pull request in a list."""

    number: int
    merged_at: datetime | None


class MergedPull(Shape):
    """A merged pull request alone. The account of who left GitHub is null."""

    number: int
    title: str
    html_url: str
    user: Account | None
    head: End
    base: End
    merged_at: datetime
    merged_by: Account | None
    merge_commit_sha: str
    commits: int


class Review(Shape):
    """A review; the moment is missing until it is submitted."""

    user: Account | None
    state: str
    commit_id: str | None
    submitted_at: datetime | None = None


class Repository(Shape):
    """A repository."""

    default_branch: str


class Comparison(Shape):
    """What lies between two commits; a page has some of the commits."""

    status: str
    total_commits: int
    commits: tuple[Commit, ...]


class Status(Shape):
    """One commit status."""

    context: str
    state: str
    description: str | None
    target_url: str | None


class Combined(Shape):
    """The newest statuses of a commit; a page has some of them."""

    state: str
    statuses: tuple[Status, ...]


class Made(Shape):
    """Something that was made."""

    id: int


class Pulls(RootModel[tuple[PullInList, ...]]):
    """A page of pull requests."""


class Commits(RootModel[tuple[Commit, ...]]):
    """A page of commits."""


class Reviews(RootModel[tuple[Review, ...]]):
    """A page of reviews."""
