"""Where check runs and their shards are: files that somebody brings, or the audit account."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from slipway.attest.canonical import read_value
from slipway.audit import EvidenceStore
from slipway.checks.fan_in import ShardsDiffer, fan_in
from slipway.cli.desk import Desk
from slipway.cli.named_files import read_file
from slipway.model.errors import SlipwayError
from slipway.model.events import Event, EventKind
from slipway.model.evidence import CheckRun, CheckShard
from slipway.ports.revisions import Revision

_READER: Final[TypeAdapter[CheckRun | CheckShard]] = TypeAdapter(CheckRun | CheckShard)


def read_evidence(file: Path) -> CheckRun | CheckShard:
    """Read what `slipway check --evidence` wrote, with or without `--shard`.

    Raises:
        FileUnreadable: it cannot be read.
        NotCanonical: it is no such document as slipway writes it.
    """
    return read_value(read_file(file), _READER, name="check run")


def brought_shards(files: Iterable[Path], head: Revision, base: Revision) -> tuple[CheckShard, ...]:
    """Read the shards of a change.

    Args:
        files: that `slipway check --shard I/N --evidence FILE` wrote.
        head: what was checked.
        base: what it was compared with.

    Raises:
        ShardsDiffer: one is no shard, or of something else.
    """
    shards = tuple(_shard_in(file) for file in files)
    for each in shards:
        if (each.run.tree, each.run.base) != (head.tree, base.commit):
            found = f"tree {each.run.tree[:12]} against {each.run.base[:12]}"
            wanted = f"tree {head.tree[:12]} against {base.commit[:12]}"
            raise ShardsDiffer(
                f"shard {each.shard} is of {found}, not of {wanted}",
                remedy=f"run slipway check --shard {each.shard} at {head.commit[:12]}",
            )
    return shards


def _shard_in(file: Path) -> CheckShard:
    found = read_evidence(file)
    if isinstance(found, CheckShard):
        return found
    remedy = "name the files that slipway check --shard I/N --evidence FILE wrote"
    raise ShardsDiffer(f"{file} holds a whole check run and no shard", remedy=remedy)


@dataclass(frozen=True)
class Batch:
    """Shards that belong together.

    Attributes:
        commit: what was checked.
        of: how many there have to be.
    """

    commit: str
    of: int


def recorded_shards(desk: Desk, tree: str, base: str) -> Mapping[Batch, tuple[CheckShard, ...]]:
    """Find the shards of a change that were recorded.

    Args:
        desk: where the evidence is.
        tree: what was checked.
        base: the commit that it was compared with.

    Returns:
        Of each shard the one that ended last, for a shard may be run again.
    """
    newest: dict[Batch, dict[int, CheckShard]] = {}
    for each in sorted(_recorded(desk, tree), key=lambda one: one.run.ended):
        if each.run.base == base:
            newest.setdefault(Batch(each.run.commit, each.shard.of), {})[each.shard.number] = each
    return {batch: tuple(shards[number] for number in sorted(shards)) for batch, shards in newest.items()}


@dataclass(frozen=True)
class Joined:
    """What recorded shards come to.

    Attributes:
        runs: those that are complete and passed.
        reasons: why others are not.
    """

    runs: tuple[CheckRun, ...]
    reasons: tuple[str, ...]


def joined_by_record(desk: Desk, tree: str, base: str) -> Joined:
    """Join what was recorded of a change; `recorded_shards` explains the arguments."""
    runs, reasons = [], []
    for batch, shards in recorded_shards(desk, tree, base).items():
        try:
            run = fan_in(shards, batch.of)
        except SlipwayError as error:
            reasons.append(error.message)
        else:
            runs += [run] if run.passed else []
    return Joined(tuple(runs), tuple(reasons))


def _recorded(desk: Desk, tree: str) -> Iterator[CheckShard]:
    store = EvidenceStore(desk.evidence, desk.clock)
    events = (Event.model_validate_json(entry.event) for entry in desk.ledger.about(tree))
    named = (digest for event in events if event.kind is EventKind.CHECKED for digest in event.evidence)
    for digest in dict.fromkeys(named):
        found = store.get(digest)
        if isinstance(found, CheckShard):
            yield found
