"""Types that need no code: their calls as a table, and the one engine that walks it.

A `Row` names the boto3 operations of a type with their arguments as templates: "{bucket}" is an input, "{id}"
the id, "{account}", "{region}" the place; an argument whose input was not given is left out. Not owned here:
the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.resource import Resource, half_made, token_of
from slipway_sandbox.provider.aws.spelling import PASCAL, Spelling, words
from slipway_sandbox.provider.aws.target import found

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.tagging import Tagging
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_PLACE = frozenset({"id", "account", "region"})
_HOLE = re.compile(r"\{(\w+)\}")
_STEP = re.compile(r"(?P<key>\w+)|\[(?P<index>\d+)\]|\[(?P<field>\w+)=(?P<value>[^\]]+)\]")


@dataclass(frozen=True, kw_only=True)
class Op:
    """One call that writes.

    Attributes:
        call: the boto3 method.
        send: inputs passed under their API names, as in `words`.
        args: further arguments, templates.
        answer: where a creating call answers the id; "" when the id is made of inputs.
    """

    call: str
    send: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    answer: str = ""

    @property
    def carries(self) -> frozenset[str]:
        """The inputs that this call takes to AWS."""
        return frozenset(words(self.send)) | (holes(self.args) - _PLACE)


@dataclass(frozen=True, kw_only=True)
class Look:
    """One call that reads.

    Attributes:
        call: the boto3 method.
        args: its arguments, templates.
        at: the path of the object in the answer, e.g. "logGroups[logGroupName={name}]".
        give: the properties that the object holds, as in `words`; the API side may be a path.
        optional: the absence of this part does not mean that the resource is gone.
    """

    call: str
    args: Mapping[str, Any] = field(default_factory=dict)
    at: str = ""
    give: str = ""
    optional: bool = False


@dataclass(kw_only=True)
class Row(Resource):
    """One type as a table.

    Attributes:
        module: the Pulumi module.
        name: the type's name in it.
        create_: makes the object; `update_` calls for inputs that it does not carry follow at once.
        update_: the calls that change it, each on its own inputs.
        look: the calls that read it.
        erase: deletes it; None where AWS has no deletion.
        sent: inputs that the real provider sends when the program says nothing.
        more: inputs that a subclass carries in calls of its own.
        computed: outputs that are templates of inputs and of what was read.
    """

    module: str
    name: str
    service: str
    create_: Op
    look: tuple[Look, ...]
    erase: Op | None
    update_: tuple[Op, ...] = ()
    computed: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)
    spelling: Spelling = PASCAL
    replace_on: frozenset[str] = frozenset()
    autoname: str | None = None
    silent: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    id_form: str = "{id}"
    constant: Mapping[str, Any] = field(default_factory=dict)
    tagging: Tagging | None = None
    more: frozenset[str] = frozenset()
    takes: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """The token is the name's; what a row takes is what its calls carry."""
        self.token = token_of(self.module, self.name)
        self.takes = self.create_.carries.union(self.more, *(op.carries for op in self.update_))

    def make(self, target: Target) -> str:
        """Create, then set what the creating call does not carry."""
        answer = self._call(target, self.create_, fill={})
        id_ = str(
            dig(answer, self.create_.answer) if self.create_.answer else render(self.id_form, _values(target))
        )
        made = replace(target, id=id_)
        with half_made(id_):
            for op in self.update_:
                if any(target.given(key) for key in op.carries - self.create_.carries):
                    self._call(made, op, fill={})
        return id_

    def fetch(self, target: Target) -> Properties | None:
        """Read every part and join them."""
        outputs: Properties = {}
        for look in self.look:
            part = self._look(target, look)
            if part is None and not look.optional:
                return None
            outputs |= part or dict.fromkeys(words(look.give))
        outputs |= {key: value for key, value in self.defaults.items() if outputs.get(key) is None}
        values = _values(target) | {k: v for k, v in outputs.items() if v is not None}
        return outputs | {key: render(form, values) for key, form in self.computed.items()}

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Make the calls that carry a changed input."""
        for op in self.update_:
            if op.carries & changed:
                self._call(target, op, fill=self.defaults)

    def remove(self, target: Target) -> None:
        """Delete the object."""
        if self.erase:
            self._call(target, self.erase, fill={})

    def _call(self, target: Target, op: Op, *, fill: Mapping[str, Any]) -> Any:
        return getattr(target.client, op.call)(**self.arguments(target, op, fill=fill))

    def arguments(self, target: Target, op: Op, *, fill: Mapping[str, Any]) -> Properties:
        """What a call is made with; `fill` stands where the program says nothing."""
        inputs = {**self.sent, **fill, **{k: v for k, v in target.inputs.items() if v is not None}}
        spelled = {key: self.spelling.to_api(value, key) for key, value in inputs.items()}
        sent = {
            api or self.spelling.api_name(key): spelled[key]
            for key, api in words(op.send).items()
            if key in spelled
        }
        return {**render(op.args, spelled | _place(target)), **sent}

    def _look(self, target: Target, look: Look) -> Properties | None:
        values = _values(target)
        answer = found(getattr(target.client, look.call), **render(look.args, values))
        holder = None if answer is None else dig(answer, render(look.at, values))
        if holder is None:
            return None
        paths = {key: api or self.spelling.api_name(key) for key, api in words(look.give).items()}
        return {key: self.spelling.to_wire(dig(holder, path), key) for key, path in paths.items()}


def _place(target: Target) -> Properties:
    return {"id": target.id, "account": target.account, "region": target.region}


def _values(target: Target) -> Properties:
    return target.inputs | _place(target)


_MISSING = object()


def holes(template: Any) -> frozenset[str]:
    """The names of a template's holes."""
    if isinstance(template, str):
        return frozenset(_HOLE.findall(template))
    inner = template.values() if isinstance(template, Mapping) else template
    return frozenset[str]().union(*map(holes, inner)) if isinstance(inner, Iterable) else frozenset()


def render(template: Any, values: Mapping[str, Any]) -> Any:
    """A template with its holes filled; an item or entry whose only hole has no value is left out."""
    if isinstance(template, Mapping):
        filled = {key: _fill(inner, values) for key, inner in template.items()}
        return {key: value for key, value in filled.items() if value is not _MISSING}
    if isinstance(template, (list, tuple)):
        return [value for value in (_fill(item, values) for item in template) if value is not _MISSING]
    value = _fill(template, values)
    return None if value is _MISSING else value


def _fill(template: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(template, (Mapping, list, tuple)):
        return render(template, values) or (_MISSING if template else template)
    if not isinstance(template, str):
        return template
    if whole := _HOLE.fullmatch(template):
        value = values.get(whole[1])
        return _MISSING if value is None else value
    return _HOLE.sub(lambda hole: str(values.get(hole[1], "")), template)


def dig(value: Any, path: str) -> Any:
    """What stands at a path: names joined by dots, "[0]" an index, "[name=x]" the item whose field is x."""
    for step in _STEP.finditer(path):
        if value is None:
            return None
        if step["key"]:
            value = value.get(step["key"])
        elif step["index"]:
            value = value[int(step["index"])] if len(value) > int(step["index"]) else None
        else:
            value = next((item for item in value if item.get(step["field"]) == step["value"]), None)
    return value
