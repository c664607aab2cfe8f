"""One AWS and one GitHub for this folder, with a merged pull request that was built into a release."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from slipway.adapters.git import GitRevisions
from slipway.attest import canonical
from slipway.cli.account_desk import AccountDesk
from slipway.cli.accounts import Accounts
from slipway.cli.desk import Desk, releases_of
from slipway.cli.main import main
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.release import Release
from slipway.release.bundles import every_bundle
from slipway.release.committed import read_commit
from tests.cli.conftest import Ended
from tests.doubles.releases import EVERY_CHECK, check_run
from tests.integration.aws.front import running_front
from tests.integration.release.stage import PEOPLE, Stage, merge_a_change, set_stage
from tests.integration.source_control.forge import running_forge

As = Callable[..., Ended]
"""Run the command as a person: the person, then the words; variables of its environment by name."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Everything that a release stands on; the workspace as it began runs in every environment."""
    folder = tmp_path_factory.mktemp("release")
    (folder / "aws").mkdir()
    with (
        running_front(folder / "aws", PEOPLE) as front,
        running_forge(folder / "github") as forge,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in front.environment.items():
            patch.setenv(name, value)
        made = set_stage(front, forge, folder)
        _let_it_run(made)
        yield made


@pytest.fixture(scope="module")
def desk(stage: Stage) -> Desk:
    """What the commands work with, as the engineer."""
    return AccountDesk(Accounts(stage.estate), {})


def _let_it_run(stage: Stage) -> None:
    """Bootstrap: what is on main runs everywhere."""
    desk = AccountDesk(Accounts(stage.estate), {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULUMI_OPTION_CWD", str(stage.estate.platform))
        assert main(("release", "pin")) == 0
    revisions = GitRevisions(stage.workspace)
    committed = read_commit(revisions, revisions.resolve("HEAD"))
    bundles = every_bundle(committed)
    for bundle in bundles:
        releases_of(desk).put(bundle)
    entries = tuple(
        Entry(
            part=each.artifact.part,
            artifact=each.artifact.digest,
            release=None,
            commit=committed.revision.commit,
        )
        for each in bundles
    )
    for environment in Environment:
        document = EnvironmentDocument(
            environment=environment, version=1, entries=entries, deployment=f"{environment}-bootstrap"
        )
        desk.documents(environment).add(document)


@pytest.fixture
def run_as(stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> As:
    """The command, run in the workspace with a person's credentials."""
    monkeypatch.chdir(stage.workspace)

    def run(person: str, *words: str, **variables: str) -> Ended:
        for name, value in (stage.environment_of(person) | variables).items():
            monkeypatch.setenv(name, value)
        code = main(words)
        written = capsys.readouterr()
        return Ended(int(code), written.out, written.err)

    return run


@pytest.fixture(scope="module")
def merged(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ana's change, merged; the check run of it, as `slipway check --evidence` writes it."""
    merge_a_change(stage)
    revisions = GitRevisions(stage.workspace)
    head, base = revisions.resolve("HEAD"), revisions.resolve("HEAD^")
    file = tmp_path_factory.mktemp("evidence") / "run.json"
    file.write_bytes(canonical(check_run(tree=head.tree, base=base.commit, checks=EVERY_CHECK)))
    return file


@pytest.fixture
def release(run_as: As, merged: Path, desk: Desk) -> Release:
    """That change as a release; built once, and found from then on."""
    built = run_as("grace.kim", "build", "--evidence", str(merged), "--format", "json")
    assert built.code == 0, built.err
    return releases_of(desk).read(json.loads(built.out)["release"])
