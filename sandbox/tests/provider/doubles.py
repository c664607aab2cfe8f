"""A materialised type whose server is a dictionary, with faults on demand."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import Materialiser, PartialFault, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.contract import Properties, Session

TOPIC = "aws:sns/topic:Topic"


@dataclass
class TopicServer(Materialiser):
    """SNS topics in memory.

    Attributes:
        objects: what the server holds, by id; tests change it to make drift.
        asked: the inputs of every create and update, as the materialiser got them.
        fault: raised by the next create or update.
        partial: the next create makes the object, then fails.
        hidden: reads find nothing.
        gate: creates wait for it.
        begun: set when a create has begun.
        told_once: outputs that a create answers and no read ever again, as the secret of an access key.
    """

    objects: dict[str, Properties] = field(default_factory=dict)
    asked: list[Properties] = field(default_factory=list)
    fault: Exception | None = None
    partial: bool = False
    hidden: bool = False
    gate: threading.Event | None = None
    begun: threading.Event = field(default_factory=threading.Event)
    told_once: Properties = field(default_factory=dict)

    @property
    def token(self) -> str:
        """The type."""
        return TOPIC

    @property
    def replace_on(self) -> frozenset[str]:
        """A topic keeps its name."""
        return frozenset({"name"})

    @property
    def autoname(self) -> str | None:
        """Named automatically."""
        return "name"

    @property
    def defaults(self) -> Mapping[str, Any]:
        """What the server has of a topic of which nothing was said."""
        return {"kmsMasterKeyId": "alias/aws/sns"}

    def create(self, session: Session, name: str, inputs: Properties) -> State:  # noqa: ARG002  contract
        """Make a topic."""
        self._fail()
        self.begun.set()
        if self.gate is not None:
            self.gate.wait(30)
        id_ = f"arn:aws:sns:{session.region}:{session.account}:{inputs['name']}"
        self._put(id_, inputs)
        if self.partial:
            raise PartialFault("its policy was refused", id_=id_)
        return State(id=id_, outputs=self.told_once)

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:  # noqa: ARG002  contract
        """The topic as the server has it."""
        found = None if self.hidden else self.objects.get(id_)
        return (
            None if found is None else State(id=id_, outputs={**found, "arn": id_, "owner": "111122223333"})
        )

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:  # noqa: ARG002  contract
        """Change it."""
        self._fail()
        self._put(id_, new)

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:  # noqa: ARG002  contract
        """Remove it."""
        self._fail()
        self.objects.pop(id_, None)

    def _put(self, id_: str, inputs: Properties) -> None:
        self.asked.append(inputs)
        self.objects[id_] = {key: value for key, value in inputs.items() if key != "tags"}

    def _fail(self) -> None:
        if self.fault is not None:
            raise self.fault


def caller(session: Session, args: dict[str, Any]) -> dict[str, Any]:
    """A data source."""
    return {"id": session.region, "given": args}
