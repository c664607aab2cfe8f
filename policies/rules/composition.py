"""Whether the files that the program reads are those that signed statements name.

The program reads the catalogue: the workspace's settings, the team, the catalog entries. These are the parts
of the kind `entry`. What Airflow, dbt and Spark run comes from their own artifacts, and decides nothing here.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Final, TypeVar

from slipway.attest.bundle import BundledFile, BundleError, pack
from slipway.attest.canonical import digest_of
from slipway.attest.control import catalog_folder
from slipway.attest.dossier import ComposedPart, Dossier
from slipway.attest.faults import AttestationRefused
from slipway.model.digest import Digest, short
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.errors import DefinitionError, SlipwayError
from slipway.model.parts import ENTRY_FOUNDATION
from slipway.model.release import Release

SaidT = TypeVar("SaidT")

_YAML: Final = (".yaml", ".yml")


def told(error: SlipwayError) -> str:
    """Write an error as a part of a sentence, with what to do about it."""
    return f"{error.message} ({error.remedy})"


class Vouched:
    """What the signed statements of a dossier say, each opened once.

    Args:
        dossier: the statements.
    """

    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier
        self._releases: dict[Digest, Release | str] = {}

    def release(self, digest: Digest) -> Release | str:
        """A release, or why it is not believed."""
        if digest not in self._releases:
            self._releases[digest] = _asked(lambda: self._dossier.release(digest))
        return self._releases[digest]

    @cached_property
    def first_document(self) -> EnvironmentDocument | str:
        """What ran before the first release, or why that is not believed."""
        return _asked(self._dossier.first_document)

    @property
    def believed(self) -> tuple[Release, ...]:
        """Every release that was asked for, and is believed."""
        return tuple(each for each in self._releases.values() if isinstance(each, Release))


def unsigned_parts(dossier: Dossier, vouched: Vouched) -> Iterator[str]:
    """Say which parts of the composition no signed statement names, and which statements are not believed."""
    if dossier.index.part(ENTRY_FOUNDATION) is None:
        yield f"the dossier is not whole: it has no {ENTRY_FOUNDATION} (run slipway deploy again)"
    said: set[str] = set()
    for part in dossier.index.parts:
        for message in _unsigned(part, vouched):
            if message not in said:  # one statement may be of many parts
                said.add(message)
                yield message


def _unsigned(part: ComposedPart, vouched: Vouched) -> Iterator[str]:
    if part.release is None:
        first = vouched.first_document
        if isinstance(first, str):
            yield first
            return
        entry = first.entry(part.part)
        named = None if entry is None else entry.artifact
        where = f"the first document of {first.environment}"
    else:
        release = vouched.release(part.release)
        if isinstance(release, str):
            yield release
            return
        artifact = release.manifest.artifact(part.part)
        named = None if artifact is None else artifact.digest
        where = f"release {short(part.release)}"
    if named != part.artifact:
        says = "does not have it" if named is None else f"says {short(named)}"
        yield (
            f"{part.part} is {short(part.artifact)} in the composition, and {where} {says} "
            "(run slipway deploy again, and find out who changed the dossier)"
        )


def changed_files(dossier: Dossier, workspace: Mapping[str, BundledFile]) -> Iterator[str]:
    """Say which parts on disk are not those of their digests, and which files belong to none."""
    for part in dossier.index.parts:
        yield from _changed(part, workspace)
    yield from _strays(dossier, workspace)


def _changed(part: ComposedPart, workspace: Mapping[str, BundledFile]) -> Iterator[str]:
    again = "slipway deploy lays the composition out anew"
    missing = sorted(path for path in part.files if path not in workspace)
    if missing:
        yield f"{part.part}: {', '.join(missing)} is not on disk ({again})"
        return
    try:
        found = digest_of(pack(workspace[path] for path in part.files))
    except BundleError as error:
        yield f"{part.part}: {told(error)}"
        return
    if found != part.artifact:
        yield (
            f"{part.part} on disk ({', '.join(part.files)}) is {short(found)}, and {short(part.artifact)} "
            f"was signed: a file was changed ({again})"
        )


def _strays(dossier: Dossier, workspace: Mapping[str, BundledFile]) -> Iterator[str]:
    """A catalog entry that is in no part would be read like any other."""
    owned = {path for part in dossier.index.parts for path in part.files}
    foundation = {path: workspace[path].content for path in owned if path in workspace}
    try:
        folder = catalog_folder(foundation)
    except DefinitionError as error:
        yield told(error)
        return
    for path in sorted(workspace):
        below = path.startswith(f"{folder}/") and path.lower().endswith(_YAML)
        if below and path not in owned:
            yield f"{path} is in no approved part (take it out of the folder, or release it)"


def _asked(ask: Callable[[], SaidT]) -> SaidT | str:
    try:
        return ask()
    except AttestationRefused as refused:
        return told(refused)
