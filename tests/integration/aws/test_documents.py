"""Environment documents: each version once, each after the one before."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from slipway.adapters.aws import DynamoDocuments
from slipway.attest import digest_of
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.parts import PartId
from slipway.ports.documents import VersionTaken

pytestmark = pytest.mark.integration
FIRST = EnvironmentDocument(environment=Environment.DEV, version=1, entries=(), deployment="bootstrap")


def _next(document: EnvironmentDocument, deployment: str) -> EnvironmentDocument:
    entry = Entry(
        part=PartId.parse("settlements/dbt"),
        artifact=digest_of(deployment.encode()),
        release=None,
        commit="abc",
    )
    return document.with_entries([entry], deployment=deployment)


def test_what_was_written_is_read(documents: DynamoDocuments) -> None:
    """The newest, and every version before it; of another environment nothing."""
    second = _next(FIRST, "dev-1")
    assert documents.newest(Environment.DEV) is None
    documents.add(FIRST)
    documents.add(second)
    assert documents.newest(Environment.DEV) == second
    assert documents.version(Environment.DEV, 1) == FIRST
    assert documents.version(Environment.DEV, 3) is None
    assert documents.newest(Environment.PROD) is None


def test_the_highest_version_is_the_newest_beyond_nine(documents: DynamoDocuments) -> None:
    """As text, version 9 would come after version 10."""
    document = FIRST
    documents.add(document)
    for number in range(2, 12):
        document = _next(document, f"dev-{number}")
        documents.add(document)
    newest = documents.newest(Environment.DEV)
    assert newest is not None
    assert newest.version == 11


def test_of_two_deployments_one_writes_the_next_version(documents: DynamoDocuments) -> None:
    """The other has to read again: it would undo what the first has deployed."""
    documents.add(FIRST)

    def attempt(number: int) -> bool:
        try:
            documents.add(_next(FIRST, f"dev-{number}"))
        except VersionTaken:
            return False
        return True

    with ThreadPoolExecutor(8) as many:
        assert sum(many.map(attempt, range(16))) == 1


def test_a_version_that_is_taken_names_what_to_do(documents: DynamoDocuments) -> None:
    """The same document again is no error: the answer of the first write may have been lost."""
    documents.add(FIRST)
    documents.add(_next(FIRST, "dev-1"))
    documents.add(_next(FIRST, "dev-1"))
    with pytest.raises(VersionTaken) as taken:
        documents.add(_next(FIRST, "dev-2"))
    assert taken.value.message == (
        "dev's environment document 2 cannot be written: the newest is no longer 1"
    )
    assert "run the command again" in taken.value.remedy


def test_no_version_without_the_one_before(documents: DynamoDocuments) -> None:
    """A gap would hide what was deployed in between."""
    documents.add(FIRST)
    with pytest.raises(VersionTaken):
        documents.add(_next(_next(FIRST, "dev-1"), "dev-2"))
    assert documents.newest(Environment.DEV) == FIRST
