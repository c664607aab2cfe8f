"""The account at one moment: an immutable value that a statement reads and a definition statement replaces.

Names are entries of a map from (parent, namespace, name) to an identity. So a rename, a swap of two tables
or of two schemas and a drop change entries of that map and nothing else: atomic, and independent of size.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from slipway_sandbox.snowflake.catalogue.grants import FutureGrant, Grant, Membership
from slipway_sandbox.snowflake.catalogue.objects import (
    ACCOUNT,
    NAMESPACES,
    ObjectKind,
    TableBody,
    Thing,
    ViewBody,
)

Entry = tuple[int, ObjectKind, str]
"""Parent id, namespace, name."""


def namespace(kind: ObjectKind) -> ObjectKind:
    """The kind under which names of this kind are kept apart."""
    return NAMESPACES.get(kind, kind)


def entry_of(thing: Thing) -> Entry:
    """The entry under which an object is found while it exists.

    A temporary table has an entry of its session's own: it hides a namesake from that session only.
    """
    return thing.parent, namespace(thing.kind), _with_session(thing.name, session_of(thing))


def session_of(thing: Thing) -> int:
    """The session that a temporary table or view belongs to; 0 for what is everybody's."""
    return thing.body.session if isinstance(thing.body, TableBody | ViewBody) else 0


def _with_session(name: str, session: int) -> str:
    return f"{name}\0{session}" if session else name


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """What exists.

    Attributes:
        things: id -> object, the dropped ones that can come back too.
        names: entry -> id of the object that has the name now.
        grants: who may do what.
        memberships: which role is granted to which role or user.
        future: what is granted on objects that do not exist yet.
        last_id: the highest identity given so far.
    """

    things: Mapping[int, Thing] = field(default_factory=lambda: MappingProxyType({}))
    names: Mapping[Entry, int] = field(default_factory=lambda: MappingProxyType({}))
    grants: frozenset[Grant] = frozenset()
    memberships: frozenset[Membership] = frozenset()
    future: frozenset[FutureGrant] = frozenset()
    last_id: int = ACCOUNT

    def find(self, parent: int, kind: ObjectKind, name: str, session: int = 0) -> Thing | None:
        """Look a name up.

        Args:
            parent: id of what contains it.
            kind: a kind of its namespace.
            name: as stored.
            session: the session whose temporary table it is; 0 for what everybody sees.
        """
        found = self.names.get((parent, namespace(kind), _with_session(name, session)))
        return self.things[found] if found is not None else None

    def is_moved(self, table: Thing) -> bool:
        """Whether a table, as it was looked up, no longer has its name or has its rows in another place."""
        body, present = table.body, self.things.get(self.names.get(entry_of(table), table.id))
        if present is None or present.id != table.id or present.dropped_on is not None:
            return True
        return (
            isinstance(body, TableBody)
            and isinstance(present.body, TableBody)
            and (present.body.storage != body.storage)
        )

    def children(self, parent: int, kind: ObjectKind | None = None) -> list[Thing]:
        """The objects that something contains now, by name."""
        found = (thing for thing in self.present if thing.parent == parent and kind in {None, thing.kind})
        return sorted(found, key=lambda thing: thing.name)

    def dropped(self, parent: int, kind: ObjectKind, name: str) -> list[Thing]:
        """Objects that had a name and were dropped, the last one first."""
        gone = [
            (thing.dropped_on, thing)
            for thing in self.things.values()
            if thing.dropped_on is not None
            and (thing.parent, namespace(thing.kind), thing.name) == (parent, namespace(kind), name)
        ]
        return [thing for _, thing in sorted(gone, key=lambda pair: pair[0], reverse=True)]

    def counts(self, counter: int) -> bool:
        """Whether a column of a table counts by a sequence's counter."""
        bodies = (thing.body for thing in self.things.values())
        return any(
            column.counter == counter
            for body in bodies
            if isinstance(body, TableBody)
            for column in body.columns
        )

    def containers(self, thing: Thing) -> Iterator[Thing]:
        """The schema and the database that contain an object, from the inside out."""
        while thing.parent != ACCOUNT:
            thing = self.things[thing.parent]
            yield thing

    def full_name(self, thing: Thing) -> tuple[str, ...]:
        """The parts of an object's name, the database first."""
        return (*reversed([container.name for container in self.containers(thing)]), thing.name)

    @cached_property
    def present(self) -> tuple[Thing, ...]:
        """What exists now: what has a name, in containers that have one."""
        named = (self.things[each] for each in self.names.values())
        return tuple(each for each in named if not any(c.dropped_on for c in self.containers(each)))

    @cached_property
    def grants_on(self) -> Mapping[int, tuple[Grant, ...]]:
        """Object -> the grants on it."""
        found: dict[int, list[Grant]] = {}
        for grant in self.grants:
            found.setdefault(grant.on, []).append(grant)
        return {on: tuple(grants) for on, grants in found.items()}

    @cached_property
    def roles_granted_to(self) -> Mapping[int, tuple[int, ...]]:
        """Role or user -> the roles granted to it directly."""
        found: dict[int, list[int]] = {}
        for membership in self.memberships:
            found.setdefault(membership.to, []).append(membership.role)
        return {to: tuple(roles) for to, roles in found.items()}

    def inherited(self, *roles: int) -> frozenset[int]:
        """Roles, with every role that they contain."""
        found: set[int] = set()
        waiting = list(roles)
        while waiting:
            role = waiting.pop()
            if role not in found:
                found.add(role)
                waiting.extend(self.roles_granted_to.get(role, ()))
        return frozenset(found)
