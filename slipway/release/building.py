"""From two commits to a release: what changed, what it is made of, and who had a hand in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from slipway.catalog.files import SETTINGS
from slipway.model.digest import Digest
from slipway.model.errors import UsageError
from slipway.model.release import DirectCommit, Manifest, MergedPullRequest
from slipway.model.workspace import Workspace
from slipway.ports.revisions import Revision, Revisions, RevisionUnknown
from slipway.release.bundles import Difference, difference
from slipway.release.committed import Committed, read_commit


class BaseUnfit(UsageError):  # noqa: N818 - it says what is the case
    """A base that a commit does not descend from, or none."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a release would ship, before it is known who made it.

    Attributes:
        commit: what is built.
        base: what it is compared with.
        before: the catalogue at base; None where base has no workspace.
        difference: the bundles.
    """

    commit: Committed
    base: Revision
    before: Workspace | None
    difference: Difference

    @property
    def is_empty(self) -> bool:
        """Whether nothing that ships has changed."""
        return not self.difference.bundles and not self.difference.removed

    def manifest(
        self,
        *,
        repository: str,
        pull_requests: Sequence[MergedPullRequest],
        direct_commits: Sequence[DirectCommit],
        checks: Sequence[str],
        evidence: Sequence[Digest],
        slipway: str,
    ) -> Manifest:
        """Write the manifest.

        Args:
            repository: owner/name on GitHub.
            pull_requests: everything that was merged in between base and commit.
            direct_commits: what came in between past them, oldest first.
            checks: those that the change needs.
            evidence: digests of the passed check runs on this tree.
            slipway: the version that builds.
        """
        return Manifest(
            workspace=self.commit.workspace.name,
            repository=repository,
            commit=self.commit.revision.commit,
            tree=self.commit.revision.tree,
            base=self.base.commit,
            artifacts=tuple(bundle.artifact for bundle in self.difference.bundles),
            removed=tuple(str(part) for part in self.difference.removed),
            upon=self.difference.upon,
            pull_requests=tuple(sorted(pull_requests, key=lambda request: request.number)),
            direct_commits=tuple(direct_commits),
            checks=tuple(checks),
            evidence=tuple(sorted(evidence)),
            slipway=slipway,
        )


def draft(revisions: Revisions, *, commit: str, base: str | None) -> Draft:
    """Bundle what changed.

    Args:
        revisions: the repository.
        commit: what is built.
        base: what it is compared with; None for the commit before it.

    Raises:
        RevisionUnknown: one of them is no commit.
        BaseUnfit: the commit does not descend from its base.
        CatalogErrors: the catalogue is wrong at one of them.
    """
    built = revisions.resolve(commit)
    before = _base(revisions, built, base)
    earlier = read_commit(revisions, before) if SETTINGS in revisions.files(before.commit) else None
    later = read_commit(revisions, built)
    return Draft(
        commit=later,
        base=before,
        before=None if earlier is None else earlier.workspace,
        difference=difference(earlier, later),
    )


def _base(revisions: Revisions, built: Revision, base: str | None) -> Revision:
    if base is None:
        try:
            return revisions.resolve(f"{built.commit}^")
        except RevisionUnknown as error:
            raise BaseUnfit(
                f"commit {built.commit[:12]} has none before it here",
                remedy="name what it is to be compared with: --base REV; a shallow clone lacks it",
            ) from error
    found = revisions.resolve(base)
    if revisions.merge_base(found.commit, built.commit).commit != found.commit:
        raise BaseUnfit(
            f"commit {built.commit[:12]} does not descend from {base}",
            remedy="name a base that is in its history: git log --first-parent shows it",
        )
    return found
