"""How a stored envelope is tampered with."""

import base64
import json
from dataclasses import replace

from slipway.attest import (
    STATEMENT_PAYLOAD,
    PredicateType,
    Statement,
    Subject,
    digest_of,
    digest_of_document,
    entry_content,
    seal,
)
from slipway.model.digest import hex_of
from slipway.model.evidence import Approval, Revocation
from slipway.ports.signer import Signer
from tests.doubles.records import MemoryLedger, MemoryObjects


def put_signed(objects: MemoryObjects, said: Approval | Revocation, signer: Signer) -> str:
    """Put a statement, well signed, below the id that it names itself: what its writer may do there.

    Returns:
        Its key.
    """
    kind = PredicateType.APPROVAL if isinstance(said, Approval) else PredicateType.REVOCATION
    statement = Statement.of(kind, said, [Subject.of("release", said.release)])
    name = f"{said.kind}-{hex_of(digest_of_document(said))}.json"
    key = f"approvals/{hex_of(said.release)}/{said.environment}/{said.approver.caller.user_id}/{name}"
    objects.create(key, seal(statement.payload(), STATEMENT_PAYLOAD, signer))
    return key


def edit(content: bytes, old: bytes, new: bytes) -> bytes:
    """Change the payload of an envelope that is otherwise well."""
    envelope = json.loads(content)
    payload = base64.b64decode(envelope["payload"])
    assert old in payload
    envelope["payload"] = base64.b64encode(payload.replace(old, new)).decode()
    return json.dumps(envelope, separators=(",", ":"), sort_keys=True).encode()


def rewrite(ledger: MemoryLedger, chain: str, sequence: int, old: str, new: str) -> None:
    """Change a text of an entry's event in the table."""
    entry = ledger.stored[chain, sequence]
    assert old.encode() in entry.event
    ledger.stored[chain, sequence] = replace(entry, event=entry.event.replace(old.encode(), new.encode()))


def rewrite_and_rehash(ledger: MemoryLedger, chain: str, sequence: int, old: str, new: str) -> None:
    """Change it, and write the digest that fits."""
    rewrite(ledger, chain, sequence, old, new)
    entry = ledger.stored[chain, sequence]
    content = entry_content(chain=chain, sequence=sequence, previous=entry.previous, event=entry.event)
    ledger.stored[chain, sequence] = replace(entry, digest=digest_of(content))


def lose(ledger: MemoryLedger, chain: str, sequence: int, *_: str) -> None:
    """Delete an entry from the table, and everything before it."""
    for number in range(sequence + 1):
        del ledger.stored[chain, number]
