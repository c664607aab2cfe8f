"""How the value of an argument is written, from what it is wherever its resource was met. Pure.

The same everywhere: as it is. Made of the instance's key: a formatted text. That of a sibling: a reference.
An object from elsewhere, and whatever else differs: an argument of the component, or a column of the rows of
a keyed resource.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from slipway.adopt.addresses import ModulePath
from slipway.adopt.declaring import STAND_IN
from slipway.adopt.identifiers import is_elsewhere, name_of_object, snake, words_of
from slipway.adopt.wrap import python_text
from slipway.adopt.wrap.fields import Fields
from slipway.adopt.wrap.json_texts import json_format, json_value
from slipway.adopt.wrap.shape import ResourceShape
from slipway.adopt.wrap.siblings import Place, Siblings, class_of
from slipway.ports.resource_types import ResourceTypes, Shape, ShapeKind

KEPT: Final = "KEPT_IN_STATE"
"""What the code gives in place of a secret."""
_SHORTEST: Final = 3
"""Keys of fewer letters are in texts by chance."""
_PATTERN: Final = 2
"""From how many keys on texts are alike by more than chance."""
_ANYTHING: Final = Shape(kind=ShapeKind.ANY)
_MARK: Final = "\0"


@dataclass(kw_only=True)
class Scope:
    """What one resource's values may refer to.

    Attributes:
        resource: which.
        fields: arguments of the component.
        rows: columns of the resource's own rows; None for one that has no key.
        siblings: the other resources of the module.
        types: what the SDK says.
        tags: that all resources of the layer have.
        names: what instances of the module are called, `args.name`; nothing where they have no names.
        owners: the instances of the module.
    """

    resource: ResourceShape
    fields: Fields
    rows: Fields | None
    siblings: Siblings
    types: ResourceTypes
    tags: Mapping[str, str]
    names: Mapping[ModulePath, str]
    owners: Sequence[ModulePath]


@dataclass(frozen=True, kw_only=True)
class At:
    """Where in a resource a value is.

    Attributes:
        words: names on the way to it, the argument's first.
        shape: the SDK's.
    """

    words: tuple[str, ...]
    shape: Shape = _ANYTHING

    def below(self, word: str, shape: Shape = _ANYTHING) -> "At":
        """Go on to a part."""
        return At(words=(*self.words, word), shape=shape)

    @property
    def argument(self) -> str:
        """The last name that says something."""
        return snake(next((word for word in reversed(self.words) if not word.isdigit()), self.words[0]))


class Values:
    """Writes the values of one resource.

    Args:
        scope: what they may refer to.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._lifted = False

    def write(self, values: Mapping[Place, Any], at: At) -> str:
        """Write a value as Python's text.

        Args:
            values: of it, wherever the resource was met; None where it is not given.
            at: where it is.
        """
        found = list(values.values())
        if at.words == ("tags",) and self._scope.tags and (tags := self._tagged(values)):
            return tags
        match found[0]:
            case dict() if all(isinstance(each, dict) and each.keys() == found[0].keys() for each in found):
                return self._mapping(values, found[0], at)
            case list() if all(isinstance(each, list) and len(each) == len(found[0]) for each in found):
                return self._listing(values, len(found[0]), at)
            case _:
                return self._leaf(values, at)

    def _tagged(self, values: Mapping[Place, Any]) -> str | None:
        """Write tags as those that are common, and what a resource has beyond them."""
        common = self._scope.tags
        if not all(isinstance(each, dict) and each.items() >= common.items() for each in values.values()):
            return None
        own = {
            place: {key: value for key, value in each.items() if key not in common}
            for place, each in values.items()
        }
        if not any(own.values()):
            return "args.tags"
        if len({tuple(each) for each in own.values()}) > 1:
            return None
        written = self._mapping(own, next(iter(own.values())), At(words=("tags",)))
        return f"{{**args.tags, {written[1:]}"

    def _mapping(self, values: Mapping[Place, Any], first: Mapping[str, Any], at: At) -> str:
        fields = {}
        if at.shape.kind is ShapeKind.OBJECT:
            fields = {each.wire: each for each in self._scope.types.fields(at.shape).values()}
        written = {}
        for key in first:
            part = {place: value[key] for place, value in values.items()}
            known = fields.get(key)
            name = known.name if known else key
            shape = known.shape if known else at.shape.item or _ANYTHING
            written[python_text.text(name)] = self.write(part, at.below(name, shape))
        return python_text.mapping(written)

    def _listing(self, values: Mapping[Place, Any], length: int, at: At) -> str:
        return python_text.listing(
            [
                self.write(
                    {place: value[number] for place, value in values.items()},
                    at.below(str(number), at.shape.item or _ANYTHING),
                )
                for number in range(length)
            ]
        )

    def _leaf(self, values: Mapping[Place, Any], at: At) -> str:
        found = list(values.values())
        alike = all(type(each) is type(found[0]) and each == found[0] for each in found)
        if alike and found[0] == STAND_IN:
            return KEPT
        if (options := json_format(found)) is not None:
            return self._json(values, options, at)
        if (reference := self._reference(values, at)) is not None:
            return reference
        if alike and isinstance(found[0], str) and is_elsewhere(found[0]):
            self._lifted = True
            return f"args.{self._elsewhere(found[0], at)}"
        if alike:
            return python_text.literal(found[0])
        return self._template(values) or self._field(values, at)

    def _json(self, values: Mapping[Place, Any], options: str, at: At) -> str:
        """Write a text as the value that it is of; with what is known later, by Pulumi's own function."""
        before, self._lifted = self._lifted, False
        inside = self.write({place: json_value(text) for place, text in values.items()}, At(words=at.words))
        function = "pulumi.Output.json_dumps" if self._lifted else "json.dumps"
        self._lifted = before
        return f"{function}({inside}{options})"

    def _reference(self, values: Mapping[Place, Any], at: At) -> str | None:
        reference = self._scope.siblings.refer(self._scope.resource, at.argument, values)
        self._lifted = self._lifted or reference is not None
        return reference

    def _elsewhere(self, value: str, at: At) -> str:
        """An object that is none of the module's: its component is told which."""
        name = name_of_object(value, at.argument)
        return self._scope.fields.named(
            name,
            f"{class_of(self._scope.resource)}_{name}",
            dict.fromkeys(self._scope.owners, value),
            f"`{at.argument}` of {self._what()}; it is made elsewhere.",
            type="pulumi.Input[str]",
            shared=True,
        )

    def _what(self) -> str:
        resource = self._scope.resource
        return f"the {words_of(class_of(resource))} `{resource.name}`"

    def _template(self, values: Mapping[Place, Any]) -> str | None:
        """Write a text that has the key of its instance in it."""
        if self._scope.rows is not None:
            own = _pattern(values, {place: place[1] for place in values})
            if own is not None:
                return _from_pattern(own, "key")
        if self._scope.names:
            of_owner = _pattern(values, {place: self._scope.names[place[0]] for place in values})
            if of_owner is not None:
                return _from_pattern(of_owner, "args.name")
        return None

    def _field(self, values: Mapping[Place, Any], at: At) -> str:
        name, class_ = at.argument, class_of(self._scope.resource)
        says = f"`{at.argument}` of {self._what()}."
        longer = f"{class_}_{name}"
        if self._scope.rows is not None:
            return column(self._scope.rows.named(name, longer, values, says))
        by_owner = dict.fromkeys(self._scope.owners) | {owner: value for (owner, _), value in values.items()}
        wanted = longer if name in {"name", "id", "arn"} else name
        return f"args.{self._scope.fields.named(wanted, longer, by_owner, says)}"


def column(name: str) -> str:
    """Mark a column of the row at hand, until it is known whether rows have others."""
    return f"\1{name}\1"


def _pattern(values: Mapping[Place, Any], keys: Mapping[Place, Any]) -> str | None:
    """Return what all texts are with a mark in place of the key; None where they are not alike."""
    if len(set(keys.values())) < _PATTERN:
        return None
    patterns = {_marked(value, keys[place]) for place, value in values.items()}
    found = patterns.pop() if len(patterns) == 1 else None
    return found if found and _MARK in found else None


def _marked(value: Any, key: Any) -> str | None:
    match value, key:
        case str(), str() if len(key) >= _SHORTEST:
            return value.replace(key, _MARK)
        case str(), int():
            return re.sub(rf"(?<!\d){key}(?!\d)", _MARK, value)
        case _:
            return None


def _from_pattern(pattern: str, code: str) -> str:
    if pattern == _MARK and code != "key":
        return code
    pieces: list[tuple[str, bool]] = []
    for number, piece in enumerate(pattern.split(_MARK)):
        pieces += [(code, True)] if number else []
        pieces += [(piece, False)] if piece else []
    return python_text.formatted(pieces)
