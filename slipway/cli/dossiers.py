"""Writes the dossier of what a deployment updates a stack to: copies of signed statements."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from slipway.attest import canonical
from slipway.attest.bundle import artifact_key
from slipway.attest.dossier import INDEX, ComposedPart, DossierIndex
from slipway.attest.first_document import first_document_key
from slipway.attest.release_statement import release_key
from slipway.cli.desk import Desk, releases_of
from slipway.environment.composition import Compositions
from slipway.model.deployment import Purpose
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry
from slipway.model.errors import DependencyError
from slipway.model.events import DeploymentId
from slipway.model.parts import ENTRY_FOUNDATION, PartId
from slipway.model.pipeline import PartKind
from slipway.model.release import Release
from slipway.model.touched import touched_pipelines
from slipway.ports.journal import Deployment, Journal
from slipway.ports.objects import ObjectAbsent
from slipway.release.approvals import Approvals
from slipway.rollout.dossiers import Dossiers
from slipway.rollout.planned import Plan, plan_of

_READERS: Final = 8

Files = Mapping[str, bytes]
"""Files of a dossier, by their names."""


class DeploymentUnwritten(DependencyError):  # noqa: N818 - it says what is the case
    """A deployment that works, and that the journal does not know."""


@dataclass(frozen=True, kw_only=True)
class CopiedDossiers(Dossiers):
    """Copies what vouches for a composition.

    Attributes:
        desk: the buckets.
        environment: where.
        journal: of the environment: it knows when a deployment began, and by whom.
        compositions: know which files of a workspace are whose.
        folder: where dossiers are written; a cache that may be deleted.
    """

    desk: Desk
    environment: Environment
    journal: Journal
    compositions: Compositions
    folder: Path

    def write(self, deployment: DeploymentId, entries: tuple[Entry, ...], *, undoing: bool) -> Path | None:
        """Write the dossier of what a deployment updates its stack to."""
        head = self.journal.deployment(deployment)
        if head is None:
            raise DeploymentUnwritten(
                f"the journal of {self.environment} does not know {deployment}",
                remedy="run the command again",
            )
        plan = plan_of(head)
        index = self._index(head, plan, entries, leaves=undoing or plan.purpose is Purpose.ROLLBACK)
        releases = {part.release for part in index.parts if part.release is not None} | {index.release}
        going = releases_of(self.desk).read(index.release)
        asked: list[Callable[[], Files]] = [
            lambda: {INDEX: canonical(index)},
            self._first_document,
            *(_of(self._release, each) for each in sorted(releases)),
            *(_of(self._artifact, each) for each in sorted({*_deciding(going, index)})),
        ]
        with ThreadPoolExecutor(_READERS) as pool:
            return _written(pool.map(lambda ask: ask(), asked), self.folder / deployment)

    def _index(
        self, head: Deployment, plan: Plan, entries: tuple[Entry, ...], *, leaves: bool
    ) -> DossierIndex:
        paths = self.compositions.paths(entries)
        return DossierIndex(
            environment=self.environment,
            deployment=head.id,
            release=plan.release,
            leaves=leaves,
            deployer=head.actor,
            began=head.began,
            effects=plan.effects,
            parts=tuple(
                ComposedPart(
                    part=entry.part, artifact=entry.artifact, release=entry.release, files=paths[entry.part]
                )
                for entry in sorted(entries, key=lambda each: each.part)
                if entry.part.kind is PartKind.ENTRY
            ),
        )

    def _first_document(self) -> Files:
        """Nothing where nobody has signed it: whether that matters the policies say."""
        try:
            return self._object(first_document_key(self.environment))
        except ObjectAbsent:
            return {}

    def _release(self, digest: Digest) -> Files:
        """A signed manifest, everything that was said of it here, and the entries that it was built upon."""
        release = releases_of(self.desk).read(digest)
        said = Approvals(self.desk.evidence, (), digest, self.environment).envelopes()
        files = {**self._object(release_key(digest)), **dict(said)}
        for each in release.manifest.upon:
            if each.part.kind is PartKind.ENTRY:
                files |= self._artifact(each.digest)
        return files

    def _artifact(self, digest: Digest) -> Files:
        return self._object(artifact_key(digest))

    def _object(self, key: str) -> Files:
        return {key: self.desk.artifacts.read(key).content}


def _of(ask: Callable[[Digest], Files], digest: Digest) -> Callable[[], Files]:
    return lambda: ask(digest)


def _deciding(release: Release, index: DossierIndex) -> Iterator[Digest]:
    """Name the artifacts that say who decides, as they are: of the team, and of what a release touches."""
    parts = {
        ENTRY_FOUNDATION,
        *(PartId(name, PartKind.ENTRY) for name in touched_pipelines(release.manifest)),
    }
    composed = (index.part(part) for part in sorted(parts))
    yield from (each.artifact for each in composed if each is not None)


def _written(found: Iterable[Files], place: Path) -> Path:
    """Write a folder as a whole: what another process has left there goes."""
    place.parent.mkdir(parents=True, exist_ok=True)
    made = Path(mkdtemp(dir=place.parent))
    for files in found:
        for name, content in files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(content)
    shutil.rmtree(place, ignore_errors=True)
    return made.rename(place)
