"""`slipway build --unsigned` and `slipway release sign`: who builds need not be who signs."""

import json

import pytest

from slipway.attest import canonical, digest_of
from slipway.attest.bundle import artifact_key
from slipway.model.events import EventKind
from slipway.model.principal import Caller, UserId
from slipway.model.release import Manifest
from slipway.ports.source_control_errors import TokenRefused
from slipway.ports.source_control_results import Carried
from tests.cli.conftest import Slipway
from tests.doubles.desk import MemoryDesk

SIGNER = Caller(
    arn="arn:aws:sts::111122223333:assumed-role/slipway-shared-sign/AWSCodeBuild-7",
    user_id=UserId("AROASIGN:AWSCodeBuild-7"),
    account="111122223333",
)


@pytest.fixture
def proposed(desk: MemoryDesk, slipway: Slipway) -> str:
    """A release that was built and that nobody has signed."""
    built = slipway("build", "--unsigned", "--format", "json")
    assert built.code == 0, built.err
    assert desk.artifacts.keys("releases/") == ()
    return str(json.loads(built.out)["release"])[7:]


def _propose(desk: MemoryDesk, manifest: Manifest) -> str:
    """Put another manifest where builds put theirs: what a build that was led astray could do."""
    content = canonical(manifest)
    name = digest_of(content)[7:]
    desk.artifacts.create(f"unsigned/{name}.json", content)
    return name


def _manifest(desk: MemoryDesk, name: str) -> Manifest:
    return Manifest.model_validate_json(desk.artifacts.stored[f"unsigned/{name}.json"])


def test_what_one_builds_another_signs(desk: MemoryDesk, slipway: Slipway, proposed: str) -> None:
    """The same release as if one person had done both; it was built once, and that is told once."""
    signed = slipway("release", "sign", proposed[:12])
    assert signed.code == 0, signed.err
    assert signed.out.startswith(f"release sha256:{proposed}\n")
    assert f"next: slipway deploy {proposed[:12]} -s dev" in signed.err
    assert slipway("release", "show", proposed[:12]).code == 0
    together = slipway("build", "--format", "json")
    assert json.loads(together.out)["release"] == f"sha256:{proposed}"
    assert [event.kind for event in desk.told].count(EventKind.BUILT) == 1


def test_building_says_who_comes_next(slipway: Slipway, desk: MemoryDesk) -> None:
    """Also when it was built before; nothing is written twice."""
    assert "next: slipway release sign " in slipway("build", "--unsigned").err
    before = dict(desk.artifacts.stored)
    again = slipway("build", "--unsigned")
    assert "was built before" in again.err
    assert desk.artifacts.stored == before


def test_signing_again_changes_nothing(desk: MemoryDesk, slipway: Slipway, proposed: str) -> None:
    """No two signatures are equal: the first one stays."""
    assert slipway("release", "sign", proposed).code == 0
    before = dict(desk.artifacts.stored)
    again = slipway("release", "sign", proposed)
    assert (again.code, desk.artifacts.stored) == (0, before)
    assert "was signed before" in again.err


@pytest.mark.parametrize(
    "words",
    [("deploy", "{}", "-s", "dev"), ("release", "show", "{}"), ("gate", "explain", "{}", "-s", "dev")],
)
def test_what_nobody_has_signed_is_believed_by_nobody(
    slipway: Slipway, proposed: str, words: tuple[str, ...]
) -> None:
    """It is there, and that is said, with who can help."""
    ended = slipway(*(word.format(proposed[:12]) for word in words))
    assert (ended.code, ended.out) == (1, "")
    assert f"release {proposed[:12]} is built and not signed" in ended.err
    assert f"remedy: slipway release sign {proposed[:12]}" in ended.err


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"artifacts": ()}, "is not what building commit"),
        ({"tree": "2" * 40}, "gives: tree differ"),
        ({"removed": ("revenue/dag",)}, "gives: removed differ"),
        ({"pull_requests": ()}, "is not what GitHub tells: pull_requests differ"),
        ({"repository": "eve/finedge-pipelines"}, "is not what GitHub tells: repository differ"),
    ],
)
def test_a_manifest_that_its_commit_does_not_give_is_not_signed(
    desk: MemoryDesk, slipway: Slipway, proposed: str, changed: dict[str, object], message: str
) -> None:
    """Whatever the build was made to write: its parts are built again, its origin is asked again."""
    name = _propose(desk, _manifest(desk, proposed).model_copy(update=changed))
    ended = slipway("release", "sign", name)
    assert (ended.code, ended.out) == (1, "")
    assert message in ended.err
    assert "remedy: build it again" in ended.err
    assert desk.artifacts.keys("releases/") == ()


def test_a_commit_that_nobody_has_merged_is_not_signed(
    desk: MemoryDesk, slipway: Slipway, proposed: str
) -> None:
    """A build of a branch gives a manifest as well."""
    desk.pull_requests.merged = False
    ended = slipway("release", "sign", proposed)
    assert ended.code == 1
    assert "is not on the default branch" in ended.err


def test_artifacts_are_read_before_they_are_signed_for(
    desk: MemoryDesk, slipway: Slipway, proposed: str
) -> None:
    """One whose bytes were changed, or that is not there."""
    (artifact,) = _manifest(desk, proposed).artifacts
    good = desk.artifacts.stored[artifact_key(artifact.digest)]
    desk.artifacts.stored[artifact_key(artifact.digest)] = b"edited"
    assert "artifact settlements/dbt" in slipway("release", "sign", proposed).err
    del desk.artifacts.stored[artifact_key(artifact.digest)]
    assert "is not in the artifact bucket" in slipway("release", "sign", proposed).err
    desk.artifacts.stored[artifact_key(artifact.digest)] = good
    assert slipway("release", "sign", proposed).code == 0


def test_a_changed_proposal_is_refused(desk: MemoryDesk, slipway: Slipway, proposed: str) -> None:
    """Its name is its digest."""
    desk.artifacts.stored[f"unsigned/{proposed}.json"] += b" "
    ended = slipway("release", "sign", proposed)
    assert ended.code == 1
    assert f"the manifest of release {proposed[:12]} (" in ended.err
    assert "was changed" in ended.err


def test_without_a_token_it_says_what_it_could_not_ask(
    desk: MemoryDesk, slipway: Slipway, proposed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What git alone tells was judged; what GitHub would say was not."""

    def refuse(_workspace: str) -> None:
        raise TokenRefused("GITHUB_TOKEN is not set", subject="pull requests")

    monkeypatch.setattr(desk, "changes", refuse)
    ended = slipway("release", "sign", proposed)
    assert ended.code == 0
    assert "warning: GitHub was not asked whether commit" in ended.err


def test_the_signing_build_signs_nothing_that_github_was_not_asked_about(
    desk: MemoryDesk, slipway: Slipway, proposed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a build a warning is read by nobody: a secret without its token would sign whatever was pushed."""

    def refuse(_workspace: str) -> None:
        raise TokenRefused("GITHUB_TOKEN is not set", subject="pull requests")

    monkeypatch.setattr(desk, "changes", refuse)
    monkeypatch.setattr(desk.identity, "caller", lambda: SIGNER)
    ended = slipway("release", "sign", proposed)
    assert (ended.code, ended.out) == (3, "")
    assert "GITHUB_TOKEN is not set" in ended.err
    assert "remedy: set GITHUB_TOKEN to a token that has not expired" in ended.err
    assert not [key for key in desk.artifacts.stored if key.startswith("releases/")]


def test_there_has_to_be_something_to_sign(slipway: Slipway, desk: MemoryDesk) -> None:
    """A name that nobody built."""
    desk.pull_requests.carries = Carried()
    ended = slipway("release", "sign", "0123456789")
    assert (ended.code, ended.out) == (2, "")
    assert "there is no release 0123456789" in ended.err


def test_a_manifest_that_names_fewer_checks_than_its_change_needs_is_not_signed(
    desk: MemoryDesk, slipway: Slipway, proposed: str
) -> None:
    """The signer works them out from the two commits, as it does the artifacts."""
    written = _manifest(desk, proposed)
    assert written.checks == ("catalog-lint",)
    fewer = _propose(desk, written.model_copy(update={"checks": ()}))
    ended = slipway("release", "sign", fewer)
    assert ended.code == 1
    assert "gives: checks differ" in ended.err
    assert desk.artifacts.keys("releases/") == ()
