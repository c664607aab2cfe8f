"""`slipway release show|verify`: what was signed, what was changed, what there is not."""

import json
from pathlib import Path

import pytest

from slipway.attest.bundle import artifact_key
from slipway.cli import wiring
from slipway.model.release import Release
from tests.cli.conftest import Slipway
from tests.cli.releases.tampering import edit
from tests.doubles.desk import MemoryDesk
from tests.doubles.local_signer import LocalSigner

NAMED = [
    ("release", "show", "{}"),
    ("release", "verify", "{}"),
    ("approve", "{}", "-s", "prod", "--effects", "sha256:" + "0" * 64),
    ("gate", "explain", "{}", "-s", "prod"),
]


def test_a_release_is_shown_by_a_beginning_of_its_digest(release: Release, slipway: Slipway) -> None:
    """As text, as JSON, as markdown."""
    assert slipway("release", "show", release.digest[7:15]).out.startswith(f"release {release.digest}\n")
    shown = json.loads(slipway("release", "show", release.digest, "--format", "json").out)
    assert (shown["release"], shown["manifest"]["commit"]) == (release.digest, release.manifest.commit)
    assert "| settlements/dbt | `" in slipway("release", "show", release.digest, "--format", "markdown").out


def test_verify_says_that_a_release_is_what_was_signed(release: Release, slipway: Slipway) -> None:
    """Each artifact by name."""
    ended = slipway("release", "verify", release.digest[7:19])
    assert ended.code == 0
    assert "settlements/dbt" in ended.out
    assert "verified" in ended.out
    assert f"release {release.digest[7:19]} is what was signed" in ended.err


def _copied(desk: MemoryDesk, folder: Path, release: Release) -> Path:
    for key, content in desk.artifacts.stored.items():
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(content)
    return folder / f"releases/{release.digest[7:]}.json"


def test_a_copy_is_verified_without_any_server(
    desk: MemoryDesk, slipway: Slipway, release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the pinned keys, or with a key of the auditor's own."""
    file = _copied(desk, tmp_path / "copy", release)
    monkeypatch.setattr(wiring, "build_desk", lambda: pytest.fail("a server was asked"))
    assert slipway("release", "verify", str(file)).code == 0
    pem = tmp_path / "release.pem"
    pem.write_bytes(desk.signer.public_key())
    elsewhere = tmp_path / "manifest.json"
    elsewhere.write_bytes(file.read_bytes())
    ended = slipway(
        "release", "verify", str(elsewhere), "--key", str(pem), "--artifacts", str(tmp_path / "copy")
    )
    assert ended.code == 0
    assert slipway("release", "show", str(file)).out.startswith(f"release {release.digest}\n")


def test_every_artifact_that_was_changed_or_is_missing_is_named(
    desk: MemoryDesk, slipway: Slipway, release: Release, tmp_path: Path
) -> None:
    """In the bucket, and in a copy of it."""
    key = artifact_key(release.manifest.artifacts[0].digest)
    file = _copied(desk, tmp_path / "copy", release)
    (tmp_path / "copy" / key).write_bytes(b"edited")
    desk.artifacts.stored[key] = b"edited"
    for name in (release.digest, str(file)):
        ended = slipway("release", "verify", name)
        assert ended.code == 1
        assert (
            f"artifact settlements/dbt ({release.manifest.artifacts[0].digest[7:19]}) was changed"
            in ended.out
        )
        assert f"1 of 1 artifacts are not those of release {release.digest[7:19]}" in ended.err
    (tmp_path / "copy" / key).unlink()
    del desk.artifacts.stored[key]
    for name in (release.digest, str(file)):
        ended = slipway("release", "verify", name)
        assert ended.code == 1
        assert "artifact settlements/dbt" in ended.out
        assert "is not in " in ended.out


def test_a_changed_manifest_goes_nowhere(desk: MemoryDesk, slipway: Slipway, release: Release) -> None:
    """Neither shown, nor approved, nor judged: refused by name."""
    key = f"releases/{release.digest[7:]}.json"
    desk.artifacts.stored[key] = edit(desk.artifacts.stored[key], b"anasilva", b"evasilva")
    name = release.digest[7:19]
    for words in (
        ("release", "show", name),
        ("release", "verify", name),
        ("approve", name, "-s", "prod", "--effects", "sha256:" + "0" * 64),
        ("gate", "explain", name, "-s", "prod"),
    ):
        ended = slipway(*words)
        assert (ended.code, ended.out) == (1, ""), words
        assert f"error: release {name} was changed after it was signed" in ended.err


def test_a_key_that_is_not_pinned_is_not_believed(
    desk: MemoryDesk, slipway: Slipway, release: Release, tmp_path: Path
) -> None:
    """Also when the manifest and the key come together."""
    file = _copied(desk, tmp_path / "copy", release)
    pem = tmp_path / "other.pem"
    pem.write_bytes(LocalSigner().public_key())
    ended = slipway("release", "verify", str(file), "--key", str(pem))
    assert (ended.code, ended.out) == (1, "")
    assert "which is no trusted key" in ended.err
    pem.write_text("no key")
    assert slipway("release", "verify", str(file), "--key", str(pem)).code == 1
    assert slipway("release", "verify", str(file), "--key", str(tmp_path)).code == 2


@pytest.mark.parametrize("words", NAMED)
def test_a_release_that_is_none(
    desk: MemoryDesk, slipway: Slipway, release: Release, words: tuple[str, ...]
) -> None:
    """Unknown, ambiguous, too short: exit code 2 with what to write instead."""
    desk.artifacts.stored[f"releases/{release.digest[7:30]}{'0' * 41}.json"] = b""
    for name, message, remedy in (
        ("0" * 12, "there is no release 000000000000", "name one that slipway build printed"),
        (
            release.digest[7:19],
            f"{release.digest[7:19]} is the beginning of 2 releases",
            "write more of its digits",
        ),
        ("abc", "'abc' is no release", "write at least eight hexadecimal digits"),
    ):
        ended = slipway(*(word.format(name) for word in words))
        assert (ended.code, ended.out) == (2, "")
        assert f"error: {message}" in ended.err
        assert f"remedy: {remedy}" in ended.err


@pytest.mark.parametrize("words", NAMED)
def test_a_bucket_that_does_not_answer(desk: MemoryDesk, slipway: Slipway, words: tuple[str, ...]) -> None:
    """Exit code 3: nothing is known of the release."""
    desk.artifacts.reachable = False
    ended = slipway(*(word.format("0" * 12) for word in words))
    assert (ended.code, ended.out) == (3, "")
    assert "the bucket does not answer" in ended.err


@pytest.mark.parametrize("words", [("approve", "0" * 12), ("gate", "explain", "0" * 12)])
@pytest.mark.usefixtures("desk")
def test_an_environment_that_is_none(slipway: Slipway, words: tuple[str, ...]) -> None:
    """The three that there are are named."""
    for asked in (("-s", "production"), ("-s", "shared"), ()):
        ended = slipway(*words, *asked)
        assert (ended.code, ended.out) == (2, "")
    assert "'shared' is not one of 'dev', 'staging', 'prod'" in slipway(*words, "-s", "shared").err
