"""Every materialised type of pulumi-snowflake through its whole life, between the engine and SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from slipway_sandbox.provider.schema import load
from slipway_sandbox.provider.snowflake import SNOWFLAKE_TYPES
from tests.provider.engine import Engine, Reading, Resource, is_secret
from tests.provider_snowflake.cases_grants import GRANTS
from tests.provider_snowflake.cases_objects import OBJECTS
from tests.provider_snowflake.cases_relations import RELATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.provider_snowflake.case import Case, Ground

SCHEMA = load("snowflake")
DECLARED = {token: set(SCHEMA.resource(token).properties) for token in SNOWFLAKE_TYPES}
COMPUTED = {
    token: {name for name, prop in SCHEMA.resource(token).properties.items() if prop.role.is_computed}
    for token in SNOWFLAKE_TYPES
}
"""What a type must report, be it as None: the core would invent an output that it leaves out."""

CASES = (*OBJECTS, *RELATIONS, *GRANTS)


class Life:
    """One resource of a case, and what a witness sees of it."""

    def __init__(self, case: Case, ground: Ground, pulumi: Engine) -> None:
        self.case, self.ground, self.pulumi = case, ground, pulumi
        self.resource = Resource(case.token, "res")
        self.given = case.inputs(ground)
        self.inputs = self.checked(self.given)
        self.id, self.outputs = pulumi.create(self.resource, self.inputs)

    def checked(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs as Check passes them on."""
        given = {name: value for name, value in inputs.items() if value is not None}
        checked, failures = self.pulumi.check(self.resource, given)
        assert failures == {}
        return checked

    def read(self) -> Reading:
        """A refresh."""
        return self.pulumi.read(self.resource, self.id, self.inputs, self.outputs)

    def change(self) -> None:
        """An update to the case's changed inputs; they never force a replacement."""
        self.given = {**self.given, **self.case.change}
        new = self.checked(self.given)
        planned = self.pulumi.diff(self.resource, self.id, self.inputs, self.outputs, new)
        assert list(planned.replaces) == []
        assert set(planned.diffs) == set(self.case.change)
        self.outputs = self.pulumi.update(self.resource, self.id, self.inputs, self.outputs, new)
        self.inputs = new

    def said(self) -> set[str]:
        """The outputs that the type itself reports, None included."""
        plain = {name: value for name, value in self.given.items() if value is not None}
        state = SNOWFLAKE_TYPES[self.case.token].read(self.ground.session, self.id, plain)
        assert state is not None
        return set(state.outputs)

    def delete(self) -> None:
        """A destroy."""
        self.pulumi.delete(self.resource, self.id, self.inputs, self.outputs)

    def seen(self) -> Any:
        """What the witness sees, ``~`` standing for the ground's name again."""
        found = self.case.pick(self.ground.run(self.case.seen))
        return tuple(map(self._named, found)) if isinstance(found, tuple) else found

    def _named(self, value: Any) -> Any:
        return value.replace(self.ground.name, "~") if isinstance(value, str) else value


def revealed(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Wire values without the marks of secrets."""
    return {name: value["value"] if is_secret(value) else value for name, value in inputs.items()}


def says(whole: Any, part: Any) -> bool:
    """Whether a value holds everything of another: names with or without quotes, sizes in any spelling."""
    match part:
        case dict():
            return all(
                says((whole or {}).get(name), value) for name, value in part.items() if name[:2] != "__"
            )
        case [dict(), *_]:
            return len(whole or []) == len(part) and all(map(says, whole, part))
        case list():
            return sorted(map(str, whole or [])) == sorted(map(str, part))
        case str():
            return _plain(str(whole)) == _plain(part)
        case _:
            return bool(whole == part or (whole is None and not part))


def _plain(text: str) -> str:
    return text.replace('"', "").replace("-", "")


def test_every_materialised_type_has_a_case() -> None:
    """A new type without a lifecycle test fails here."""
    assert {case.token for case in CASES} == set(SNOWFLAKE_TYPES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: Case, ground: Ground, pulumi: Engine) -> None:
    """Created, refreshed without false drift, updated, drifted, mended, deleted, deleted again."""
    before = case.pick(ground.run(case.seen)) if "ON ACCOUNT" in case.seen else None
    life = Life(case, ground, pulumi)
    if case.id:
        assert life.id == case.id.replace("~", ground.name)
    assert life.seen() == case.first
    assert COMPUTED[case.token] <= life.said() <= DECLARED[case.token]
    assert revealed(life.read().inputs) == life.inputs
    if case.change:
        life.change()
        assert life.seen() == case.second
        assert revealed(life.read().inputs) == life.inputs
    if case.drift:
        life_is_mended_after_drift(life)
    life.delete()
    assert life.seen() != case.first
    if case.absent:
        assert before is None or case.pick(ground.run(case.seen)) == before
    life.delete()


def life_is_mended_after_drift(life: Life) -> None:
    """A refresh shows what somebody changed; an update to the program's inputs takes it back."""
    seen, wanted = life.seen(), life.inputs
    life.ground.run(life.case.drift)
    shown = life.read()
    assert {name: shown.outputs.get(name) for name in life.case.drifted} == life.case.drifted
    assert shown.inputs != wanted
    planned = life.pulumi.diff(life.resource, life.id, shown.inputs, shown.outputs, wanted)
    assert set(planned.diffs) == set(life.case.drifted)
    life.outputs = life.pulumi.update(life.resource, life.id, shown.inputs, shown.outputs, wanted)
    assert life.seen() == seen


@pytest.mark.parametrize("case", CASES, ids=str)
def test_import(case: Case, ground: Ground, pulumi: Engine) -> None:
    """From the id alone comes what a program says, beside what Snowflake fills in."""
    life = Life(case, ground, pulumi)
    found = pulumi.read(life.resource, life.id)
    assert found.id == life.id
    wanted = {name: value for name, value in life.inputs.items() if name not in case.not_imported}
    assert says({**found.outputs, **found.inputs}, wanted), found
    life.delete()


@pytest.mark.parametrize("case", [case for case in CASES if case.absent], ids=str)
def test_what_does_not_exist_reads_as_absent(case: Case, ground: Ground, pulumi: Engine) -> None:
    """An import of a wrong id, and a refresh after somebody dropped it."""
    absent = case.absent.replace("~", ground.name)
    assert pulumi.read(Resource(case.token, "res"), absent).id == ""
