"""Two lanes side by side: files, and dbt. On two cores more of them would only take turns.

Lint and import take a few seconds of CPU each; dbt mostly waits for the warehouse. Each lane divides its own
work among the shards.

A check that breaks is a check that could not be judged; the others go on.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from slipway.checks.context import CheckContext, Tell
from slipway.checks.dbt_build import build
from slipway.checks.dbt_parse import ParsedProject, parse
from slipway.checks.dbt_shares import BUILDS, WHOLE_BUILD, Part, units_of
from slipway.checks.division import Division, Unit
from slipway.checks.file_checks import FILE_CHECKS
from slipway.checks.names import CheckName
from slipway.checks.outcomes import unjudged, unjudged_by
from slipway.checks.progress import Progress
from slipway.checks.select import impact_of
from slipway.checks.snowflake_access import SnowflakeAccess
from slipway.lineage.impact import Impact
from slipway.model.errors import SlipwayError
from slipway.model.evidence import CheckOutcome, CheckResult
from slipway.model.shard import Shard
from slipway.ports.revisions import Revisions

DBT: Final = (CheckName.DBT_PARSE, *BUILDS)
_PARSE: Final = Unit(work=((CheckName.DBT_PARSE, ""),), seconds=0)
"""Each shard parses, to know what there is to divide; one of them says what was found."""

Outcomes = tuple[CheckOutcome, ...]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What was done.

    Attributes:
        outcomes: of the shard's part.
        division: all of the work, and that part.
        impact: what the change can touch.
    """

    outcomes: Outcomes
    division: Division
    impact: Impact


@dataclass(frozen=True, kw_only=True)
class Lanes:
    """Checks of one run.

    Attributes:
        context: what every check is given.
        revisions: the repository.
        snowflake: the way to Snowflake, or why there is none.
        progress: is told how far they are.
        shard: whose part is done.
    """

    context: CheckContext
    revisions: Revisions
    snowflake: SnowflakeAccess | SlipwayError
    progress: Progress
    shard: Shard

    def run(self, names: Iterable[CheckName]) -> Done:
        """Run checks; whatever ends this thread's wait ends the tools too, and then the lanes."""
        wanted = tuple(names)
        with self._pool() as pool:
            files = self._file_work([n for n in wanted if n in FILE_CHECKS])
            linted: Future[list[CheckOutcome]] = pool.submit(self._files, files)
            dbt: Future[Done] = pool.submit(self._dbt, [n for n in wanted if n in DBT])
            # This thread is the one that hears an interrupt, so it waits inside the block.
            built = dbt.result()
            outcomes = (*linted.result(), *built.outcomes)
        return Done(outcomes=outcomes, division=files | built.division, impact=built.impact)

    @contextmanager
    def _pool(self) -> Iterator[ThreadPoolExecutor]:
        with ThreadPoolExecutor(max_workers=2, thread_name_prefix="check") as pool:
            try:
                yield pool
            except BaseException:
                self.context.tools.stop()
                raise

    def _file_work(self, names: list[CheckName]) -> Division:
        units = (unit for name in names for unit in FILE_CHECKS[name].units(name, self.context))
        return Division.of(units, self.shard)

    def _files(self, work: Division) -> list[CheckOutcome]:
        here = [name for name in FILE_CHECKS if work.has(name)]
        return [
            each
            for name in here
            for each in self._judged((name,), self._file_check(name, work.targets(name)))
        ]

    def _file_check(self, name: CheckName, targets: tuple[str, ...]) -> Callable[[Tell], Outcomes]:
        return lambda tell: (FILE_CHECKS[name].run(self.context, targets, tell),)

    def _dbt(self, names: list[CheckName]) -> Done:
        if not names or self.context.workspace is None:
            division = Division.of((Unit(work=((name, ""),), seconds=0) for name in names), self.shard)
            after = tuple(self._after_lint(name) for name in names if division.has(name))
            return Done(outcomes=after, division=division, impact=impact_of(self.context, None))
        kept: list[ParsedProject] = []
        read = self._judged((CheckName.DBT_PARSE,), lambda tell: self._parsed(tell, kept))
        parsed = kept[0] if kept else None
        impact = impact_of(self.context, parsed)
        division = Division.of((_PARSE, *self._build_work(names, parsed)), self.shard)
        mine = division.has(CheckName.DBT_PARSE)
        outcomes = [each for each in read if mine or each.result is CheckResult.UNJUDGED]
        if any(division.has(name) for name in BUILDS):
            outcomes += self._judged(BUILDS, lambda tell: self._built(parsed, impact, division, tell))
        return Done(outcomes=tuple(outcomes), division=division, impact=impact)

    def _parsed(self, tell: Tell, kept: list[ParsedProject]) -> Outcomes:
        usable = self.snowflake if isinstance(self.snowflake, SnowflakeAccess) else None
        outcome, parsed = parse(self.context, self.revisions, usable, tell)
        kept.append(parsed)
        return (outcome,)

    def _build_work(self, names: list[CheckName], parsed: ParsedProject | None) -> tuple[Unit, ...]:
        """What is built is known once dbt has read the project; as long as nothing is divided nobody asks."""
        if not set(names) & set(BUILDS):
            return ()
        if self.shard.is_all or parsed is None or parsed.head is None:
            return (WHOLE_BUILD,)
        return units_of(parsed, self.progress.of(CheckName.DBT_BUILD))

    def _built(
        self, parsed: ParsedProject | None, impact: Impact, division: Division, tell: Tell
    ) -> Outcomes:
        if parsed is None or parsed.head is None:
            message, remedy = "dbt cannot read the project", f"mend what {CheckName.DBT_PARSE} found first"
            return tuple(unjudged(name, message=message, remedy=remedy) for name in BUILDS)
        if isinstance(self.snowflake, SlipwayError):
            return tuple(unjudged_by(name, self.snowflake) for name in BUILDS)
        return build(self.context, parsed, impact, self.snowflake, Part.of(division), tell)

    def _after_lint(self, name: CheckName) -> CheckOutcome:
        message, remedy = "the catalog is wrong", f"mend what {CheckName.CATALOG_LINT} found first"
        outcome = unjudged(name, message=message, remedy=remedy)
        self.progress.ended(outcome)
        return outcome

    def _judged(self, names: tuple[CheckName, ...], run: Callable[[Tell], Outcomes]) -> list[CheckOutcome]:
        """Run one check, or those that are one command; what breaks it is a finding of it."""
        began = time.monotonic()
        try:
            outcomes = run(self.progress.of(names[-1]))
        except SlipwayError as error:
            outcomes = tuple(unjudged_by(name, error) for name in names)
        except Exception as error:  # noqa: BLE001 - a fault of one check's own must not take the others along
            outcomes = tuple(_crashed(name, error) for name in names)
        seconds = round(time.monotonic() - began, 3)
        timed = [outcome.model_copy(update={"seconds": seconds}) for outcome in outcomes]
        for outcome in timed:
            self.progress.ended(outcome)
        return timed


def _crashed(name: CheckName, error: Exception) -> CheckOutcome:
    message = f"the check itself failed: {type(error).__name__}: {error}"
    return unjudged(name, message=message[:600], remedy="run slipway -v check and report what it prints")
