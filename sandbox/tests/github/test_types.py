"""Every materialised type of pulumi-github through its whole life, between the engine and REST."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from slipway_sandbox.provider.contract import Session
from slipway_sandbox.provider.github import GITHUB_INVOKES, GITHUB_TYPES
from slipway_sandbox.provider.schema import load
from tests.github import cases, cases_people
from tests.github.case import Case, Ground
from tests.github.conftest import OWNER, Server
from tests.provider.engine import Engine, Reading, Resource, engine, is_secret

SCHEMA = load("github")
DECLARED = {token: set(SCHEMA.resource(token).properties) for token in GITHUB_TYPES}
COMPUTED = {
    token: {name for name, prop in SCHEMA.resource(token).properties.items() if prop.role.is_computed}
    for token in GITHUB_TYPES
}
"""What a type must report, be it as None: the core would invent an output that it leaves out."""

CASES = (*cases.CASES, *cases_people.CASES)


@pytest.fixture(scope="session")
def pulumi(server: Server, session: Session) -> Iterator[Engine]:
    """The engine's side of the provider, configured for this GitHub."""
    session.world.save()
    settings = {"token": server.token, "owner": OWNER}
    with engine("github", server.home, settings=settings, types=GITHUB_TYPES, invokes=GITHUB_INVOKES) as made:
        yield made


@pytest.fixture
def ground(server: Server, session: Session, repository: str) -> Ground:
    """A repository to work in."""
    return Ground(server=server, session=session, repository=repository)


class Life:
    """One resource of a case, and what REST shows of it."""

    def __init__(self, case: Case, ground: Ground, pulumi: Engine) -> None:
        self.case, self.ground, self.pulumi = case, ground, pulumi
        self.resource = Resource(case.token, "res")
        self.inputs = self.checked(case.inputs(ground))
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
        new = self.checked(self.case.inputs_without_new_ground(self.inputs) | dict(self.case.change))
        planned = self.pulumi.diff(self.resource, self.id, self.inputs, self.outputs, new)
        assert (set(planned.diffs), list(planned.replaces)) == (set(self.case.change), [])
        self.outputs = self.pulumi.update(self.resource, self.id, self.inputs, self.outputs, new)
        self.inputs = new

    def said(self) -> set[str]:
        """The outputs that the type itself reports, None included."""
        plain = self.case.inputs_without_new_ground(self.inputs)
        state = GITHUB_TYPES[self.case.token].read(self.ground.session, self.id, plain)
        assert state is not None
        return set(state.outputs)

    def delete(self) -> None:
        """A destroy."""
        self.pulumi.delete(self.resource, self.id, self.inputs, self.outputs)

    def seen(self) -> Any:
        """What REST shows."""
        return self.case.pick(self.ground.rest("GET", self.filled(self.case.path)))

    def filled(self, text: str) -> str:
        """A template of the case with this resource's names."""
        return text.format(
            id=self.id,
            name=self.ground.name,
            number=self.id.rpartition(":")[2],
            team=self.inputs.get("teamId", ""),
            sha=self.outputs.get("sha", ""),
        )

    def drift(self) -> None:
        """Let somebody else change the object."""
        assert self.case.drift is not None
        method, path, body = self.case.drift
        fields = {name: self.filled(v) if isinstance(v, str) else v for name, v in body.items()}
        self.ground.rest(method, self.filled(path), **fields)


def revealed(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Wire values without the marks of secrets."""
    return {name: value["value"] if is_secret(value) else value for name, value in inputs.items()}


def says(whole: Any, part: Any) -> bool:
    """Whether a value holds everything of another; lists in any order, empty counts as absent."""
    match part:
        case dict():
            return all(
                says((whole or {}).get(name), value) for name, value in part.items() if name[:2] != "__"
            )
        case list():
            found = whole or []
            return len(found) == len(part) and all(any(says(a, b) for a in found) for b in part)
        case _:
            return bool(whole == part or (whole is None and not part))


def test_every_materialised_type_has_a_case() -> None:
    """A new type without a lifecycle test fails here."""
    assert {case.token for case in CASES} == set(GITHUB_TYPES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.type)
def test_lifecycle(case: Case, ground: Ground, pulumi: Engine) -> None:
    """Created, refreshed without false drift, updated, drifted, deleted, absent."""
    life = Life(case, ground, pulumi)
    if case.id:
        assert life.id == life.filled(case.id)
    assert life.seen() == case.first
    assert COMPUTED[case.token] <= life.said() <= DECLARED[case.token]
    assert revealed(life.read().inputs) == life.inputs
    if case.change:
        life.change()
        assert life.seen() == case.second
        assert revealed(life.read().inputs) == life.inputs
    if case.drift is not None:
        life.drift()
        shown = life.read()
        assert {name: shown.outputs.get(name) for name in case.drifted} == case.drifted
        assert shown.inputs != life.inputs
    life.delete()
    if not case.stays:
        assert life.read().id == ""
    life.delete()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.type)
def test_import(case: Case, ground: Ground, pulumi: Engine) -> None:
    """From the id alone comes what a program says, beside what GitHub fills in."""
    life = Life(case, ground, pulumi)
    imported_by = life.filled(case.import_id) if case.import_id else life.id
    found = pulumi.read(life.resource, imported_by)
    assert found.id == life.id
    wanted = {name: value for name, value in life.inputs.items() if name not in case.not_imported}
    assert says({**found.outputs, **found.inputs}, wanted), found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.type)
def test_what_does_not_exist_reads_as_absent(case: Case, pulumi: Engine) -> None:
    """An import of a wrong id, and a refresh after somebody deleted the repository."""
    assert pulumi.read(Resource(case.token, "res"), case.absent_id).id == ""
