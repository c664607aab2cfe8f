"""What the files say, as far as it can be read. The rules look at this, so one wrong field hides no other.

A value that is missing or wrong is None (or left out of its list) here; `slipway.catalog.parsing` reports it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from slipway.catalog.fields import is_path
from slipway.catalog.findings import Loc
from slipway.catalog.tree import Tree
from slipway.model.dataset import Dataset
from slipway.model.pipeline import Criticality, Freshness, PartKind, PipelineKind

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class Located(Generic[ValueT]):
    """A value and the field it stands in."""

    value: ValueT
    loc: Loc


@dataclass(frozen=True, kw_only=True, slots=True)
class PipelineEntry:
    """One catalogue file.

    Attributes:
        tree: the file.
        name: the pipeline's name, as written.
        kind: batch or streaming.
        criticality: critical or standard.
        owner: the team, as written.
        parts: paths by kind.
        inputs: the datasets it reads.
        outputs: the datasets it produces.
        misspelt: outputs that name no dataset, as written.
        contracts: paths of the outputs' contracts.
        freshness: its objective.
    """

    tree: Tree
    name: str | None
    kind: PipelineKind | None
    criticality: Criticality | None
    owner: str | None
    parts: Mapping[PartKind, Located[str]]
    inputs: tuple[Located[Dataset], ...]
    outputs: tuple[Located[Dataset], ...]
    misspelt: tuple[str, ...]
    contracts: tuple[Located[str], ...]
    freshness: Freshness | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsumerEntry:
    """One consumer of slipway.yaml."""

    loc: Loc
    name: str | None
    reads: tuple[Located[Dataset], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkspaceEntry:
    """slipway.yaml."""

    tree: Tree
    catalog: str | None
    team: str | None
    sources: tuple[Located[Dataset], ...]
    misspelt: tuple[str, ...]
    consumers: tuple[ConsumerEntry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonEntry:
    """One person of team.yaml."""

    loc: Loc
    id: str | None
    github: str | None
    aws_principal: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamEntry:
    """One team of team.yaml."""

    loc: Loc
    name: str | None
    members: tuple[Located[str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterEntry:
    """team.yaml."""

    tree: Tree
    people: tuple[PersonEntry, ...]
    teams: tuple[TeamEntry, ...]


def read_pipeline(tree: Tree) -> PipelineEntry:
    """Read what can be read of a catalogue file.

    Args:
        tree: the file.

    Returns:
        The entry.
    """
    outputs = tuple(_items(tree.data, ("outputs",)))
    return PipelineEntry(
        tree=tree,
        name=_text(tree.data, "pipeline"),
        kind=_read(PipelineKind, tree.data, "kind"),
        criticality=_read(Criticality, tree.data, "criticality"),
        owner=_text(tree.data, "owner"),
        parts=dict(_parts(tree.data.get("parts"))),
        inputs=_datasets(_items(tree.data, ("inputs",))),
        outputs=_datasets(_field(item, "dataset") for item in outputs),
        misspelt=_misspelt(_field(item, "dataset") for item in outputs),
        contracts=_paths(_field(item, "contract") for item in outputs),
        freshness=_read(Freshness.parse, tree.data.get("freshness"), "max_age"),
    )


def read_workspace_entry(tree: Tree) -> WorkspaceEntry:
    """Read what can be read of slipway.yaml.

    Args:
        tree: the file.

    Returns:
        The entry.
    """
    sources = tuple(_items(tree.data, ("sources",)))
    catalog, team = _text(tree.data, "catalog"), _text(tree.data, "team")
    return WorkspaceEntry(
        tree=tree,
        catalog=catalog if catalog is not None and is_path(catalog) else None,
        team=team if team is not None and is_path(team) else None,
        sources=_datasets(_field(item, "dataset") for item in sources),
        misspelt=_misspelt(_field(item, "dataset") for item in sources),
        consumers=tuple(
            ConsumerEntry(
                loc=item.loc,
                name=_text(item.value, "name"),
                reads=_datasets(_items(item.value, (*item.loc, "reads"))),
            )
            for item in _items(tree.data, ("consumers",))
        ),
    )


def read_roster(tree: Tree) -> RosterEntry:
    """Read what can be read of team.yaml.

    Args:
        tree: the file.

    Returns:
        The entry.
    """
    people = (
        PersonEntry(
            loc=item.loc,
            id=_text(item.value, "id"),
            github=_text(item.value, "github"),
            aws_principal=_text(item.value, "aws_principal"),
        )
        for item in _items(tree.data, ("people",))
    )
    teams = (
        TeamEntry(
            loc=item.loc,
            name=_text(item.value, "name"),
            members=tuple(
                Located(member.value, member.loc)
                for member in _items(item.value, (*item.loc, "members"))
                if isinstance(member.value, str)
            ),
        )
        for item in _items(tree.data, ("teams",))
    )
    return RosterEntry(tree=tree, people=tuple(people), teams=tuple(teams))


def _items(data: Any, loc: Loc) -> Iterator[Located[Any]]:
    """Yield the items of the list that `loc` ends with, if it is one."""
    items = data.get(loc[-1]) if isinstance(data, dict) else None
    for index, item in enumerate(items if isinstance(items, list) else []):
        yield Located(item, (*loc, index))


def _field(item: Located[Any], name: str) -> Located[Any]:
    value = item.value.get(name) if isinstance(item.value, dict) else None
    return Located(value, (*item.loc, name))


def _text(data: Any, name: str) -> str | None:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, str) else None


def _read(reader: Callable[[str], ValueT], data: Any, name: str) -> ValueT | None:
    text = _text(data, name)
    return None if text is None else _try(reader, text)


def _try(reader: Callable[[str], ValueT], text: str) -> ValueT | None:
    try:
        return reader(text)
    except ValueError:  # parsing has reported it, with its remedy
        return None


def _datasets(items: Iterator[Located[Any]]) -> tuple[Located[Dataset], ...]:
    texts = (item for item in items if isinstance(item.value, str))
    read = ((_try(Dataset.parse, item.value), item.loc) for item in texts)
    return tuple(Located(dataset, loc) for dataset, loc in read if dataset is not None)


def _misspelt(items: Iterator[Located[Any]]) -> tuple[str, ...]:
    texts = (item.value for item in items if isinstance(item.value, str))
    return tuple(text for text in texts if _try(Dataset.parse, text) is None)


def _paths(items: Iterator[Located[Any]]) -> tuple[Located[str], ...]:
    return tuple(
        Located(item.value, item.loc) for item in items if isinstance(item.value, str) and is_path(item.value)
    )


def _parts(data: Any) -> Iterator[tuple[PartKind, Located[str]]]:
    for kind in set(PartKind) - {PartKind.CONTROL}:
        path = _text(data, kind.value)
        if path is not None and is_path(path):
            yield kind, Located(path, ("parts", kind.value))
