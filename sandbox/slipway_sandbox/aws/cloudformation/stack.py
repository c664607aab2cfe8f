"""A stack: its resources, its events, and how a change of it goes forward or back.

Statuses, and which resource is kept when, are those of the CloudFormation user guide ("Stack status codes",
"DeletionPolicy attribute").
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from slipway_sandbox.aws.cloudformation.resource_type import Place
from slipway_sandbox.aws.cloudformation.resources import check_properties, type_of
from slipway_sandbox.aws.cloudformation.template import Resource, Template, invalid
from slipway_sandbox.aws.faults import AwsError

_STACK: Final = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of what a stack tells."""

    resource: str
    physical: str
    type: str
    status: str
    reason: str = ""
    id: str = field(default_factory=lambda: str(uuid4()))
    at: float = field(default_factory=time.time)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A resource that is there.

    Attributes:
        type: such as `AWS::KMS::Key`.
        id: its physical id.
        told: its properties, references filled in.
        retained: whether it stays when it leaves the stack.
    """

    type: str
    id: str
    told: Mapping[str, Any]
    retained: bool


@dataclass(kw_only=True)
class Stack:
    """One stack of one account and region."""

    name: str
    account: str
    region: str
    status: str = "REVIEW_IN_PROGRESS"
    reason: str = ""
    text: str = ""
    template: Template | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    protected: bool = False
    policy: str = ""
    since: float = field(default_factory=time.time)
    made: dict[str, Made] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    uuid: str = field(default_factory=lambda: str(uuid4()))

    @property
    def id(self) -> str:
        """Its ARN."""
        return f"arn:aws:cloudformation:{self.region}:{self.account}:stack/{self.name}/{self.uuid}"

    @property
    def outputs(self) -> Mapping[str, str]:
        """What it tells of what it has made."""
        if self.template is None:
            return {}
        return {name: str(self.resolved(value)) for name, value in self.template.outputs.items()}

    def resolved(self, value: Any, template: Template | None = None) -> Any:
        """Fill in references to what is there."""
        known = template or self.template
        if known is None:
            raise invalid(f"Stack {self.name} has no template yet")
        return known.resolved(value, self._attribute)

    def go(self, text: str, template: Template, tags: Mapping[str, str]) -> None:
        """Become what a template says, or go back to what was."""
        creates = self.status == "REVIEW_IN_PROGRESS"
        verb = "CREATE" if creates else "UPDATE"
        before, tags_before = dict(self.made), self.tags
        self.tags = tags
        self._tell(f"{verb}_IN_PROGRESS", "User Initiated")
        try:
            for resource in template.resources:
                self._bring(resource, template)
        except _Failed as failed:
            back = "ROLLBACK" if creates else "UPDATE_ROLLBACK"
            self._tell(f"{back}_IN_PROGRESS", f"The following resource(s) failed: [{failed.resource}].")
            self.tags = tags_before
            self._back(before, template)
            self._tell(f"{back}_COMPLETE")
            return
        self._remove(name for name in list(self.made) if name not in {one.name for one in template.resources})
        self.text, self.template = text, template
        self._tell(f"{verb}_COMPLETE")

    def end(self) -> None:
        """Remove what is not retained."""
        self._tell("DELETE_IN_PROGRESS", "User Initiated")
        self._remove(list(self.made))
        self._tell("DELETE_COMPLETE")

    def _bring(self, resource: Resource, template: Template) -> None:
        found = self.made.get(resource.name)
        try:
            told = self.resolved(resource.properties, template)
            check_properties(resource.type, told)
            if found is None:
                self._create(resource, told)
            elif found.told != told:
                self._update(resource, found, told)
        except (AwsError, HTTPException, ServiceException, KeyError) as error:
            verb = "CREATE" if found is None else "UPDATE"
            self._tell_of(resource.name, resource.type, "", f"{verb}_FAILED", _message(error))
            raise _Failed(resource.name) from error

    def _create(self, resource: Resource, told: Mapping[str, Any]) -> None:
        self._tell_of(resource.name, resource.type, "", "CREATE_IN_PROGRESS")
        id_ = type_of(resource.type).create(self._place, told)
        self.made[resource.name] = Made(type=resource.type, id=id_, told=told, retained=resource.retained)
        self._tell_of(resource.name, resource.type, id_, "CREATE_COMPLETE")

    def _update(self, resource: Resource, found: Made, told: Mapping[str, Any]) -> None:
        fixed = type_of(resource.type).fixed
        if moved := sorted(name for name in fixed if found.told.get(name) != told.get(name)):
            raise invalid(
                f"the sandbox's CloudFormation replaces nothing: {', '.join(moved)} cannot be changed"
            )
        self._tell_of(resource.name, resource.type, found.id, "UPDATE_IN_PROGRESS")
        type_of(resource.type).update(self._place, found.id, told)
        self.made[resource.name] = Made(type=found.type, id=found.id, told=told, retained=resource.retained)
        self._tell_of(resource.name, resource.type, found.id, "UPDATE_COMPLETE")

    def _back(self, before: Mapping[str, Made], template: Template) -> None:
        """Undo in reverse: what was made goes unless a creation retains it, what was changed is as before."""
        kept = {one.name for one in template.resources if one.retained_on_create}
        for name in reversed(list(self.made)):
            now = self.made[name]
            if name not in before:
                if name not in kept:
                    type_of(now.type).delete(self._place, now.id)
                    self._tell_of(name, now.type, now.id, "DELETE_COMPLETE")
                del self.made[name]
            elif now is not before[name]:
                type_of(now.type).update(self._place, now.id, before[name].told)
                self.made[name] = before[name]
                self._tell_of(name, now.type, now.id, "UPDATE_COMPLETE")

    def _remove(self, names: Iterable[str]) -> None:
        for name in reversed(list(names)):
            gone = self.made.pop(name)
            if gone.retained:
                self._tell_of(name, gone.type, gone.id, "DELETE_SKIPPED")
            else:
                type_of(gone.type).delete(self._place, gone.id)
                self._tell_of(name, gone.type, gone.id, "DELETE_COMPLETE")

    def _attribute(self, name: str, attribute: str) -> Any:
        found = self.made.get(name)
        if found is None:
            raise invalid(f"Template format error: Unresolved resource dependencies [{name}]")
        return type_of(found.type).attribute(self._place, found.id, attribute)

    @property
    def _place(self) -> Place:
        return Place(account=self.account, region=self.region, tags=self.tags)

    def _tell(self, status: str, reason: str = "") -> None:
        self.status, self.reason = status, reason
        self._tell_of(self.name, _STACK, self.id, status, reason)

    def _tell_of(self, name: str, type_: str, physical: str, status: str, reason: str = "") -> None:
        event = Event(resource=name, physical=physical, type=type_, status=status, reason=reason)
        self.events.append(event)


class _Failed(Exception):  # noqa: N818 - it says what has happened
    def __init__(self, resource: str) -> None:
        super().__init__(resource)
        self.resource = resource


def _message(error: Exception) -> str:
    return str(getattr(error, "message", None) or error)
