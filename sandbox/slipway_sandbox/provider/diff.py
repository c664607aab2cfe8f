"""Diff: what would change, where, and whether it forces a replacement.

Inputs are compared with inputs, as the engine's own diff does; the last known outputs say what a server has
already.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import Archive, Asset
from slipway_sandbox.provider.settle import same_document
from slipway_sandbox.provider.tags import TagRules, changed
from slipway_sandbox.provider.values import Unknown, bare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from slipway_sandbox.provider.contract import Properties
    from slipway_sandbox.provider.schema import ResourceType

INTERNAL = "__"


class Operation(Enum):
    """What happens to a property."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One property that differs.

    Attributes:
        path: for example `rules[0].expiration.days`.
        operation: what happens to it.
        replaces: whether it forces a replacement.
        is_input: False for what only the outputs show (`tagsAll`).
    """

    path: str
    operation: Operation
    replaces: bool = False
    is_input: bool = True

    @property
    def name(self) -> str:
        """The property at the beginning of the path."""
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a diff depends on beside the values.

    Attributes:
        type: the resource's type.
        replace_on: inputs whose change forces a replacement; "a.b" is a field of a nested block.
        ignored: property paths that the program wants left alone.
        is_there: whether a server has what the program says of a property already.
        region: the provider's AWS region; "" for other packages.
        tags: the provider's rules about tags.
    """

    type: ResourceType
    replace_on: frozenset[str]
    is_there: Callable[[str, Any, Any], bool]
    ignored: Sequence[str] = ()
    region: str = ""
    tags: TagRules


def diff(rules: Rules, *, old: Properties, olds: Properties, new: Properties) -> list[Change]:
    """Every change between the old inputs (and outputs ``olds``) and the new inputs, sorted by path."""
    before, after = bare(_own(old)), bare(_own(new))
    found = [*_inputs(rules, before, bare(olds), after), *_moved(rules, bare(olds), after)]
    if not any(change.name == "tags" for change in found):
        found += _default_tags(rules, bare(olds), after)
    kept = [change for change in found if not _is_ignored(change.path, rules.ignored)]
    return sorted(kept, key=lambda change: change.path)


def _own(inputs: Properties) -> Properties:
    return {name: value for name, value in inputs.items() if not name.startswith(INTERNAL)}


def _inputs(rules: Rules, before: Properties, olds: Properties, after: Properties) -> Iterator[Change]:
    for name in before.keys() | after.keys():
        if name not in after and _is_computed(rules.type, name):
            continue  # left to the provider from now on: it keeps what it has
        if name not in before and name in olds and rules.is_there(name, after[name], olds[name]):
            continue  # the program now says what the server has already
        for path, operation in _differences(name, before.get(name), after.get(name)):
            yield Change(path=path, operation=operation, replaces=_forces(path, rules.replace_on))


def _is_computed(type_: ResourceType, name: str) -> bool:
    prop = type_.properties.get(name)
    return prop is not None and prop.role.is_computed


def _differences(path: str, before: Any, after: Any) -> Iterator[tuple[str, Operation]]:
    match before, after:
        case dict(), dict():
            for key in before.keys() | after.keys():
                yield from _differences(_joined(path, key), before.get(key), after.get(key))
        case list(), list():
            for place in range(max(len(before), len(after))):
                yield from _differences(f"{path}[{place}]", _at(before, place), _at(after, place))
        case _ if _equal(before, after):
            return
        case None, _:
            yield path, Operation.ADD
        case _, None:
            yield path, Operation.DELETE
        case _:
            yield path, Operation.UPDATE


def _equal(before: Any, after: Any) -> bool:
    if isinstance(before, Asset | Archive) and type(before) is type(after) and before.hash:
        return bool(before.hash == after.hash)  # the same content under another path is no change
    return not isinstance(after, Unknown) and (before == after or same_document(before, after))


def _at(items: list[Any], place: int) -> Any:
    return items[place] if place < len(items) else None


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if re.fullmatch(r"[A-Za-z_$][\w$]*", key) else f'{path}["{key}"]'


def _forces(path: str, replace_on: frozenset[str]) -> bool:
    plain = re.sub(r"\[[^\]]*\]", "", path)
    return any(plain == name or plain.startswith(f"{name}.") for name in replace_on)


def _moved(rules: Rules, olds: Properties, after: Properties) -> Iterator[Change]:
    """A change of the provider's region."""
    wanted = after.get("region", rules.region)
    if rules.type.regional and olds.get("region", wanted) != wanted:
        yield Change(path="region", operation=Operation.UPDATE, replaces=True)


def _default_tags(rules: Rules, olds: Properties, after: Properties) -> Iterator[Change]:
    """A change of the provider's default tags, which no input of the resource tells.

    The engine takes new values from inputs, where `tagsAll` never is: it shows an addition as a value to
    come, and would show an update as if all tags were removed.
    """
    if rules.type.taggable and changed(rules.tags, olds, after):
        yield Change(path="tagsAll", operation=Operation.ADD, is_input=False)


def _is_ignored(path: str, ignored: Iterable[str]) -> bool:
    return any(path == entry or path.startswith((f"{entry}.", f"{entry}[")) for entry in ignored)
