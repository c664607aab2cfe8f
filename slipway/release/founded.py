"""Whether a manifest says what its commit gives: what a signer looks at before signing.

A build that was led astray can write any manifest. Bundles follow from git's content alone, so whoever signs
makes them again and compares; what GitHub knows is asked again, by whoever does not build.
"""

from collections.abc import Sequence

from slipway.model.digest import short
from slipway.model.errors import SlipwayError
from slipway.model.release import DirectCommit, Manifest, Release
from slipway.ports.source_control import Changes
from slipway.release.building import Draft


class Unfounded(SlipwayError):  # noqa: N818 - it says what is the case
    """A manifest that says something else than its commit gives."""


def refuse_other_content(release: Release, drafted: Draft, checks: Sequence[str]) -> None:
    """Refuse a manifest whose parts, or needed checks, are not those of its commit.

    Args:
        release: nobody has signed it.
        drafted: from its own commit and base, made by whoever is to sign.
        checks: what the change from base to commit needs, worked out by them too.

    Raises:
        Unfounded: they differ; the fields are named.
    """
    said = release.manifest
    made = drafted.manifest(
        repository=said.repository,
        pull_requests=said.pull_requests,
        direct_commits=said.direct_commits,
        checks=checks,
        evidence=said.evidence,
        slipway=said.slipway,
    )
    _refuse_differences(release, made, f"building commit {said.commit[:12]} gives")


def refuse_other_origin(release: Release, changes: Changes, repository: str) -> None:
    """Refuse a manifest whose commit is not merged, or which came about otherwise than it says.

    Raises:
        Unfounded: the default branch has no such commit, or GitHub tells other pull requests.
    """
    said = release.manifest
    if not changes.has_merged(said.commit):
        raise Unfounded(
            f"commit {said.commit[:12]} of release {short(release.digest)} is not on the default branch",
            remedy="merge it by a pull request, and build the merged commit",
        )
    carried = changes.carried(said.base, said.commit)
    direct = [DirectCommit(sha=each.sha, title=each.title, author=each.author) for each in carried.direct]
    asked = said.model_copy(
        update={
            "repository": repository,
            "pull_requests": tuple(sorted(carried.pull_requests, key=lambda request: request.number)),
            "direct_commits": tuple(direct),
        }
    )
    _refuse_differences(release, asked, "GitHub tells")


def _refuse_differences(release: Release, other: Manifest, where: str) -> None:
    said = release.manifest
    fields = [name for name in Manifest.model_fields if getattr(said, name) != getattr(other, name)]
    if fields:
        raise Unfounded(
            f"release {short(release.digest)} is not what {where}: {', '.join(fields)} differ",
            remedy="build it again; when that gives the same manifest, find out who wrote this one",
        )
