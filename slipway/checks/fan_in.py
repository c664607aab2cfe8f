"""Fan-in: from the evidence of all shards to that of the whole check. Pure.

A shard proves only its own part: that nothing is missing and nothing was done twice follows from what the
shards say that their work was, not from how many there are.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from slipway.checks.division import selection_of
from slipway.checks.names import CheckName
from slipway.model.counted import counted
from slipway.model.errors import SlipwayError
from slipway.model.evidence import CheckOutcome, CheckResult, CheckRun, CheckShard
from slipway.model.shard import Shard

_AGAIN: Final = "run every shard again on the same commit, with the same base and the same version of slipway"
_WORST_FIRST: Final = (CheckResult.FAILED, CheckResult.UNJUDGED, CheckResult.PASSED)


class ShardMissing(SlipwayError):  # noqa: N818 - it says what is the case
    """Shards of which nothing is known."""


class ShardUnfinished(SlipwayError):  # noqa: N818 - it says what is the case
    """A shard that does not say how all of its work ended."""


class ShardsDiffer(SlipwayError):  # noqa: N818 - it says what is the case
    """Shards that are no parts of one whole."""


def missing_of(shards: Iterable[CheckShard], of: int) -> tuple[Shard, ...]:
    """Name the shards that are not there.

    Args:
        shards: those that are.
        of: how many there have to be.
    """
    there = {each.shard.number for each in shards}
    return tuple(Shard(number=number, of=of) for number in range(1, of + 1) if number not in there)


def fan_in(shards: Iterable[CheckShard], of: int) -> CheckRun:
    """Join shards.

    Args:
        shards: in any order.
        of: how many there have to be.

    Returns:
        What one check of everything would have found.

    Raises:
        ShardMissing: one is not there.
        ShardUnfinished: one has a check in its work, and no outcome of it.
        ShardsDiffer: they are of different trees, or no division of one work.
    """
    ordered = sorted(shards, key=lambda each: each.shard.number)
    for each in ordered:
        if each.shard.of != of:
            remedy = f"bring the {counted(of, 'shard')} that slipway check --shard I/{of} wrote"
            raise ShardsDiffer(f"shard {each.shard} is none of {of}", remedy=remedy)
    if missing := missing_of(ordered, of):
        named = ", ".join(map(str, missing))
        which = "shard" if len(missing) == 1 else "shards"
        raise ShardMissing(
            f"{which} {named} missing: a part of the checks is no evidence",
            remedy=f"run slipway check --shard {missing[0]} at the same commit and base",
        )
    for one, other in pairwise(ordered):
        _refuse_other(one, other)
    _refuse_no_division(ordered)
    for each in ordered:
        _refuse_unfinished(each)
    first = ordered[0].run
    return CheckRun(
        tree=first.tree,
        commit=first.commit,
        base=first.base,
        impact=first.impact,
        outcomes=tuple(_outcomes(ordered)),
        began=min(each.run.began for each in ordered),
        ended=max(each.run.ended for each in ordered),
    )


def _refuse_other(one: CheckShard, other: CheckShard) -> None:
    if one.shard == other.shard:
        raise ShardsDiffer(f"shard {one.shard} is there twice", remedy="bring the later one alone")
    for what, here, there in (
        ("of tree", one.run.tree, other.run.tree),
        ("of commit", one.run.commit, other.run.commit),
        ("compared with", one.run.base, other.run.base),
    ):
        if here != there:
            message = f"shard {one.shard} is {what} {here[:12]}, shard {other.shard} is {what} {there[:12]}"
            raise ShardsDiffer(message, remedy=_AGAIN)
    if (one.selection, one.run.impact) != (other.selection, other.run.impact):
        raise ShardsDiffer(f"shards {one.shard} and {other.shard} are parts of different work", remedy=_AGAIN)


def _refuse_no_division(shards: Sequence[CheckShard]) -> None:
    work = Counter(name for each in shards for name in each.work)
    twice = sorted(name for name, times in work.items() if times > 1)
    if twice:
        raise ShardsDiffer(f"more than one shard was to do {twice[0]!r}", remedy=_AGAIN)
    if selection_of(work) != shards[0].selection:
        raise ShardsDiffer("what the shards did together is not all of the work", remedy=_AGAIN)


def _refuse_unfinished(one: CheckShard) -> None:
    """Work of which nobody says how it ended would be missing in the whole as if nothing had needed it."""
    told = {outcome.check for outcome in one.run.outcomes}
    silent = sorted({each.partition(" ")[0] for each in one.work} - told)
    if silent:
        named = ", ".join(silent)
        remedy = f"run slipway check --shard {one.shard} again at the same commit and base"
        raise ShardUnfinished(
            f"shard {one.shard} was to run {named}, and does not say how that ended", remedy=remedy
        )


def _outcomes(shards: Sequence[CheckShard]) -> Iterable[CheckOutcome]:
    everything = [outcome for each in shards for outcome in each.run.outcomes]
    parts = ([outcome for outcome in everything if outcome.check == name] for name in CheckName)
    return (_whole(of_check) for of_check in parts if of_check)


def _whole(parts: Sequence[CheckOutcome]) -> CheckOutcome:
    """A check ends as its worst part does, and takes as long as its longest."""
    findings = {finding for part in parts for finding in part.findings}
    return CheckOutcome(
        check=parts[0].check,
        result=min((part.result for part in parts), key=_WORST_FIRST.index),
        tool=", ".join(sorted({part.tool for part in parts if part.tool})),
        subjects=tuple(sorted({subject for part in parts for subject in part.subjects})),
        findings=tuple(sorted(findings, key=lambda each: (each.file, each.line, each.rule, each.message))),
        seconds=max(part.seconds for part in parts),
    )
