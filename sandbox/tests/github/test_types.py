"""Every materialised type of pulumi-github through its whole life, watched by REST."""

from collections.abc import Mapping
from typing import Any

import pytest

from slipway_sandbox.provider.contract import Properties, Session, State
from slipway_sandbox.provider.github import GITHUB_TYPES
from slipway_sandbox.provider.schema import load
from slipway_sandbox.provider.settle import Settler
from tests.github import cases, cases_people
from tests.github.case import Case, Ground
from tests.github.conftest import Server

SCHEMA = load("github")
CASES = (*cases.CASES, *cases_people.CASES)


@pytest.fixture
def ground(server: Server, session: Session, repository: str) -> Ground:
    """The engineer's session, and a repository to work in."""
    return Ground(server=server, session=session, repository=repository)


class Life:
    """One resource of a case, and what REST shows of it."""

    def __init__(self, case: Case, ground: Ground) -> None:
        self.case, self.ground = case, ground
        self.type = GITHUB_TYPES[case.token]
        self.inputs = {name: value for name, value in case.inputs(ground).items() if value is not None}
        self.id = self.type.create(ground.session, "res", self.inputs).id
        self.settled = self.outputs()

    def read(self, inputs: Mapping[str, Any] | None = None) -> State | None:
        """The state as the provider reads it."""
        return self.type.read(self.ground.session, self.id, dict(self.inputs if inputs is None else inputs))

    def outputs(self) -> Properties:
        """The outputs of a resource that must exist; the id is the server's present one."""
        state = self.read()
        assert state is not None
        return state.outputs

    def change(self) -> None:
        """Update to the case's changed inputs."""
        old = self.inputs
        changed = old | dict(self.case.change)
        self.inputs = {name: value for name, value in changed.items() if value is not None}
        self.type.update(self.ground.session, self.id, old, self.inputs)
        self.settled = self.outputs()

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
            sha=self.outputs().get("sha", "") if "{sha}" in text else "",
        )

    def drift(self) -> None:
        """Let somebody else change the object."""
        assert self.case.drift is not None
        method, path, body = self.case.drift
        fields = {name: self.filled(v) if isinstance(v, str) else v for name, v in body.items()}
        self.ground.rest(method, self.filled(path), **fields)

    def refreshed(self, outputs: Properties) -> Properties:
        """The inputs after a refresh, as the core settles them."""
        return Settler(SCHEMA, SCHEMA.resource(self.case.token)).refreshed(self.inputs, self.settled, outputs)


def test_every_materialised_type_has_a_case() -> None:
    """A new type without a lifecycle test fails here."""
    assert {case.token for case in CASES} == set(GITHUB_TYPES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.type)
def test_lifecycle(case: Case, ground: Ground) -> None:
    """Created, read without false drift, updated, drifted, deleted, absent."""
    life = Life(case, ground)
    if case.id:
        assert life.id == life.filled(case.id)
    assert life.seen() == case.first
    outputs = life.outputs()
    assert set(outputs) <= set(SCHEMA.resource(case.token).properties)
    assert life.refreshed(outputs) == life.inputs
    if case.change:
        life.change()
        assert life.seen() == case.second
        assert life.refreshed(life.outputs()) == life.inputs
    if case.drift is not None:
        life.drift()
        shown = life.outputs()
        assert {name: shown[name] for name in case.drifted} == case.drifted
        assert life.refreshed(shown) != life.inputs
    life.type.delete(ground.session, life.id, life.inputs)
    if not case.stays:
        assert life.read() is None
    life.type.delete(ground.session, life.id, life.inputs)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.type)
def test_import(case: Case, ground: Ground) -> None:
    """From the id alone come the inputs that a program would write."""
    life = Life(case, ground)
    imported_by = life.filled(case.import_id) if case.import_id else life.id
    state = life.type.read(ground.session, imported_by, {})
    assert state is not None
    assert state.id == life.id
    settler = Settler(SCHEMA, SCHEMA.resource(case.token))
    known = {name: value for name, value in life.inputs.items() if name not in case.not_imported}
    assert settler.refreshed(known, state.outputs, state.outputs) == known


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.type)
def test_what_does_not_exist_reads_as_absent(case: Case, session: Session) -> None:
    """An import of a wrong id, and a refresh after somebody deleted the repository."""
    assert GITHUB_TYPES[case.token].read(session, id_of_nothing(case), {}) is None


def id_of_nothing(case: Case) -> str:
    """An id of the right form that leads nowhere."""
    special = {"RepositoryRuleset": "nowhere:1", "BranchProtection": "nowhere:main"}
    if case.type in special:
        return special[case.type]
    if case.type in {"TeamMembership", "TeamRepository"}:
        return "999999:nowhere"
    if case.type in {"Team", "TeamMembers", "OrganizationRuleset"}:
        return "999999"
    if case.type == "RepositoryEnvironmentDeploymentPolicy":
        return "nowhere:prod:1"
    return case.id.format(name="nowhere")
