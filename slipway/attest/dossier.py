"""The dossier of a composition: files by which whoever has the pinned keys can tell who allowed it. Pure.

`slipway deploy` writes one before it runs Pulumi, and the policies of the stack read it. Signed statements
lie in it under the names that they have in their buckets. A bucket lets nobody write below another's id; a
folder does not, so here a name proves nothing of who gave a statement: that its key has signed it is proven.
What its index says is its writer's word; what a signature or a digest can prove is proven by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, Literal

from slipway.attest.approval_record import ApprovalPlace, Standing
from slipway.attest.bundle import artifact_key, unpack
from slipway.attest.canonical import check_digest, read_document
from slipway.attest.faults import AttestationRefused
from slipway.attest.first_document import first_document_key, open_first_document
from slipway.attest.pinned import PinnedKeys
from slipway.attest.release_statement import open_release, release_key
from slipway.model.digest import Digest, DigestField, short
from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.events import DeploymentId
from slipway.model.frozen import Frozen
from slipway.model.parts import PartId, PartIdField
from slipway.model.release import Release

INDEX: Final = "dossier.json"


class DossierUnfit(AttestationRefused):
    """A dossier that lacks something, or holds something else than it says."""


class ComposedPart(Frozen):
    """A part of the composition that the platform's program reads: a catalog entry, or the foundation.

    Attributes:
        part: which.
        artifact: digest of its bundle.
        release: digest of the manifest that brought it; None for what was there before the first release.
        files: the paths of its files in the workspace.
    """

    part: PartIdField
    artifact: DigestField
    release: DigestField | None
    files: tuple[str, ...]


class DossierIndex(Frozen):
    """What a dossier is about.

    Attributes:
        environment: whose composition.
        deployment: which deployment runs the program on it.
        release: digest of the release that goes in, or that is left.
        leaves: whether that release is left.
        deployer: ARN of who began the deployment.
        began: when: gates are asked at the beginning, and approvals have to hold then.
        effects: what the deployment does, all of it.
        parts: what the program reads, sorted by part.
    """

    schema_version: Literal["slipway.dossier/v1"] = "slipway.dossier/v1"
    environment: Environment
    deployment: DeploymentId
    release: DigestField
    leaves: bool
    deployer: str
    began: datetime
    effects: Effects
    parts: tuple[ComposedPart, ...]

    def part(self, id_: PartId) -> ComposedPart | None:
        """A part of the composition; None where it has none of that id."""
        return next((each for each in self.parts if each.part == id_), None)


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """The files of a dossier, each believed when it is asked for.

    Attributes:
        files: by their names below its folder.
        keys: the pinned public keys, by what they vouch for.
    """

    files: Mapping[str, bytes]
    keys: PinnedKeys

    @cached_property
    def index(self) -> DossierIndex:
        """What it is about.

        Raises:
            DossierUnfit: it has none.
            NotCanonical: it is no index.
        """
        return read_document(self._file(INDEX, "it has no index"), DossierIndex)

    def release(self, digest: Digest) -> Release:
        """A release whose signature is believed.

        Raises:
            AttestationRefused: it is not there, or not believed; the form says why.
        """
        subject = f"the manifest of release {short(digest)}"
        content = self._file(release_key(digest), f"it has not {subject}")
        release = open_release(content, subject=subject, keys=self.keys.signing)
        if release.digest != digest:
            raise DossierUnfit(
                f"{subject} is that of release {short(release.digest)}",
                remedy="run slipway deploy again, and find out who changed the dossier",
            )
        return release

    def first_document(self) -> EnvironmentDocument:
        """What ran before the first release.

        Raises:
            AttestationRefused: it is not there, or not believed; the form says why.
        """
        environment = self.index.environment
        name, lacks = (
            first_document_key(environment),
            f"it has not the signed first document of {environment}",
        )
        remedy = f"slipway release bootstrap -s {environment} signs it; then run slipway deploy again"
        return open_first_document(self._file(name, lacks, remedy), environment, keys=self.keys.signing)

    def approvals(self, release: Digest) -> Standing:
        """Every approval of a release in the environment.

        Raises:
            AttestationRefused: one is not believed; the form says why.
        """
        place = ApprovalPlace(release=release, environment=self.index.environment, keys=self.keys.approvals)
        found = sorted(name for name in self.files if name.startswith(place.folder))
        return place.given((name, self.files[name]) for name in found)

    def artifact(self, part: PartId, digest: Digest) -> Mapping[str, bytes]:
        """The files of an artifact whose bytes are those of its digest.

        Raises:
            AttestationRefused: it is not there, or was changed.
        """
        lacks = f"it has not the artifact {short(digest)} of {part}"
        content = self._file(artifact_key(digest), lacks)
        check_digest(content, digest, name=f"artifact of {part}")
        return {file.path: file.content for file in unpack(content)}

    def _file(
        self, name: str, lacks: str, remedy: str = "run slipway deploy again: it writes the dossier anew"
    ) -> bytes:
        if name not in self.files:
            raise DossierUnfit(f"the dossier is not whole: {lacks}", remedy=remedy)
        return self.files[name]
