"""The ledger in S3 and DynamoDB.

An entry is written three times, in an order in which a crash leaves nothing wrong:

1. rows of the index, one for each thing that the entry is about; a row without its entry is passed over;
2. the locked copy in S3, on the condition that the key is free: this decides whose entry it is;
3. the item in DynamoDB, which is what is read. Whoever finds a copy without its item puts the item there.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from boto3.dynamodb.table import BatchWriter
from botocore.exceptions import ClientError

from slipway.adapters.aws.faults import asking, is_failed_condition
from slipway.adapters.aws.objects import S3ObjectStore
from slipway.attest import canonical, digest_of, entry_content, is_whole, read_document
from slipway.model.digest import Digest, DigestField
from slipway.model.events import Event
from slipway.model.frozen import Frozen
from slipway.ports.ledger import EntryChanged, LedgerEntry, LedgerStore, LedgerStoreError, SequenceTaken
from slipway.ports.objects import ObjectTaken

_CHAINS: Final = "chains"
"""The subject of the index under which every chain has a row."""

_BATCH: Final = 100  # keys in a BatchGetItem (DynamoDB API reference)


@dataclass(frozen=True, kw_only=True)
class LedgerPlace:
    """Names of the ledger's two tables.

    Attributes:
        entries: by chain and sequence.
        index: by subject and position.
    """

    entries: str
    index: str


class _Copy(Frozen):
    """The locked copy of an entry: the bytes that its digest is over."""

    chain: str
    sequence: int
    previous: DigestField
    event: dict[str, Any]


class DynamoLedger(LedgerStore):
    """The ledger of all environments, in the audit account.

    Args:
        client: of DynamoDB.
        place: its tables.
        copies: where the locked copies are; the bucket's default lock holds them.
    """

    def __init__(self, client: Any, place: LedgerPlace, copies: S3ObjectStore) -> None:
        self._client = client
        self._place = place
        self._copies = copies

    def append(self, entry: LedgerEntry) -> None:
        """Write an entry; the same entry again completes what was begun."""
        event = Event.model_validate_json(entry.event)
        self._add_index_rows(entry, event)
        content = entry_content(
            chain=entry.chain, sequence=entry.sequence, previous=entry.previous, event=entry.event
        )
        try:
            self._copies.create(_key(entry.chain, entry.sequence), content)
        except ObjectTaken as taken:
            self._put_item(self._copy_of(entry.chain, entry.sequence))
            raise SequenceTaken(
                f"entry {entry.sequence} of the ledger's chain {entry.chain} is somebody else's",
                remedy="read the chain's last entry and append after it",
            ) from taken
        self._put_item(entry)

    def last(self, chain: str) -> LedgerEntry | None:
        """Read the entry with the highest number."""
        with asking(LedgerStoreError, f"the ledger's chain {chain}"):
            answer = self._client.query(
                TableName=self._place.entries,
                KeyConditionExpression="chain = :chain",
                ExpressionAttributeValues={":chain": {"S": chain}},
                ScanIndexForward=False,
                Limit=1,
                ConsistentRead=True,
            )
        return next(map(_whole, map(_entry, answer["Items"])), None)

    def entries(self, chain: str, *, after: int = -1) -> tuple[LedgerEntry, ...]:
        """Read a chain, or what was added to it."""
        with asking(LedgerStoreError, f"the ledger's chain {chain}"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._place.entries,
                KeyConditionExpression="chain = :chain AND #sequence > :after",
                ExpressionAttributeNames={"#sequence": "sequence"},
                ExpressionAttributeValues={":chain": {"S": chain}, ":after": {"N": str(after)}},
                ConsistentRead=True,
            )
            return tuple(_entry(item) for page in pages for item in page["Items"])

    def copies(self, chain: str) -> Mapping[int, bytes]:
        """Read the locked copies of a chain: the first version of each."""
        found = self._copies.originals(f"{chain}/")
        return {int(key.rpartition("/")[2].removesuffix(".json")): found[key] for key in sorted(found)}

    def heads(self, name: str) -> Mapping[str, bytes]:
        """List the locked copies of the chains, and read the first version of each one's last."""
        found = self._copies.originals(name, only=_last_of_each)
        return {key.rpartition("/")[0]: content for key, content in found.items()}

    def about(self, subject: str) -> tuple[LedgerEntry, ...]:
        """Read the entries that the index names; rows whose entry was never written are passed over."""
        with asking(LedgerStoreError, f"the ledger's entries about {subject}"):
            rows = [row for row in self._rows(subject) if "sequence" in row]
            # Whoever lost a race for a place has left a row of that place too.
            places = {_place_of(row): {key: row[key] for key in ("chain", "sequence")} for row in rows}
            entries = map(_whole, map(_entry, self._get(list(places.values()))))
            found = {(entry.chain, entry.sequence): entry for entry in entries}
        named = ((found.get(_place_of(row)), row) for row in rows)
        return tuple(entry for entry, row in named if entry and entry.digest == row["digest"]["S"])

    def chains(self) -> tuple[str, ...]:
        """Read the names of all chains, by the index."""
        with asking(LedgerStoreError, "the ledger's chains"):
            return tuple(row["chain"]["S"] for row in self._rows(_CHAINS))

    def _add_index_rows(self, entry: LedgerEntry, event: Event) -> None:
        with (
            asking(LedgerStoreError, f"the index of the ledger's chain {entry.chain}"),
            BatchWriter(self._place.index, self._client) as rows,
        ):
            for row in _index_rows(entry, event):
                rows.put_item(Item=row)

    def _put_item(self, entry: LedgerEntry) -> None:
        """Put the item of a locked copy, which has decided what it is."""
        subject = f"entry {entry.sequence} of the ledger's chain {entry.chain}"
        with asking(LedgerStoreError, subject):
            try:
                self._client.put_item(
                    TableName=self._place.entries,
                    Item=_item(entry),
                    ConditionExpression="attribute_not_exists(digest) OR digest = :digest",
                    ExpressionAttributeValues={":digest": {"S": entry.digest}},
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise
                raise LedgerStoreError(
                    f"{subject} is another one in the table than in its locked copy",
                    remedy="somebody has changed the table: run slipway audit verify, and tell the auditor",
                ) from error

    def _copy_of(self, chain: str, sequence: int) -> LedgerEntry:
        content = self._copies.read(_key(chain, sequence)).content
        copy = read_document(content, _Copy)
        return LedgerEntry(
            chain=copy.chain,
            sequence=copy.sequence,
            previous=copy.previous,
            digest=digest_of(content),
            event=canonical(copy.event),
        )

    def _rows(self, subject: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._place.index,
            KeyConditionExpression="subject = :subject",
            ExpressionAttributeValues={":subject": {"S": subject}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]

    def _get(self, keys: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        table = self._place.entries
        for start in range(0, len(keys), _BATCH):
            wanted = {table: {"Keys": keys[start : start + _BATCH], "ConsistentRead": True}}
            while wanted:
                answer = self._client.batch_get_item(RequestItems=wanted)
                yield from answer["Responses"].get(table, ())
                wanted = answer.get("UnprocessedKeys", {})


def _key(chain: str, sequence: int) -> str:
    return f"{chain}/{sequence:09d}.json"


def _place_of(row: Mapping[str, Any]) -> tuple[str, int]:
    return row["chain"]["S"], int(row["sequence"]["N"])


def _last_of_each(keys: Collection[str]) -> Collection[str]:
    """The last key of each chain, of keys that are sorted."""
    return {key.rpartition("/")[0]: key for key in keys}.values()


def _index_rows(entry: LedgerEntry, event: Event) -> Iterable[dict[str, Any]]:
    position = (
        f"{event.at.astimezone(UTC).isoformat(timespec='microseconds')} {entry.chain} {entry.sequence:09d}"
    )
    place = {"chain": {"S": entry.chain}, "sequence": {"N": str(entry.sequence)}}
    for subject in event.about:
        yield {
            "subject": {"S": subject},
            "position": {"S": position},
            **place,
            "digest": {"S": entry.digest},
        }
    if entry.sequence == 0:
        yield {"subject": {"S": _CHAINS}, "position": {"S": entry.chain}, "chain": place["chain"]}


def _item(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "chain": {"S": entry.chain},
        "sequence": {"N": str(entry.sequence)},
        "previous": {"S": entry.previous},
        "digest": {"S": entry.digest},
        "event": {"S": entry.event.decode()},
    }


def _entry(item: Mapping[str, Any]) -> LedgerEntry:
    return LedgerEntry(
        chain=item["chain"]["S"],
        sequence=int(item["sequence"]["N"]),
        previous=Digest(item["previous"]["S"]),
        digest=Digest(item["digest"]["S"]),
        event=item["event"]["S"].encode(),
    )


def _whole(entry: LedgerEntry) -> LedgerEntry:
    """Return an entry whose digest was computed anew.

    Raises:
        EntryChanged: it is another one.
    """
    if not is_whole(**vars(entry)):
        raise EntryChanged(entry.chain, entry.sequence)
    return entry
