"""`slipway release`: look at releases, and verify them without trusting where they come from."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from slipway.attest import PublicKey
from slipway.attest.bundle import artifact_key
from slipway.attest.pinned import KeyUse
from slipway.attest.release_statement import open_release
from slipway.cli import bootstrap, sign, wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.named_files import read_file
from slipway.cli.release_view import Remark, render_release
from slipway.cli.trust import pin as pin_key
from slipway.model.counted import counted
from slipway.model.digest import short
from slipway.model.errors import DependencyError, ExitCode, SlipwayError
from slipway.model.parts import Artifact
from slipway.model.release import Release
from slipway.release.releases import ArtifactMissing, Releases, refuse_changed

app = typer.Typer(rich_markup_mode=None)
app.command("bootstrap")(bootstrap.command)
app.command("sign")(sign.command)

NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="RELEASE|FILE",
        help="At least eight digits of its digest, or a file with its signed manifest.",
        show_default=False,
    ),
]

KeyOption = Annotated[
    Path | None,
    typer.Option(
        "--key", metavar="PEM", help="Believe this public key instead of the pinned ones.", show_default=False
    ),
]


@app.command()
def show(
    name: NameArgument,
    *,
    key: KeyOption = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Show what a release ships, where it came from and who had a hand in it.

    Its signature is verified first: what is not signed by a pinned key is not shown.
    """
    typer.echo(render_release(_opened(name, key)[0], style))


@app.command()
def verify(
    context: typer.Context,
    name: NameArgument,
    *,
    key: KeyOption = None,
    copy: Annotated[
        Path | None,
        typer.Option(
            "--artifacts",
            metavar="DIR",
            help="For a FILE: the copy of the artifact bucket. Without it: the folder above the file's.",
            show_default=False,
        ),
    ] = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Verify a release: its signature by pinned keys, and every artifact's bytes by their digest.

    With a FILE no server is asked: `aws s3 sync` of the artifact bucket to a folder, and its
    releases/DIGEST.json is the file. A key that comes with a release is never believed. Exits with 1 when
    something was changed or is missing; everything that is wrong is named.
    """
    reporter = console_of(context).reporter
    release, read = _opened(name, key, copy)
    with reporter.task(f"verifying {counted(len(release.manifest.artifacts), 'artifact')}"):
        wrong = {
            str(each.part): error for each in release.manifest.artifacts if (error := _wrong(read, each))
        }
    said = {
        str(each.part): wrong[str(each.part)].message if str(each.part) in wrong else "verified"
        for each in release.manifest.artifacts
    }
    typer.echo(render_release(release, style, Remark(column="artifacts", by_part=said)))
    if wrong:
        reporter.step(
            f"{len(wrong)} of {len(said)} artifacts are not those of release {short(release.digest)}"
        )
        raise typer.Exit(ExitCode.FINDINGS)
    reporter.step(f"release {short(release.digest)} is what was signed")


@app.command()
def pin(context: typer.Context) -> None:
    """Write down the public keys of releases and of approvals, to be believed from now on.

    They go to keys/ of the platform's checkout, beside the stack files. Compare the ids that are printed with
    what the owner of the keys says, then commit the files: from then on what the one has signed is believed
    to be a release, a first document or a checkpoint, and what the other has signed an approval, by everybody
    who has the commit. A key says nothing of the other's.
    """
    accounts = wiring.build_accounts()
    signers = {KeyUse.SIGNING: accounts.signer, KeyUse.APPROVALS: accounts.approval_signer}
    reporter = console_of(context).reporter
    for use, signer in signers.items():
        pem = signer.public_key()
        file, is_new = pin_key(accounts.estate.platform, use, pem)
        typer.echo(f"{PublicKey.from_pem(pem).id}  {file}")
        reporter.step(f"{use}: {'pinned' if is_new else 'it was pinned before'}")


_Read = Callable[[Artifact], bytes]


def _opened(name: str, key: Path | None, copy: Path | None = None) -> tuple[Release, _Read]:
    """Verify the manifest; return how its artifacts are read."""
    pinned = None if key is None else (PublicKey.from_pem(read_file(key)),)
    if Path(name).is_file():
        trusted = pinned or wiring.trusted_keys()
        folder = copy or Path(name).absolute().parent.parent
        return open_release(read_file(Path(name)), subject=name, keys=trusted), lambda each: _copied(
            folder, each
        )
    desk = wiring.build_desk()
    releases = Releases(desk.artifacts, pinned or desk.trusted.signing)
    return releases.read(releases.find(name)), releases.artifact


def _wrong(read: _Read, artifact: Artifact) -> SlipwayError | None:
    try:
        read(artifact)
    except DependencyError:
        raise
    except SlipwayError as error:
        return error
    return None


def _copied(folder: Path, artifact: Artifact) -> bytes:
    path = folder / artifact_key(artifact.digest)
    if not path.is_file():
        raise ArtifactMissing(
            f"artifact {artifact.part} ({short(artifact.digest)}) is not in {folder}",
            remedy="copy the whole artifact bucket, or name its copy: --artifacts DIR",
        )
    content = read_file(path)
    refuse_changed(content, artifact.digest, subject=f"artifact {artifact.part}")
    return content
