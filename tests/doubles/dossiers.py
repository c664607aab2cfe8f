"""A dossier by which a release of settlements' catalog entry may go into prod; a test changes one thing."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import yaml

from slipway.attest import STATEMENT_PAYLOAD, PinnedKeys, Statement, Subject, canonical, digest_of, seal
from slipway.attest.approval_record import ApprovalPlace, predicate_type_of
from slipway.attest.bundle import BundledFile, artifact_key, pack
from slipway.attest.dossier import INDEX, ComposedPart, DossierIndex
from slipway.attest.first_document import first_document_key, seal_first_document
from slipway.attest.pinned import KeyUse, key_file
from slipway.attest.program import listing_of
from slipway.attest.release_statement import release_key, release_statement
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId
from slipway.model.evidence import Approval, Revocation
from slipway.model.parts import Artifact, PartId
from slipway.model.release import Release
from slipway.model.team import Roster
from tests.doubles.local_signer import LocalSigner
from tests.doubles.releases import EFFECTS, NOW, ROSTER, approval, document, release

PROD: Final = Environment.PROD
SIGNER: Final = LocalSigner()
APPROVAL_SIGNER: Final = LocalSigner("approvals")
KEYS: Final = PinnedKeys(signing=(SIGNER.pinned,), approvals=(APPROVAL_SIGNER.pinned,))
PROGRAM: Final = listing_of(
    {
        "Pulumi.yaml": b"name: slipway\n",
        "Pulumi.prod.yaml": b"config: {slipway:owner: platform}\n",
        "stacks/pipelines.py": b"ENTRIES = ()\n",
    }
)
DEPLOYER: Final = "arn:aws:iam::111122223333:user/grace.kim"
BEGAN: Final = NOW
FOUNDATION: Final = PartId.parse("platform/entry")
SETTLEMENTS: Final = PartId.parse("settlements/entry")
REVENUE: Final = PartId.parse("revenue/entry")

Contents = dict[str, bytes]


def entry_of(pipeline: str, criticality: str, description: str = "Money.") -> Contents:
    """The files of a catalog entry's part, with a contract beside it."""
    told = {"pipeline": pipeline, "criticality": criticality, "description": description}
    return {
        f"catalog/{pipeline}.yaml": yaml.safe_dump(told).encode(),
        f"contracts/{pipeline}.odcs.yaml": b"kind: DataContract\n",
    }


def foundation(roster: Roster = ROSTER) -> Contents:
    """The files of the foundation: settings and team."""
    settings = {"workspace": "finedge", "catalog": "catalog", "team": "team.yaml"}
    return {
        "slipway.yaml": yaml.safe_dump(settings).encode(),
        "team.yaml": yaml.safe_dump(roster.model_dump(mode="json")).encode(),
    }


def bundle_of(contents: Mapping[str, bytes]) -> bytes:
    """Their bundle."""
    return pack(BundledFile(path=path, content=content) for path, content in contents.items())


def artifact_of(part: PartId, contents: Mapping[str, bytes]) -> Artifact:
    """Its artifact."""
    content = bundle_of(contents)
    return Artifact(part=part, digest=digest_of(content), size=len(content))


BEFORE: Final = entry_of("settlements", "critical")
AFTER: Final = entry_of("settlements", "critical", "Money and refunds.")
RELEASE: Final = release(
    artifacts=(artifact_of(SETTLEMENTS, AFTER),), upon=(artifact_of(SETTLEMENTS, BEFORE),)
)


def signed(said: Approval | Revocation, signer: LocalSigner = APPROVAL_SIGNER) -> bytes:
    """A statement as it is stored."""
    statement = Statement.of(predicate_type_of(said), said, [Subject.of("release", said.release)])
    return seal(statement.payload(), STATEMENT_PAYLOAD, signer)


def signed_release(of: Release, signer: LocalSigner = SIGNER) -> bytes:
    """A manifest as it is stored."""
    return seal(release_statement(of.manifest).payload(), STATEMENT_PAYLOAD, signer)


@dataclass
class DossierScene:
    """What an update of prod is judged from.

    Attributes:
        index: what the dossier is about.
        statements: its other files.
        workspace: what is on disk.
        keys: what is pinned.
        now: the moment.
    """

    index: DossierIndex
    statements: dict[str, bytes]
    workspace: dict[str, BundledFile]
    keys: PinnedKeys = KEYS
    now: datetime = field(default_factory=lambda: BEGAN + timedelta(minutes=5))

    @property
    def files(self) -> dict[str, bytes]:
        """The whole dossier."""
        return {**self.statements, INDEX: canonical(self.index)}

    def change(self, **changes: object) -> None:
        """Have the index say something else."""
        self.index = self.index.model_copy(update=changes)

    def put(self, path: str, content: bytes) -> None:
        """Write a file of the workspace."""
        self.workspace[path] = BundledFile(path=path, content=content)

    def compose(self, part: PartId, contents: Contents, brought_by: Release | None) -> None:
        """Have a part in the composition, on disk too; as this one says that brought it."""
        digest = None if brought_by is None else brought_by.digest
        made = ComposedPart(
            part=part,
            artifact=artifact_of(part, contents).digest,
            release=digest,
            files=tuple(sorted(contents)),
        )
        others = tuple(each for each in self.index.parts if each.part != part)
        self.change(parts=tuple(sorted((*others, made), key=lambda each: each.part)))
        for path, content in contents.items():
            self.put(path, content)
        self.keep(contents)
        if brought_by is not None:
            self.statements[release_key(brought_by.digest)] = signed_release(brought_by)

    def keep(self, contents: Contents) -> None:
        """Keep an artifact."""
        content = bundle_of(contents)
        self.statements[artifact_key(digest_of(content))] = content

    def say(self, said: Approval | Revocation, signer: LocalSigner = APPROVAL_SIGNER) -> str:
        """Keep a statement in its place, and return its name."""
        place = ApprovalPlace(release=said.release, environment=said.environment, keys=())
        self.statements[place.name_of(said)] = signed(said, signer)
        return place.name_of(said)

    def pin(self, folder: Path) -> None:
        """Write the pinned keys down."""
        folder.mkdir()
        for use, signer in ((KeyUse.SIGNING, SIGNER), (KeyUse.APPROVALS, APPROVAL_SIGNER)):
            (folder / key_file(use, signer.pinned)).write_bytes(signer.public_key())

    def write(self, folder: Path) -> None:
        """Write both to disk: `workspace` and `dossier`; what was there before goes."""
        contents = {path: file.content for path, file in self.workspace.items()}
        for name, files in {"workspace": contents, "dossier": self.files}.items():
            shutil.rmtree(folder / name, ignore_errors=True)
            for path, content in files.items():
                (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / name / path).write_bytes(content)

    def unsay(self) -> None:
        """Take every approval out."""
        self.statements = {
            name: content for name, content in self.statements.items() if not name.startswith("approvals/")
        }


def good_scene(began: datetime = BEGAN) -> DossierScene:
    """Prod with settlements of the release, revenue and the foundation as they were; two have approved.

    Args:
        began: when the deployment did.
    """
    index = DossierIndex(
        environment=PROD,
        deployment=DeploymentId("prod-1-1"),
        release=RELEASE.digest,
        leaves=False,
        deployer=DEPLOYER,
        began=began,
        effects=EFFECTS,
        parts=(),
    )
    scene = DossierScene(index=index, statements={}, workspace={})
    old = {FOUNDATION: foundation(), REVENUE: entry_of("revenue", "standard"), SETTLEMENTS: BEFORE}
    first = document(PROD, *(artifact_of(part, contents) for part, contents in old.items()))
    scene.statements[first_document_key(PROD)] = seal_first_document(first, SIGNER)
    for part in (FOUNDATION, REVENUE):
        scene.compose(part, old[part], None)
    scene.compose(SETTLEMENTS, AFTER, RELEASE)
    scene.keep(BEFORE)
    for who in ("ben.okafor", "henrik.olsen"):
        scene.say(approval(who, RELEASE, at=began - timedelta(hours=1), expires=began + timedelta(hours=71)))
    return scene
