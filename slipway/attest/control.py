"""Who decides in an environment, read from the artifacts that run there. Pure.

The files were right when they were built, and their bytes are those of a digest: what is read of them here is
only what a decision needs. `slipway.catalog` reads a workspace, and says where in it something is wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml
from pydantic import ValidationError

from slipway.model.errors import DefinitionError
from slipway.model.pipeline import Criticality, PipelineName
from slipway.model.team import Roster

SETTINGS: Final = "slipway.yaml"
"""The file that makes a folder a workspace; it names the catalogue and the team's file."""

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_YAML: Final = (".yaml", ".yml")


@dataclass(frozen=True, kw_only=True)
class Control:
    """Who decides and what is critical, as the environment's running release says, never the release itself.

    Attributes:
        roster: people and their roles.
        criticality: of the pipelines that the environment knows.
    """

    roster: Roster
    criticality: Mapping[PipelineName, Criticality]

    def criticality_of(self, pipeline: PipelineName) -> Criticality:
        """What the environment does not know, the foundation included, counts as critical."""
        return self.criticality.get(pipeline, Criticality.CRITICAL)


def catalog_folder(files: Mapping[str, bytes]) -> str:
    """Return the folder of the pipelines' files.

    Args:
        files: of the foundation's artifact, by path.

    Raises:
        DefinitionError: they cannot be read.
    """
    return str(_field(files, SETTINGS, "catalog"))


def roster_in(files: Mapping[str, bytes]) -> Roster:
    """Read people and teams.

    Args:
        files: of the foundation's artifact, by path.

    Raises:
        DefinitionError: they cannot be read.
    """
    path = str(_field(files, SETTINGS, "team"))
    try:
        roster = Roster.model_validate(_document(files, path))
    except ValidationError as error:
        raise _unreadable(path, _reason(error)) from error
    return Roster(
        people=tuple(sorted(roster.people, key=lambda person: person.id)),
        teams=tuple(sorted(roster.teams, key=lambda team: team.name)),
    )


def criticality_in(files: Mapping[str, bytes], pipeline: PipelineName) -> Criticality:
    """Read how critical a pipeline is.

    Args:
        files: of its entry's artifact, by path: its catalog entry, and contracts beside it.
        pipeline: which.

    Raises:
        DefinitionError: none of them is its catalog entry, or that cannot be read.
    """
    told = f"catalogue file of {pipeline}"
    for path in sorted(path for path in files if path.endswith(_YAML)):
        document = _loaded(files[path])
        if isinstance(document, dict) and document.get("pipeline") == pipeline:
            try:
                return Criticality(str(document.get("criticality")))
            except ValueError as error:
                raise _unreadable(told, str(error)) from error
    raise _unreadable(told, "it is not in the artifact")


def _field(files: Mapping[str, bytes], path: str, name: str) -> Any:
    document = _document(files, path)
    if name not in document:
        raise _unreadable(path, f"it has no field {name}")
    return document[name]


def _document(files: Mapping[str, bytes], path: str) -> dict[str, Any]:
    if path not in files:
        raise _unreadable(path, "it is not in the artifact")
    document = _loaded(files[path])
    if not isinstance(document, dict):
        raise _unreadable(path, "it is no YAML mapping")
    return document


def _loaded(content: bytes) -> Any:
    """Load YAML; None of what is none: contracts lie beside a catalog entry, in a YAML of their own."""
    try:
        return yaml.load(content, Loader=_LOADER)  # noqa: S506 - the safe loader, in C where there is one
    except yaml.YAMLError:
        return None


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(str(step) for step in first['loc']) or 'the whole'}: {first['msg']}"


def _unreadable(what: str, reason: str) -> DefinitionError:
    return DefinitionError(
        f"the running {what} cannot be read: {reason}",
        remedy="use the version of slipway that released it, or release a right one",
    )
