"""All shards of one work are one check; anything else is refused by name."""

from datetime import timedelta

import pytest

from slipway.checks.division import selection_of
from slipway.checks.fan_in import ShardMissing, ShardsDiffer, ShardUnfinished, fan_in
from slipway.model.evidence import CheckOutcome, CheckResult, CheckShard, Finding, Severity
from slipway.model.shard import Shard
from tests.doubles.releases import NOW, check_run

FIRST, SECOND = ("ruff a.py", "sqlfluff a.sql"), ("sqlfluff b.sql",)
ALL_WORK = (*FIRST, *SECOND)


def outcome(
    check: str, result: CheckResult = CheckResult.PASSED, *findings: Finding, **changes: object
) -> CheckOutcome:
    """How a check ended."""
    made = CheckOutcome(check=check, result=result, tool="tool 1", subjects=(), findings=findings, seconds=1)
    return made.model_copy(update=changes)


def finding(file: str) -> Finding:
    """Something found."""
    return Finding(rule="LT01", severity=Severity.ERROR, file=file, line=3, message="spaces", remedy="fix it")


def passed(*work: str) -> tuple[CheckOutcome, ...]:
    """An outcome of each check in the work."""
    return tuple(outcome(check) for check in sorted({each.partition(" ")[0] for each in work}))


def shard(
    number: int, work: tuple[str, ...], *outcomes: CheckOutcome, of: int = 2, **changes: object
) -> CheckShard:
    """A shard of the work above, all of it passed where no outcomes are named; `changes` are of its run."""
    run = check_run().model_copy(update={"outcomes": outcomes or passed(*work)} | changes)
    return CheckShard(shard=Shard(number=number, of=of), selection=selection_of(ALL_WORK), work=work, run=run)


ONE = shard(1, FIRST, outcome("ruff"), outcome("sqlfluff", subjects=("a.sql",)))
TWO = shard(2, SECOND, outcome("sqlfluff", subjects=("b.sql",)))


def test_shards_are_one_check_in_any_order() -> None:
    """Its outcomes are in the order of reports, and have what each shard looked at."""
    run = fan_in([TWO, ONE], 2)
    assert run.passed
    assert [(each.check, each.subjects) for each in run.outcomes] == [
        ("ruff", ()),
        ("sqlfluff", ("a.sql", "b.sql")),
    ]
    assert (run.tree, run.base, run.commit) == (ONE.run.tree, ONE.run.base, ONE.run.commit)


@pytest.mark.parametrize(
    ("here", "there", "whole"),
    [
        (CheckResult.PASSED, CheckResult.FAILED, CheckResult.FAILED),
        (CheckResult.PASSED, CheckResult.UNJUDGED, CheckResult.UNJUDGED),
        (CheckResult.UNJUDGED, CheckResult.FAILED, CheckResult.FAILED),
    ],
)
def test_a_check_ends_as_its_worst_part(here: CheckResult, there: CheckResult, whole: CheckResult) -> None:
    """Whichever shard that was; all findings are there, sorted, and the same one once."""
    one = shard(1, FIRST, outcome("ruff"), outcome("sqlfluff", here, finding("b.sql"), seconds=4.0))
    two = shard(2, SECOND, outcome("sqlfluff", there, finding("a.sql"), finding("b.sql")))
    for shards in ([one, two], [two, one]):
        ruff, sqlfluff = fan_in(shards, 2).outcomes
        assert (ruff.result, sqlfluff.result) == (CheckResult.PASSED, whole)
        assert [each.file for each in sqlfluff.findings] == ["a.sql", "b.sql"]
        assert sqlfluff.seconds == 4.0


def test_the_whole_lasted_from_the_first_to_the_last() -> None:
    """Shards need not begin together."""
    late = shard(2, SECOND, began=NOW + timedelta(minutes=1), ended=NOW + timedelta(minutes=3))
    run = fan_in([ONE, late], 2)
    assert (run.began, run.ended) == (NOW, NOW + timedelta(minutes=3))


@pytest.mark.parametrize(
    ("shards", "of", "message"),
    [
        ([ONE], 2, "shard 2/2 missing: a part of the checks is no evidence"),
        ([TWO], 2, "shard 1/2 missing: a part of the checks is no evidence"),
        ([], 3, "shards 1/3, 2/3, 3/3 missing: a part of the checks is no evidence"),
    ],
)
def test_a_missing_shard_is_named(shards: list[CheckShard], of: int, message: str) -> None:
    """However well the others did."""
    with pytest.raises(ShardMissing) as caught:
        fan_in(shards, of)
    assert caught.value.message == message
    assert caught.value.remedy.startswith("run slipway check --shard ")


@pytest.mark.parametrize(
    ("told", "silent"),
    [
        ((outcome("ruff"),), "sqlfluff"),
        ((outcome("sqlfluff"),), "ruff"),
        ((outcome("dbt-parse"),), "ruff, sqlfluff"),
    ],
)
def test_a_shard_that_does_not_say_how_its_work_ended_is_refused(
    told: tuple[CheckOutcome, ...], silent: str
) -> None:
    """Also where another shard has told of the same check: that was of other files."""
    with pytest.raises(ShardUnfinished) as caught:
        fan_in([shard(1, FIRST, *told), TWO], 2)
    assert caught.value.message == f"shard 1/2 was to run {silent}, and does not say how that ended"
    assert caught.value.remedy == "run slipway check --shard 1/2 again at the same commit and base"


@pytest.mark.parametrize(
    ("shards", "of", "message"),
    [
        ([ONE, TWO], 3, "shard 1/2 is none of 3"),
        ([ONE, ONE, TWO], 2, "shard 1/2 is there twice"),
        ([ONE, TWO, TWO], 2, "shard 2/2 is there twice"),
        (
            [ONE, shard(2, SECOND, tree="2" * 40)],
            2,
            f"shard 1/2 is of tree {ONE.run.tree[:12]}, shard 2/2 is of tree 222222222222",
        ),
        (
            [ONE, shard(2, SECOND, base="3" * 40)],
            2,
            f"shard 1/2 is compared with {ONE.run.base[:12]}, shard 2/2 is compared with 333333333333",
        ),
        (
            [ONE, shard(2, SECOND, commit="4" * 40)],
            2,
            f"shard 1/2 is of commit {ONE.run.commit[:12]}, shard 2/2 is of commit 444444444444",
        ),
        ([ONE, shard(2, SECOND, impact=("x",))], 2, "shards 1/2 and 2/2 are parts of different work"),
        (
            [ONE, TWO.model_copy(update={"selection": selection_of(SECOND)})],
            2,
            "shards 1/2 and 2/2 are parts of different work",
        ),
        ([ONE, shard(2, ())], 2, "what the shards did together is not all of the work"),
        ([ONE, shard(2, FIRST)], 2, "more than one shard was to do 'ruff a.py'"),
    ],
)
def test_shards_that_are_no_division_are_refused(shards: list[CheckShard], of: int, message: str) -> None:
    """So many shards are not yet all of the work."""
    with pytest.raises(ShardsDiffer) as caught:
        fan_in(shards, of)
    assert caught.value.message == message
