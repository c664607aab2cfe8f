"""The part `platform/control`: what judges changes of an environment, as an artifact that runs there.

It holds the rules, packs and waivers (`policies/`) and the pinned keys of a platform, and says which program
may run there, file by file. An environment is judged by the one that its document names, so a checkout that
loosens a rule is judged by that rule.
"""

import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from slipway.attest import canonical, digest_of
from slipway.attest.bundle import BundledFile, artifact_key, pack
from slipway.attest.plain_folder import NotPlain, plain_files
from slipway.attest.policies import digest_of_policies
from slipway.attest.program import LISTING, read_program
from slipway.cli.trust import FOLDER as KEYS
from slipway.cli.trust import read_trusted
from slipway.environment.composition import read_artifact
from slipway.model.digest import hex_of
from slipway.model.environment_document import Entry
from slipway.model.errors import DefinitionError
from slipway.model.parts import CONTROL, Artifact
from slipway.model.stack_states import JUDGES, POLICIES
from slipway.ports.objects import ObjectStore
from slipway.release.bundles import Bundle

_POLICIES: Final = "policies"
_DECIDING: Final = frozenset({".json", ".py", ".yaml", ".pem"})
_ENVIRONMENT: Final = ".venv"
"""Where a pack looks for its interpreter, beside the folder of the policies."""


class NoPolicies(DefinitionError):  # noqa: N818 - it says what is the case
    """A platform without policies judges nothing."""


def control_bundle(platform: Path) -> Bundle:
    """Bundle what judges changes.

    Args:
        platform: the folder that has `policies/` and `keys/`.

    Raises:
        NoPolicies: it has no policies.
        NothingPinned: it pins no key, so nothing could be believed that it judges.
        NotPlain: there is a link or a compiled module among them.
    """
    files = (*_files(platform), BundledFile(path=LISTING, content=canonical(read_program(platform))))
    if not any(file.path.startswith(f"{_POLICIES}/") for file in files):
        raise NoPolicies(f"{platform} has no {_POLICIES}", remedy="use a whole checkout of the platform")
    read_trusted(platform)
    content = pack(files)
    return Bundle(
        artifact=Artifact(part=CONTROL, digest=digest_of(content), size=len(content)), content=content
    )


def put_control(artifacts: ObjectStore, bundle: Bundle) -> Entry:
    """Keep it, and return what an environment document says of it; no commit of a workspace has it."""
    artifacts.create(artifact_key(bundle.artifact.digest), bundle.content)
    return Entry(part=CONTROL, artifact=bundle.artifact.digest, release=None, commit="")


def in_charge(artifacts: ObjectStore, entry: Entry) -> Mapping[str, str]:
    """Return what the ledger is told of a part that is put in charge: its digest, and that of its policies.

    Raises:
        ArtifactDamaged: the artifact is missing or was changed.
    """
    prefix = f"{_POLICIES}/"
    files = read_artifact(artifacts, entry)
    held = {each.path.removeprefix(prefix): each.content for each in files if each.path.startswith(prefix)}
    return {JUDGES: entry.artifact, POLICIES: digest_of_policies(held)}


def control_folder(artifacts: ObjectStore, entry: Entry, cache: Path) -> Path:
    """Lay it out as a platform's folder; the interpreter is the one that runs here.

    One that is laid out is used again while it is what the artifact says, and laid out anew if it is not.

    Args:
        artifacts: the artifact store.
        entry: of an environment document.
        cache: where; it may be deleted.

    Raises:
        ArtifactDamaged: the artifact is missing or was changed.
    """
    place = cache / hex_of(entry.artifact)[:32]
    files = tuple(read_artifact(artifacts, entry))
    if _is(place, files):
        return place
    cache.mkdir(parents=True, exist_ok=True)
    made = Path(mkdtemp(dir=cache))
    for file in files:
        (made / file.path).parent.mkdir(parents=True, exist_ok=True)
        (made / file.path).write_bytes(file.content)
    (made / _ENVIRONMENT).symlink_to(sys.prefix)
    shutil.rmtree(place, ignore_errors=True)
    try:
        return made.rename(place)
    except OSError:
        if not _is(place, files):  # else another process has laid it out meanwhile
            raise
        shutil.rmtree(made)
        return place


def _is(place: Path, files: Iterable[BundledFile]) -> bool:
    """Whether a folder holds what decides as it was bundled, and nothing beside it."""
    try:
        found = {file.path: file.content for file in _files(place)}
    except NotPlain:
        return False
    if (place / LISTING).is_file():
        found[LISTING] = (place / LISTING).read_bytes()
    return found == {file.path: file.content for file in files}


def _files(platform: Path) -> Iterator[BundledFile]:
    for folder in (_POLICIES, KEYS):
        root = (platform / folder).resolve()  # the sandbox's project links to the checkout's
        for path in plain_files(root):
            if path.suffix in _DECIDING:
                name = f"{folder}/{path.relative_to(root).as_posix()}"
                yield BundledFile(path=name, content=path.read_bytes())
