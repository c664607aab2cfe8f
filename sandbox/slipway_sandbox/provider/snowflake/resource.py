"""What the types here have in common: the settings that SQL gives an object, and its life.

An object is made with CREATE, changed with ALTER ... SET, UNSET and RENAME, read with SHOW, and taken away
with DROP IF EXISTS: the statements that the real provider sends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import ProviderFault, State
from slipway_sandbox.provider.indexed import IndexedType
from slipway_sandbox.provider.snowflake.client import snowflake
from slipway_sandbox.provider.snowflake.names import listed, literal, named, qualified
from slipway_sandbox.provider.snowflake.shown import unsaid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.snowflake.client import Row, Snowflake


class SnowflakeType(IndexedType):
    """A materialised type of Snowflake."""

    package = "snowflake"


@dataclass(frozen=True)
class Setting:
    """One property of an object.

    Attributes:
        input: what a program calls it.
        word: what SQL calls it.
        written: how its value is written.
    """

    input: str
    word: str
    written: Callable[[Any], str]

    def clause(self, value: Any) -> str:
        """The property with its value."""
        return f"{self.word} = {self.written(value)}"


def word(value: Any) -> str:
    """A keyword, a number or a truth."""
    return str(value).upper()


def a_text(value: Any) -> str:
    """A string."""
    return literal(str(value))


def texts(value: Any) -> str:
    """Strings."""
    return listed(map(str, value))


def identifier(value: Any) -> str:
    """The name of another object of the account; quoted already or not."""
    return qualified(str(value).strip('"'))


class NamedObject(SnowflakeType):
    """An object that lives in the account, in a database or in a schema.

    Attributes:
        kind: the word of CREATE, ALTER and DROP.
        place: the inputs before its name: (), (database) or (database, schema).
        settings: its properties.
        form: what an id looks like.
    """

    autoname = "name"
    kind: str
    place: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    form = '"NAME"'

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Make it."""
        del name
        path = self.path(inputs)
        snowflake(session).execute(" ".join(self.creation(qualified(*path), inputs)))
        return State(id=self.identified(path), outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """As the account shows it; by the program's name where it says one, for an id outlives a rename."""
        path = self.path(inputs) if inputs else self.parsed(id_)
        api = snowflake(session)
        row = self.found(api, path)
        if row is None:
            return None
        places = dict(zip((*self.place, "name"), path, strict=True))
        own = {"fullyQualifiedName": qualified(*path), **places}
        kept = id_ if inputs else self.identified(path)
        return State(id=kept, outputs=unsaid(self.token) | own | self.outputs(api, path, row, inputs))

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Rename it, then set and unset what changed; what cannot be is refused before anything is sent."""
        del id_
        api = snowflake(session)
        for statement in tuple(self.alterations(old, new)):
            api.execute(statement)

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Drop it; one that is gone, alone or with what contained it, is fine."""
        path = self.path(inputs) if inputs else self.parsed(id_)
        snowflake(session).forgive(f"DROP {self.kind} IF EXISTS {qualified(*path)}")

    def path(self, inputs: Properties) -> tuple[str, ...]:
        """The parts of its name."""
        return tuple(str(inputs[part]).strip('"') for part in (*self.place, "name"))

    def identified(self, path: tuple[str, ...]) -> str:
        """The id of what has this name."""
        return qualified(*path)

    def parsed(self, id_: str) -> tuple[str, ...]:
        """The parts of its name, from an id."""
        return named(id_, len(self.place) + 1, self.form)

    def creation(self, name: str, inputs: Properties) -> Iterable[str]:
        """The words of CREATE."""
        return [f"CREATE {self.kind} {name}", *self._clauses(self.settings, inputs)]

    def alterations(self, old: Properties, new: Properties) -> Iterable[str]:
        """The statements that make the new inputs of the old ones."""
        before, after = qualified(*self.path(old)), qualified(*self.path(new))
        if before != after:
            yield f"ALTER {self.kind} {before} RENAME TO {after}"
        yield from self.resettings(after, old, new)

    def resettings(self, name: str, old: Properties, new: Properties) -> Iterable[str]:
        """ALTER ... SET and UNSET of what changed."""
        changed = [each for each in self.settings if new.get(each.input) != old.get(each.input)]
        given = self._clauses(changed, new)
        gone = [each.word for each in changed if new.get(each.input) is None]
        if given:
            yield f"ALTER {self.kind} {name} SET {' '.join(given)}"
        if gone:
            yield f"ALTER {self.kind} {name} UNSET {', '.join(gone)}"

    def found(self, api: Snowflake, path: tuple[str, ...]) -> Row | None:
        """The row of SHOW; None when it does not exist."""
        within = f" IN {('DATABASE', 'SCHEMA')[len(path) - 2]} {qualified(*path[:-1])}" if path[1:] else ""
        rows = api.find(f"SHOW {self.kind}S LIKE {literal(path[-1])}{within}") or []
        return next((row for row in rows if row["name"] == path[-1]), None)

    def outputs(self, api: Snowflake, path: tuple[str, ...], row: Row, inputs: Properties) -> Properties:
        """Everything beside its name."""
        raise NotImplementedError

    @staticmethod
    def _clauses(settings: Iterable[Setting], inputs: Properties) -> list[str]:
        return [each.clause(inputs[each.input]) for each in settings if inputs.get(each.input) is not None]


class PipedObject(NamedObject):
    """An object of a schema whose id is of the provider's older form, ``DATABASE|SCHEMA|NAME``."""

    place = ("database", "schema")
    form = "DATABASE|SCHEMA|NAME"

    def identified(self, path: tuple[str, ...]) -> str:
        """The id of what has this name."""
        return "|".join(path)

    def parsed(self, id_: str) -> tuple[str, ...]:
        """The parts of its name, from an id.

        Raises:
            ProviderFault: the id has another form.
        """
        parts = tuple(id_.split("|"))
        if len(parts) != len(self.place) + 1 or not all(parts):
            raise ProviderFault(f"{id_!r} is not an id of the form {self.form}")
        return parts


def refuse(inputs: Properties, lacking: Mapping[str, str]) -> None:
    """Refuse what the sandbox's Snowflake has nothing for, instead of keeping it in the state only.

    Args:
        inputs: the program's.
        lacking: input -> what is missing.

    Raises:
        ProviderFault: one of them is given.
    """
    for name in sorted(inputs.keys() & lacking.keys()):
        if inputs[name]:
            raise ProviderFault(
                f"the sandbox's Snowflake has no {lacking[name]}", remedy=f"leave {name} out there"
            )


def is_said(value: object) -> bool:
    """A truth of the program, which the SDK often takes as text."""
    return str(value).lower() == "true"


def option(inputs: Properties, name: str, *, is_so: bool) -> str | None:
    """A truth as text; None where a program leaves it to Snowflake, and it is not so."""
    is_told = is_so or not inputs or inputs.get(name) is not None
    return str(is_so).lower() if is_told else None


def spelt(given: Any, real: str, forms: Callable[[str], str]) -> str:
    """The program's spelling of a word that means what the account has, else the account's."""
    return str(given) if isinstance(given, str) and forms(given) == forms(real) else real
