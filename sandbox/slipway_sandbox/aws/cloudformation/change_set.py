"""A change set: what a template would do with a stack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from slipway_sandbox.aws.cloudformation.stack import Stack
from slipway_sandbox.aws.cloudformation.template import Resource, Template

_UNCHANGED: Final = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)


@dataclass(kw_only=True)
class ChangeSet:
    """One change set of a stack."""

    name: str
    stack: Stack
    text: str
    template: Template
    tags: Mapping[str, str]
    changes: list[dict[str, Any]]
    status: str
    execution: str
    reason: str = ""
    uuid: str = field(default_factory=lambda: str(uuid4()))

    @property
    def id(self) -> str:
        """Its ARN."""
        where = f"arn:aws:cloudformation:{self.stack.region}:{self.stack.account}"
        return f"{where}:changeSet/{self.name}/{self.uuid}"


def computed(name: str, stack: Stack, text: str, template: Template, tags: Mapping[str, str]) -> ChangeSet:
    """Compute a change set; one that would change nothing has failed.

    Args:
        name: of the change set.
        stack: that would be changed.
        text: of the template.
        template: what was read from it.
        tags: of the stack.
    """
    changes = _changes(stack, template)
    before = None if stack.template is None else (stack.text, stack.template.parameters, stack.tags)
    same = not changes and before == (text, template.parameters, tags)
    return ChangeSet(
        name=name,
        stack=stack,
        text=text,
        template=template,
        tags=tags,
        changes=changes,
        status="FAILED" if same else "CREATE_COMPLETE",
        execution="UNAVAILABLE" if same else "AVAILABLE",
        reason=_UNCHANGED if same else "",
    )


def _changes(stack: Stack, template: Template) -> list[dict[str, Any]]:
    wanted = {one.name: one for one in template.resources}
    changed = [
        _change("Modify" if name in stack.made else "Add", name, one.type)
        for name, one in wanted.items()
        if name not in stack.made or not _is_same(stack, one, template)
    ]
    gone = [_change("Remove", name, one.type) for name, one in stack.made.items() if name not in wanted]
    return [*changed, *gone]


def _is_same(stack: Stack, one: Resource, template: Template) -> bool:
    """Whether a resource would stay as it is; what refers to something that is yet to be made would not."""
    if not one.follows <= stack.made.keys():
        return False
    return bool(stack.resolved(one.properties, template) == stack.made[one.name].told)


def _change(action: str, name: str, type_: str) -> dict[str, Any]:
    replaced = {"Replacement": "False"} if action == "Modify" else {}
    return {"Action": action, "LogicalResourceId": name, "ResourceType": type_, **replaced}
