"""Who decides is read from what runs in the environment, not from what wants to go in."""

import pytest

from slipway.attest.bundle import artifact_key
from slipway.attest.faults import DigestMismatch
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.errors import DefinitionError
from slipway.model.parts import FOUNDATION
from slipway.model.pipeline import Criticality, PipelineName
from slipway.model.team import Role
from slipway.ports.documents import EnvironmentDocuments
from slipway.release.bundles import every_bundle
from slipway.release.committed import read_commit
from slipway.release.control import EnvironmentEmpty, RunningControl
from slipway.release.releases import ArtifactMissing, Releases
from tests.doubles.commits import Commits
from tests.doubles.records import MemoryObjects
from tests.doubles.workspace_folder import FILES

SETTLEMENTS, REVENUE = PipelineName("settlements"), PipelineName("revenue")


class OneDocument(EnvironmentDocuments):
    """What runs in prod, and nothing anywhere else."""

    def __init__(self, document: EnvironmentDocument) -> None:
        self.document = document

    def newest(self, environment: Environment) -> EnvironmentDocument | None:
        return self.document if environment is self.document.environment else None

    def version(self, environment: Environment, version: int) -> EnvironmentDocument | None:
        return self.newest(environment) if version == self.document.version else None

    def add(self, document: EnvironmentDocument) -> None:
        self.document = document


def _running(files: dict[str, str]) -> tuple[RunningControl, MemoryObjects]:
    commits, objects = Commits(), MemoryObjects()
    commit = commits.commit(files)
    releases = Releases(objects, [])
    bundles = every_bundle(read_commit(commits, commits.resolve("HEAD")))
    for bundle in bundles:
        releases.put(bundle)
    entries = tuple(
        Entry(part=each.artifact.part, artifact=each.artifact.digest, release=None, commit=commit)
        for each in bundles
    )
    document = EnvironmentDocument(
        environment=Environment.PROD, version=1, entries=entries, deployment="bootstrap"
    )
    return RunningControl(documents=OneDocument(document), releases=releases), objects


def test_team_and_criticality_are_those_that_run() -> None:
    """What does not run there has no criticality: the gate takes it for critical."""
    control, _ = _running(FILES)
    found = control.of(Environment.PROD, [SETTLEMENTS, REVENUE, PipelineName("new"), FOUNDATION])
    assert found.criticality == {SETTLEMENTS: Criticality.CRITICAL, REVENUE: Criticality.STANDARD}
    ana = found.roster.person("ana.silva")
    assert ana is not None
    assert ana.roles == (Role.DATA_ENGINEER, Role.APPROVER)


def test_a_catalogue_file_of_another_name_is_found_by_what_it_says() -> None:
    """A contract beside it may be YAML too."""
    files = {**FILES, "catalog/payout.yaml": FILES["catalog/settlements.yaml"]}
    del files["catalog/settlements.yaml"]
    files["contracts/settlements.odcs.yaml"] = "a: &b 1\n"
    control, _ = _running(files)
    assert control.of(Environment.PROD, [SETTLEMENTS]).criticality == {SETTLEMENTS: Criticality.CRITICAL}


def test_an_environment_in_which_nothing_runs_decides_nothing() -> None:
    """And the remedy says what makes it."""
    control, _ = _running(FILES)
    with pytest.raises(EnvironmentEmpty, match="nothing runs in staging yet") as refused:
        control.of(Environment.STAGING, [SETTLEMENTS])
    assert refused.value.remedy == "slipway release bootstrap -s staging"


def _foundation_key(control: RunningControl) -> str:
    document = control.documents.newest(Environment.PROD)
    assert document is not None
    return artifact_key(
        next(each.artifact for each in document.entries if str(each.part) == "platform/entry")
    )


def test_a_team_that_was_edited_in_the_bucket_decides_nothing() -> None:
    """Named as what it is."""
    control, objects = _running(FILES)
    key = _foundation_key(control)
    objects.stored[key] = objects.stored[key].replace(b"data-engineer, approver", b"control-owner, approver")
    with pytest.raises(DigestMismatch, match="artifact platform/entry"):
        control.of(Environment.PROD, [])
    del objects.stored[key]
    with pytest.raises(ArtifactMissing, match="artifact platform/entry"):
        control.of(Environment.PROD, [])


def test_a_pipeline_whose_file_says_something_else_is_an_error() -> None:
    """Not a guess at its criticality."""
    control, objects = _running(FILES)
    document = control.documents.newest(Environment.PROD)
    assert document is not None
    entries = {str(each.part): each for each in document.entries}
    swapped = entries["settlements/entry"].model_copy(update={"artifact": entries["revenue/entry"].artifact})
    control.documents.add(document.model_copy(update={"entries": (entries["platform/entry"], swapped)}))
    with pytest.raises(DefinitionError, match="the running catalogue file of settlements cannot be read"):
        control.of(Environment.PROD, [SETTLEMENTS])
    assert objects.reachable
