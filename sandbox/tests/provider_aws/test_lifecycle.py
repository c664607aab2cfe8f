"""Every materialised type lives its whole life on a server, and boto3 is the witness."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from slipway_sandbox.provider import schema
from slipway_sandbox.provider.aws import AWS_TYPES
from slipway_sandbox.provider.aws.target import is_absent
from tests.provider_aws.case import Bed, Case
from tests.provider_aws.cases_dynamodb import DYNAMODB
from tests.provider_aws.cases_iam import IAM
from tests.provider_aws.cases_messaging import MESSAGING
from tests.provider_aws.cases_monitoring import MONITORING
from tests.provider_aws.cases_network import NETWORK
from tests.provider_aws.cases_objects import OBJECTS
from tests.provider_aws.cases_runtimes import RUNTIMES
from tests.provider_aws.cases_services import SERVICES
from tests.provider_aws.cases_storage import STORAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slipway_sandbox.provider.contract import Properties, Session, State

AWS = schema.load("aws")
TOLD_ONCE = {"secret"}  # of an access key, at its creation
CASES = (*STORAGE, *OBJECTS, *DYNAMODB, *IAM, *MONITORING, *MESSAGING, *NETWORK, *SERVICES, *RUNTIMES)


@pytest.fixture
def bed(session: Session) -> Iterator[Bed]:
    """Ground that is cleared at the end."""
    ground = Bed(session)
    yield ground
    ground.clear()


def witnessed(case: Case, bed: Bed, id_: str) -> Any:
    """What boto3 sees; None when it sees nothing."""
    try:
        return case.seen(bed, id_)
    except ClientError as error:
        if not is_absent(error):
            raise
        return None


def read(case: Case, session: Session, id_: str, inputs: Properties) -> State:
    """The state, which must be there."""
    state = AWS_TYPES[case.token].read(session, id_, inputs)
    assert state is not None, f"{case.token} {id_} is not there"
    return state


def unsaid(token: str, outputs: Properties) -> set[str]:
    """Computed outputs of which a type does not even say that AWS has none: the core would invent them."""
    properties = AWS.resource(token).properties.items()
    computed = {name for name, prop in properties if prop.role.is_computed}
    return computed - outputs.keys() - TOLD_ONCE - {"region"}


def spoken(outputs: Properties, inputs: Properties) -> Properties:
    """What the outputs say of what the inputs name; fields that AWS fills inside blocks are left out."""
    return {key: _narrowed(outputs.get(key), value) for key, value in inputs.items()}


def meaning(value: Any) -> Any:
    """A value with the JSON documents in it parsed: AWS lays them out in its own way."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        return meaning(json.loads(value))
    if isinstance(value, dict):
        return {key: meaning(inner) for key, inner in value.items()}
    return [meaning(inner) for inner in value] if isinstance(value, list) else value


def _narrowed(found: Any, given: Any) -> Any:
    if isinstance(given, dict) and isinstance(found, dict):
        return {
            key: _narrowed(found.get(key), value) for key, value in given.items() if key in found or value
        }
    if isinstance(given, list) and isinstance(found, list):
        return [*map(_narrowed, found, given), *found[len(given) :]]
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.token)
def test_a_type_lives_its_life_on_the_server(case: Case, bed: Bed) -> None:
    """Create, read, import, update, drift, delete: each step is what boto3 sees."""
    session, kind = bed.session, AWS_TYPES[case.token]
    inputs = case.inputs(bed)
    created = kind.create(session, "case", inputs)
    state = read(case, session, created.id, inputs)
    assert spoken(state.outputs, inputs) == inputs
    assert unsaid(case.token, state.outputs) == set()
    assert read(case, session, created.id, inputs) == state
    assert witnessed(case, bed, created.id) is not None

    if case.importable:
        imported = read(case, session, case.import_id or created.id, {})
        known = {key: value for key, value in inputs.items() if key not in case.not_imported}
        assert meaning(spoken(imported.outputs, known)) == meaning(known)

    wanted = {**inputs, **case.change}
    if case.change:
        kind.update(session, created.id, inputs, wanted)
        expected = next(iter(case.change.values())) if case.as_seen == "" else case.as_seen
        assert witnessed(case, bed, created.id) == expected
        assert spoken(read(case, session, created.id, wanted).outputs, wanted) == wanted
    if case.drift:
        case.drift(bed, created.id)
        drifted = read(case, session, created.id, wanted).outputs
        assert meaning(spoken(drifted, dict(case.drifted))) == meaning(dict(case.drifted))

    kind.delete(session, created.id, wanted)
    assert witnessed(case, bed, created.id) == case.stays
    if case.stays is None:
        assert kind.read(session, created.id, wanted) is None
    kind.delete(session, created.id, wanted)


def test_every_type_has_a_case() -> None:
    """A type without a life here is not proven."""
    assert sorted(case.token for case in CASES) == sorted(AWS_TYPES)
