"""Which public keys are believed: files of the platform's checkout, written once, read without a server."""

from pathlib import Path

import pytest

from slipway.attest.pinned import KeyUse, PinnedKeys
from slipway.cli.account_desk import github_endpoint
from slipway.cli.trust import FOLDER, NothingPinned, pin, read_trusted
from slipway.model.errors import DefinitionError, ExitCode
from tests.cli.conftest import Slipway
from tests.doubles.local_signer import LocalSigner

SIGNER = LocalSigner()


def test_a_key_is_pinned_once(tmp_path: Path) -> None:
    """Its file's name follows from the key, so another key never takes its place."""
    file, is_new = pin(tmp_path, KeyUse.SIGNING, SIGNER.public_key())
    assert (file.parent, is_new) == (tmp_path / FOLDER, True)
    assert file.name == f"signing-{SIGNER.pinned.id[:12]}.pem"
    assert pin(tmp_path, KeyUse.SIGNING, SIGNER.public_key()) == (file, False)
    assert read_trusted(tmp_path) == PinnedKeys(signing=(SIGNER.pinned,), approvals=())


def test_several_keys_are_believed(tmp_path: Path) -> None:
    """The one before, for what it has signed, and the one of today."""
    other = LocalSigner()
    for signer in (SIGNER, other):
        pin(tmp_path, KeyUse.SIGNING, signer.public_key())
    assert {key.id for key in read_trusted(tmp_path).signing} == {SIGNER.pinned.id, other.pinned.id}


def test_without_a_pinned_key_nothing_is_believed(tmp_path: Path) -> None:
    """Rather than everything."""
    with pytest.raises(NothingPinned, match=f"no public key is pinned in {tmp_path / FOLDER}") as refused:
        read_trusted(tmp_path)
    assert refused.value.exit_code is ExitCode.ENVIRONMENT
    assert refused.value.remedy.startswith("slipway release pin")


def test_a_file_that_is_no_key_is_named(tmp_path: Path) -> None:
    """A typing mistake must not leave one key fewer unnoticed."""
    pin(tmp_path, KeyUse.SIGNING, SIGNER.public_key())
    (tmp_path / FOLDER / "signing-broken.pem").write_text("-----BEGIN", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"signing-broken\.pem: this is no public key"):
        read_trusted(tmp_path)


def test_a_key_of_approvals_vouches_for_no_release(tmp_path: Path) -> None:
    """And one of releases for no approval: what a key is for its file's name says."""
    pin(tmp_path, KeyUse.APPROVALS, SIGNER.public_key())
    with pytest.raises(NothingPinned):
        read_trusted(tmp_path)
    other = LocalSigner()
    pin(tmp_path, KeyUse.SIGNING, other.public_key())
    pinned = read_trusted(tmp_path)
    assert pinned == PinnedKeys(signing=(other.pinned,), approvals=(SIGNER.pinned,))


def test_a_key_is_not_for_both(tmp_path: Path) -> None:
    """Or whoever signs releases could approve them."""
    for use in KeyUse:
        pin(tmp_path, use, SIGNER.public_key())
    with pytest.raises(
        DefinitionError, match=r"signing-\w+\.pem and .*approvals-\w+\.pem are one key"
    ) as refused:
        read_trusted(tmp_path)
    assert "remove one of them" in refused.value.remedy


def test_a_key_of_which_nobody_knows_what_it_is_for(tmp_path: Path) -> None:
    """It is not taken for either."""
    file, _ = pin(tmp_path, KeyUse.SIGNING, SIGNER.public_key())
    file.rename(file.with_name("platform.pem"))
    with pytest.raises(DefinitionError, match=r"platform\.pem does not say what its key is for") as refused:
        read_trusted(tmp_path)
    assert refused.value.remedy == "call it signing-<id>.pem or approvals-<id>.pem"


def test_a_file_is_verified_by_the_platforms_keys(
    slipway: Slipway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the command line: first none is pinned, then there is no platform at all."""
    (tmp_path / "Pulumi.yaml").write_text("name: x\n", encoding="utf-8")
    manifest = tmp_path / "manifest.json"
    manifest.write_text("{}", encoding="utf-8")
    monkeypatch.setenv("PULUMI_OPTION_CWD", str(tmp_path))
    ended = slipway("release", "verify", str(manifest))
    assert (ended.code, ended.out) == (3, "")
    assert "no public key is pinned in" in ended.err
    pin(tmp_path, KeyUse.SIGNING, SIGNER.public_key())
    ended = slipway("release", "verify", str(manifest))
    assert (ended.code, ended.out) == (1, "")
    assert f"{manifest} is not in a DSSE envelope" in ended.err
    monkeypatch.setenv("PULUMI_OPTION_CWD", str(tmp_path / "nowhere"))
    assert "no platform project here" in slipway("release", "show", str(manifest)).err


@pytest.mark.parametrize(
    ("base_url", "endpoint"),
    [
        ("", "https://api.github.com"),
        ("https://api.github.com/", "https://api.github.com"),
        ("https://github.finedge.example/", "https://github.finedge.example/api/v3"),
        ("https://github.finedge.example/api/v3/", "https://github.finedge.example/api/v3"),
    ],
)
def test_where_github_is(base_url: str, endpoint: str) -> None:
    """As Pulumi's provider understands the same variable."""
    assert github_endpoint(base_url) == endpoint
