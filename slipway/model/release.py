"""A release: the signed manifest that says what is shipped, where it came from and who let it in."""

from datetime import datetime
from enum import StrEnum, unique
from typing import Literal, NewType

from slipway.model.digest import Digest, DigestField
from slipway.model.frozen import Frozen
from slipway.model.parts import Artifact, PartId

ReleaseId = NewType("ReleaseId", str)
"""How people write a release: the digest of its manifest, or at least eight of its hexadecimal digits."""


@unique
class ReviewState(StrEnum):
    """What a reviewer said last, in GitHub's words."""

    APPROVED = "APPROVED"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    DISMISSED = "DISMISSED"


class Review(Frozen):
    """A reviewer's last word on the head that was merged."""

    login: str
    state: ReviewState


class MergedPullRequest(Frozen):
    """A pull request that the release carries.

    Attributes:
        number: in the repository.
        title: as its author wrote it.
        url: for people.
        author: login of who opened it.
        committers: logins (e-mail addresses where none is known) of all who wrote its commits, co-authors
            included.
        reviews: the last decisive word of each reviewer.
        merged_by: login.
        merged_at: with a time zone.
        head: the commit that was reviewed.
        merge_commit: what it became on the default branch.
    """

    number: int
    title: str
    url: str
    author: str
    committers: tuple[str, ...]
    reviews: tuple[Review, ...]
    merged_by: str
    merged_at: datetime
    head: str
    merge_commit: str


class DirectCommit(Frozen):
    """A commit of the default branch that came with no pull request: nobody reviewed it.

    Attributes:
        sha: its id.
        title: the first line of its message.
        author: login, or the e-mail address where none is known.
    """

    sha: str
    title: str
    author: str


class Manifest(Frozen):
    """What a release is; the digest of its canonical JSON is the release's identity.

    It has no time of its own and no host: the same commit with the same evidence is the same release.

    Attributes:
        workspace: the data team's name for their repository.
        repository: owner/name on GitHub.
        commit: the commit that was built.
        tree: its git tree, to which the evidence of the checks is bound.
        base: the commit against which the parts changed.
        artifacts: what is shipped, sorted by part.
        removed: parts that base had and commit has not.
        upon: what the parts that ship or go were at base, as far as they were there, sorted by part. Where
            an environment runs anything else, the release would carry changes that it does not list.
        pull_requests: everything that came in between base and commit, sorted by number.
        direct_commits: what came in between past all pull requests, oldest first.
        checks: those that the change from base to commit needs, in the order of reports. Whoever signs works
            them out again.
        evidence: digests of the check runs on this tree.
        slipway: version that built it.
    """

    schema_version: Literal["slipway.release/v1"] = "slipway.release/v1"
    workspace: str
    repository: str
    commit: str
    tree: str
    base: str
    artifacts: tuple[Artifact, ...]
    removed: tuple[str, ...] = ()
    upon: tuple[Artifact, ...] = ()
    pull_requests: tuple[MergedPullRequest, ...]
    direct_commits: tuple[DirectCommit, ...] = ()
    checks: tuple[str, ...]
    evidence: tuple[DigestField, ...]
    slipway: str

    def artifact(self, part: PartId) -> Artifact | None:
        """The artifact of a part; None when the release does not ship it."""
        return next((artifact for artifact in self.artifacts if artifact.part == part), None)


class Release(Frozen):
    """A manifest whose signature was verified, under its identity.

    Attributes:
        digest: of the manifest's canonical JSON.
        manifest: what it says.
    """

    digest: DigestField
    manifest: Manifest

    @property
    def subject(self) -> Digest:
        """What approvals and gates are bound to."""
        return self.digest
