"""What a janitor drops: objects whose mark of expiry has passed, and nothing that is still needed. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from slipway.model.snowflake_objects import Database, Schema, SnowflakeObject, Table, View
from slipway.ports.journal import Deployment
from slipway.ports.warehouse_results import Expiring
from slipway.rollout.planned import plan_of
from slipway.rollout.stages import PrepareCandidates, SwapTable


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An object that stays, though it will be dropped one day.

    Attributes:
        object: which.
        why: until when, or who needs it.
    """

    object: SnowflakeObject
    why: str


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What one look found.

    Attributes:
        expired: what is dropped, what is inside before what it is in.
        kept: what stays.
    """

    expired: tuple[SnowflakeObject, ...]
    kept: tuple[Kept, ...]


def sweep(marks: Iterable[Expiring], open_: Iterable[Deployment], now: datetime) -> Sweep:
    """Choose.

    A schema or database goes only when nothing in it is kept for longer, for it takes everything along; what
    an open deployment makes, or may have to swap back, stays whatever its mark says. A mark that was meant
    for another name counts for nothing: it came here with a swap or a clone.

    Args:
        marks: every marked object.
        open_: the deployments that have not ended.
        now: the moment that counts.
    """
    own = [mark for mark in marks if mark.expiry.object == str(mark.object)]
    needed = _needed(open_)
    kept = {mark.object: f"until {mark.expiry.at.isoformat()}" for mark in own if mark.expiry.at > now}
    kept |= {
        mark.object: f"deployment {needed[place]} needs it"
        for mark in own
        if (place := schema_of(mark.object)) in needed
    }
    for inside in tuple(kept):
        for mark in own:
            if mark.object not in kept and _holds(mark.object, inside):
                kept[mark.object] = f"{inside} in it is kept {kept[inside]}"
    expired = sorted(
        (m.object for m in own if m.object not in kept), key=lambda each: (_depth(each), str(each))
    )
    return Sweep(
        expired=tuple(expired),
        kept=tuple(
            Kept(object=each, why=why) for each, why in sorted(kept.items(), key=lambda item: str(item[0]))
        ),
    )


def _needed(open_: Iterable[Deployment]) -> dict[Schema, str]:
    """The schemas of candidates and kept generations of what is under way, with the deployment's id."""
    found: dict[Schema, str] = {}
    for head in open_:
        for stage in plan_of(head).stages:
            if isinstance(stage, PrepareCandidates):
                found |= {place.schema_object: head.id for place in stage.schemas}
            if isinstance(stage, SwapTable):
                found[stage.relation.candidate_schema] = head.id
    return found


def schema_of(subject: SnowflakeObject) -> Schema | None:
    """The schema that an object is or is in; None of a database."""
    match subject:
        case Schema():
            return subject
        case Table() | View():
            return subject.schema
        case Database():
            return None
        case _:
            assert_never(subject)


def _holds(outer: SnowflakeObject, inner: SnowflakeObject) -> bool:
    if outer == inner:
        return False
    return outer in {inner.database, schema_of(inner)}


def _depth(subject: SnowflakeObject) -> int:
    """Tables and views first, then schemas, then databases."""
    match subject:
        case Table() | View():
            return 0
        case Schema():
            return 1
        case Database():
            return 2
        case _:
            assert_never(subject)
