"""Changes of the catalogue: a draft is made from one catalogue, changed, and becomes the next one.

Owned here: what creating, dropping, renaming, swapping and cloning do to identities, names and grants. Not
owned: whether a role may (privileges.py) and the rows of tables (storage).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from slipway_sandbox.snowflake.catalogue.catalogue import Catalogue, entry_of, namespace
from slipway_sandbox.snowflake.catalogue.grants import FutureGrant, Grant, Membership, Privilege, applies
from slipway_sandbox.snowflake.catalogue.objects import (
    Body,
    ObjectKind,
    SequenceBody,
    StageBody,
    TableBody,
    Thing,
)
from slipway_sandbox.snowflake.errors import already_exists, invalid_value
from slipway_sandbox.snowflake.identifiers import written

GrantFilter = Callable[[Grant], bool]


@dataclass(frozen=True, kw_only=True)
class Cloned:
    """A table or sequence of a clone, whose rows or count are still to be copied.

    Attributes:
        source: the one that is cloned.
        clone: the new one.
    """

    source: Thing
    clone: Thing


class Draft:
    """The next catalogue, while it is being made.

    Args:
        before: the catalogue it starts from.
        now: the moment of the change.

    Attributes:
        physical: DuckDB statements that belong to the change.
    """

    def __init__(self, before: Catalogue, now: datetime) -> None:
        self.physical: list[str] = []
        self._now = now
        self._last_id = before.last_id
        self._things = dict(before.things)
        self._names = dict(before.names)
        self._grants = set(before.grants)
        self._memberships = set(before.memberships)
        self._future = set(before.future)

    def finish(self) -> Catalogue:
        """The next catalogue."""
        return Catalogue(
            things=MappingProxyType(self._things),
            names=MappingProxyType(self._names),
            grants=frozenset(self._grants),
            memberships=frozenset(self._memberships),
            future=frozenset(self._future),
            last_id=self._last_id,
        )

    def new_id(self) -> int:
        """An identity that was never given."""
        self._last_id += 1
        return self._last_id

    def find(self, parent: int, kind: ObjectKind, name: str) -> Thing | None:
        """Look a name up among what exists after the changes so far."""
        found = self._names.get((parent, namespace(kind), name))
        return self._things[found] if found is not None else None

    def add(  # noqa: PLR0917 - the fields of Thing, in its order
        self,
        kind: ObjectKind,
        name: str,
        parent: int,
        owner: int,
        body: Body,
        comment: str = "",
        *,
        takes_future: bool = True,
    ) -> Thing:
        """Create an object, with the future grants of its containers if it takes them.

        Raises:
            SnowflakeError: the name is taken.
        """
        made = Thing(
            id=self.new_id(),
            kind=kind,
            name=name,
            parent=parent,
            owner=owner,
            created_on=self._now,
            altered_on=self._now,
            comment=comment,
            body=body,
        )
        self._enter(made)
        return self._with_future_grants(made) if takes_future else made

    def change(self, thing: Thing) -> Thing:
        """Put a changed object in the place of the one with its identity."""
        before = self._things[thing.id]
        if entry_of(before) != entry_of(thing):
            self._leave(before)
            self._enter(thing)
        else:
            self._things[thing.id] = thing
        return thing

    def drop(self, thing: Thing) -> None:
        """Take an object's name away; it stays, to be undropped, until its retention has passed."""
        self._leave(thing)
        self._things[thing.id] = replace(thing, dropped_on=self._now)

    def forget(self, thing: Thing) -> None:
        """Remove an object for good: one that cannot be undropped."""
        self._leave(thing)
        self.erase(thing)

    def erase(self, thing: Thing) -> None:
        """Remove for good what has no name any more."""
        del self._things[thing.id]
        self._grants = {grant for grant in self._grants if thing.id not in {grant.on, grant.to}}
        self._memberships = {each for each in self._memberships if thing.id not in {each.role, each.to}}
        self._future = {each for each in self._future if thing.id not in {each.within, each.to}}

    def undrop(self, thing: Thing) -> Thing:
        """Give a dropped object its name back.

        Raises:
            SnowflakeError: another object has the name now.
        """
        back = replace(thing, dropped_on=None)
        self._enter(back)
        return back

    def swap(self, one: Thing, other: Thing) -> None:
        """Exchange the names of two objects; everything else follows the object.

        Raises:
            SnowflakeError: 1008, they are one.
        """
        if one.id == other.id:
            raise invalid_value(f"{one.kind} {written(one.name)} cannot be swapped with itself")
        self._leave(one)
        self._leave(other)
        self._enter(replace(one, name=other.name, parent=other.parent))
        self._enter(replace(other, name=one.name, parent=one.parent))

    def clone(
        self,
        source: Thing,
        name: str,
        parent: int,
        owner: int,
        *,
        with_internal_stages: bool = False,
        takes_future: bool = True,
    ) -> Iterator[Cloned]:
        """Create a copy of an object and of what it contains, internal stages only when it is said.

        The copy of a container has no grants, those inside it keep theirs, and it has the container's future
        grants (https://docs.snowflake.com/en/user-guide/object-clone, .../security-access-control-configure,
        "Object cloning and future grants").

        Yields:
            The tables and sequences whose rows and counts are to be copied.
        """
        body = source.body
        if isinstance(body, TableBody):
            body = replace(body, storage=self.new_id(), change_tracking=False)
        copy = self.add(source.kind, name, parent, owner, body, source.comment, takes_future=takes_future)
        if isinstance(body, TableBody | SequenceBody):
            yield Cloned(source=source, clone=copy)
        inside = [each for each in self._things.values() if each.parent == source.id and self._exists(each)]
        for child in inside:
            is_internal = isinstance(child.body, StageBody) and not child.body.is_external
            if is_internal and not with_internal_stages:
                continue
            yield from self.clone(
                child, child.name, copy.id, child.owner, with_internal_stages=with_internal_stages
            )
            self.copy_grants(child, self._named(copy.id, child))
        self._future |= {replace(each, within=copy.id) for each in self._future if each.within == source.id}

    def copy_grants(self, source: Thing, target: Thing) -> None:
        """Give an object the grants of another, all but ownership."""
        for grant in [each for each in self._grants if each.on == source.id]:
            self.grant(replace(grant, on=target.id))

    def grant(self, grant: Grant) -> None:
        """Add a grant; one that is there already keeps its date, and its grant option is never lost."""
        same = [each for each in self._grants if _what(each) == _what(grant)]
        if any(each.grant_option or not grant.grant_option for each in same):
            return
        self._grants.difference_update(same)
        self._grants.add(grant)

    def hand_over(self, thing: Thing, owner: int) -> None:
        """Give an object another owner, by whom the grants of the one before it are from now on.

        Source: https://docs.snowflake.com/en/sql-reference/sql/grant-ownership (COPY CURRENT GRANTS)
        """
        own = {each for each in self._grants if (each.on, each.granted_by) == (thing.id, thing.owner)}
        self._grants = (self._grants - own) | {replace(each, granted_by=owner) for each in own}
        self.change(replace(thing, owner=owner))

    def revoke(self, chosen: GrantFilter) -> None:
        """Remove grants."""
        self._grants = {grant for grant in self._grants if not chosen(grant)}

    def grant_role(self, membership: Membership) -> None:
        """Grant a role, once."""
        if not any((each.role, each.to) == (membership.role, membership.to) for each in self._memberships):
            self._memberships.add(membership)

    def revoke_role(self, role: int, to: int) -> None:
        """Take a role away."""
        self._memberships = {each for each in self._memberships if (each.role, each.to) != (role, to)}

    def grant_future(self, grant: FutureGrant) -> None:
        """Add a grant on what will be created, once."""
        if not any(replace(each, created_on=grant.created_on) == grant for each in self._future):
            self._future.add(grant)

    def revoke_future(self, chosen: Callable[[FutureGrant], bool]) -> None:
        """Remove grants on what will be created."""
        self._future = {grant for grant in self._future if not chosen(grant)}

    def _enter(self, thing: Thing) -> None:
        entry = entry_of(thing)
        if entry in self._names:
            raise already_exists(written(thing.name))
        self._names[entry] = thing.id
        self._things[thing.id] = thing

    def _leave(self, thing: Thing) -> None:
        del self._names[entry_of(thing)]

    def _exists(self, thing: Thing) -> bool:
        return thing.dropped_on is None and self._names.get(entry_of(thing)) == thing.id

    def _named(self, parent: int, like: Thing) -> Thing:
        return self._things[self._names[parent, namespace(like.kind), like.name]]

    def _with_future_grants(self, made: Thing) -> Thing:
        """Apply the future grants of the schema, else of the database: the nearer one hides the other's.

        Source: https://docs.snowflake.com/en/sql-reference/sql/grant-privilege (future grants).
        """
        for within in self._containers_of(made):
            given = [each for each in self._future if (each.kind, each.within) == (made.kind, within)]
            for future in given:
                made = self._apply(future, made)
            if given:
                break
        return made

    def _apply(self, future: FutureGrant, made: Thing) -> Thing:
        if not applies(future.privilege, made.body):
            return made
        if future.privilege is Privilege.OWNERSHIP:
            return self.change(replace(made, owner=future.to))
        self.grant(
            Grant(
                privilege=future.privilege,
                on=made.id,
                to=future.to,
                grant_option=future.grant_option,
                created_on=self._now,
            )
        )
        return made

    def _containers_of(self, thing: Thing) -> Iterator[int]:
        while thing.parent in self._things:
            thing = self._things[thing.parent]
            yield thing.id


def _what(grant: Grant) -> tuple[Privilege, int, int]:
    return grant.privilege, grant.on, grant.to
