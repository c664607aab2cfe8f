"""in-toto statements: which bytes, what is said of them, by whom."""

import json

import pytest

from slipway.attest import (
    STATEMENT_PAYLOAD,
    PredicateType,
    Statement,
    Subject,
    canonical,
    digest_of,
    open_statement,
    seal,
)
from slipway.attest.faults import NotAStatement
from slipway.model.effects import Effects
from slipway.model.environment_document import EnvironmentDocument
from tests.doubles.local_signer import LocalSigner

SIGNER = LocalSigner()
ARTIFACT = digest_of(b"an artifact")
STATEMENT = Statement.of(
    PredicateType.RELEASE, Effects(effects=()), [Subject.of("settlements/dbt", ARTIFACT)]
)
STORED = seal(STATEMENT.payload(), STATEMENT_PAYLOAD, SIGNER)


def _opened(content: bytes, predicate: PredicateType = PredicateType.RELEASE) -> Statement:
    return open_statement(content, subject="the manifest", predicate_type=predicate, keys=[SIGNER.pinned])


def test_its_shape_is_the_frameworks() -> None:
    """in-toto attestation framework, Statement v1: other tools read it."""
    assert json.loads(STATEMENT.payload()) == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "settlements/dbt", "digest": {"sha256": ARTIFACT.removeprefix("sha256:")}}],
        "predicateType": "urn:slipway:predicate:release:v1",
        "predicate": {"effects": []},
    }


def test_it_is_read_back_with_its_predicate() -> None:
    """And it knows which bytes it is about."""
    statement = _opened(STORED)
    assert statement.says(Effects) == Effects(effects=())
    assert statement.is_about(ARTIFACT)
    assert not statement.is_about(digest_of(b"another"))


def test_a_statement_of_another_kind_is_refused() -> None:
    """A good checkpoint is no release."""
    with pytest.raises(NotAStatement, match="says urn:slipway:predicate:release:v1, not urn:slipway:"):
        _opened(STORED, PredicateType.CHECKPOINT)


@pytest.mark.parametrize(
    "payload",
    [
        b"text",
        json.dumps(json.loads(STATEMENT.payload())).encode(),
        canonical({**json.loads(STATEMENT.payload()), "_type": "https://in-toto.io/Statement/v0.1"}),
        canonical({**json.loads(STATEMENT.payload()), "predicateType": "https://slsa.dev/provenance/v1"}),
    ],
)
def test_a_signed_payload_that_is_no_statement_of_ours(payload: bytes) -> None:
    """A signature alone says nothing about the form."""
    with pytest.raises(NotAStatement, match="the manifest is signed and no statement"):
        _opened(seal(payload, STATEMENT_PAYLOAD, SIGNER))


def test_a_predicate_of_another_model_is_refused() -> None:
    """What is missing is named."""
    with pytest.raises(
        NotAStatement, match="predicate is no EnvironmentDocument: environment: Field required"
    ):
        _opened(STORED).says(EnvironmentDocument)
