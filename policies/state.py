"""Reads what `pulumi stack export` wrote into what rules look at. Pure but for reading.

A secret that is encrypted cannot be read here, and a preview's unknown values are not there yet: reading one
raises Undecided, so that it is neither passed nor refused.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from policies.rules.rule import Graph, Node, Resource, Undecided
from slipway.model.errors import DefinitionError

_URN: Final = re.compile(r"urn:pulumi:[^:]+::[^:]+::.+::.")
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - how the engine marks secrets
_UNKNOWN: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""How the engine writes values that are known after an update only: pulumi/sdk, plugin/rpc.go."""


class StateError(DefinitionError):
    """A file is no export of a stack."""


class Shown(Mapping[str, Any]):
    """An object of the state; a value that cannot be told raises when it is read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getitem__(self, key: str) -> Any:
        return _shown(self._values[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class ShownList(Sequence[Any]):
    """A list of the state, as `Shown` is an object of it."""

    def __init__(self, values: Sequence[Any]) -> None:
        self._values = values

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return ShownList(self._values[index])
        return _shown(self._values[index])

    def __len__(self) -> int:
        return len(self._values)


def _shown(value: Any) -> Any:
    match value:
        case {"plaintext": str() as plain, **rest} if rest.get(_SIGNATURE) == _SECRET:
            return _shown(json.loads(plain))
        case dict() if value.get(_SIGNATURE) == _SECRET:
            message = "it is an encrypted secret"
            raise Undecided(message)
        case dict():
            return Shown(value)
        case list():
            return ShownList(value)
        case str() if value in _UNKNOWN:
            message = "it is known after the update only"
            raise Undecided(message)
        case _:
            return value


class Stack:
    """The resources of an export.

    Args:
        path: the file.

    Raises:
        StateError: it is no export of a stack.
    """

    def __init__(self, path: Path) -> None:
        self._rows = _rows(path)

    def resources(self) -> Iterator[Resource]:
        """Each resource with its inputs, as the engine shows it while it is declared."""
        for row in self._rows:
            if row.get("custom"):
                yield _resource(row, row.get("inputs") or {})

    def graph(self) -> Graph:
        """All of them with their outputs; a component's are those that it registered."""
        return Graph(tuple(_node(row) for row in self._rows))


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        rows = (read["deployment"] or {}).get("resources") or []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StateError(
            f"{path} is no export of a stack: {error}", remedy=f"pulumi stack export -s STACK --file {path}"
        ) from error
    for row in rows:
        if not isinstance(row, dict) or not {"urn", "type"} <= row.keys():
            raise StateError(
                f"{path}: a resource has no urn or type", remedy=f"export the stack again into {path}"
            )
        if _URN.match(str(row["urn"])) is None:
            raise StateError(
                f"{path}: {row['urn']} is no URN of a resource", remedy=f"export the stack again into {path}"
            )
    return [row for row in rows if not row.get("delete")]


def _resource(row: Mapping[str, Any], properties: Mapping[str, Any]) -> Resource:
    return Resource(
        type=row["type"],
        name=row["urn"].rpartition("::")[2],
        urn=row["urn"],
        properties=Shown(properties),
        is_protected=bool(row.get("protect")),
    )


def _node(row: Mapping[str, Any]) -> Node:
    sources = row.get("propertyDependencies") or {}
    return Node(
        resource=_resource(row, row.get("outputs") or {}),
        parent=row.get("parent", ""),
        sources={name: tuple(urns or ()) for name, urns in sources.items()},
    )
