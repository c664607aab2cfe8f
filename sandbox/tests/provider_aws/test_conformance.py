"""Every materialised type keeps the protocol's promises over gRPC, as recorded ones do, on a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from slipway_sandbox.provider import schema
from slipway_sandbox.provider.aws import AWS_TYPES
from slipway_sandbox.provider.values import Secret, encode
from tests.provider.conformance import Lifecycle, Server
from tests.provider.engine import UNKNOWN, Engine, Resource, plain, secret
from tests.provider.generated import Program
from tests.provider_aws.case import Bed, Case
from tests.provider_aws.test_lifecycle import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slipway_sandbox.provider.contract import Session

AWS = schema.load("aws")


@pytest.fixture
def bed(session: Session) -> Iterator[Bed]:
    """Ground that is cleared at the end."""
    ground = Bed(session)
    yield ground
    ground.clear()


def wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs as they are on the wire; those that are None are not there."""
    return plain(encode({name: value for name, value in values.items() if value is not None}))


def program_of(case: Case, pulumi: Engine, bed: Bed) -> Program:
    """The program of a case: what it changes (else its last input) is secret, another input is unknown."""
    given = case.inputs(bed)
    change = next(iter(case.change), "")
    hidden = change if change in given else list(given)[-1]
    inputs, failures = pulumi.check(Resource(case.token, "thing"), _hiding(given, hidden))
    assert failures == {}
    open_ = [name for name in given if name != hidden]
    unknown = {open_[-1]: UNKNOWN} if open_ else {hidden: secret(UNKNOWN)}
    return Program(
        inputs=inputs,
        unknown=inputs | unknown,
        changed=_hiding({**given, **case.change}, hidden),
        change=change,
        hidden=frozenset({hidden}),
    )


def _hiding(inputs: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The inputs on the wire, one of them secret."""
    return wire({**inputs, name: Secret(inputs[name])} if inputs[name] is not None else inputs)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.token)
def test_a_type_keeps_the_protocols_promises(case: Case, bed: Bed, pulumi: Engine) -> None:
    """Check, previews, create, read, no-op update, update, import, delete; a secret and an unknown in it."""
    server = Server(
        import_id=case.import_id,
        importable=case.importable,
        not_imported=case.not_imported,
        promised=frozenset({schema.Role.REQUIRED}),
        replace_on=AWS_TYPES[case.token].replace_on,
        stays=case.stays is not None,
        absent=case.absent,
        found_by_inputs=case.found_by_inputs,
    )
    given = program_of(case, pulumi, bed)
    assert Lifecycle(pulumi, AWS, case.token, given, server).violations() == []
