"""Rebuilds a large table by a release and in place, in pairs that alternate."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.check.scenario import settings_of
from bench.progress import say
from bench.publish.production import ENVIRONMENT, Production
from bench.snowflake.servers import ours
from bench.spread import spread
from slipway.adapters.snowflake import snowflake_warehouse
from slipway.model.deployment import Purpose, deployment_id
from slipway.model.query_tag import QueryTag
from slipway.ports.warehouse import Statements
from slipway.rollout.plan import build_rollout
from slipway.rollout.planned import Plan
from slipway.stages import Completed


@dataclass(frozen=True, kw_only=True)
class Rebuild:
    """One rebuild of the tables.

    Attributes:
        seconds: wall clock.
        statements: seconds that Snowflake worked on statements, by its own history.
        stages: seconds of each kind of stage; empty for a rebuild in place.
    """

    seconds: float
    statements: float
    stages: dict[str, float] = field(default_factory=dict)


def publish_tables(pairs: int, rows: int, scratch: Path) -> str:
    """Measure and return the tables as Markdown.

    Args:
        pairs: how often each way is gone.
        rows: of the large table, a power of ten.
        scratch: an empty folder.
    """
    with ours(scratch) as server:
        settings = settings_of(server)
        session = snowflake_warehouse(settings, QueryTag(environment=ENVIRONMENT, stage="survey"))
        here = Production(warehouse=session, settings=settings, scratch=scratch)
        say(f"filling {rows:,} rows")
        here.bring_up(rows)
        released, plain = _pairs(here, pairs)
        session.close()
    return rebuild_tables(rows, released, plain)


def rebuild_tables(rows: int, released: Sequence[Rebuild], plain: Sequence[Rebuild]) -> str:
    """Write what was measured; the n-th of both were taken one after the other.

    Args:
        rows: of the large table.
        released: by releases.
        plain: in place.
    """
    figures: dict[str, Callable[[Rebuild], float]] = {
        "seconds until it is published": lambda each: each.seconds,
        "of these, in statements": lambda each: each.statements,
    }
    lines = [
        f"| {rows:,} rows | write-audit-publish | rebuilt in place | ratio (spread) |",
        "|---|---|---|---|",
        *(_row(name, [*map(of, released)], [*map(of, plain)]) for name, of in figures.items()),
        "",
        "| write-audit-publish, stage by stage | seconds (spread) |",
        "|---|---|",
        *(
            f"| {kind} | {spread([each.stages[kind] for each in released], 1)} |"
            for kind in released[0].stages
        ),
    ]
    return "\n".join(lines)


def _row(name: str, ours_: Sequence[float], plain: Sequence[float]) -> str:
    ratios = [one / other for one, other in zip(ours_, plain, strict=True)]
    return f"| {name} | {median(ours_):.1f} | {median(plain):.1f} | {spread(ratios, 2)} |"


def _pairs(here: Production, pairs: int) -> tuple[list[Rebuild], list[Rebuild]]:
    """Who begins alternates, so that a slow minute falls on both."""
    released: list[Rebuild] = []
    plain: list[Rebuild] = []
    for number in range(1, pairs + 1):
        say(f"pair {number} of {pairs}")
        if number % 2:
            released.append(_released(here, number))
        plain.append(_in_place(here, number))
        if not number % 2:
            released.append(_released(here, number))
    return released, plain


def _released(here: Production, number: int) -> Rebuild:
    release = here.release(number)
    at, began = datetime.now(UTC), time.perf_counter()
    facts = here.survey.facts(ENVIRONMENT, release, attempt=1)
    surveyed = time.perf_counter() - began
    plan = Plan(
        purpose=Purpose.DEPLOY,
        release=release.digest,
        pipelines=facts.touched,
        stages=build_rollout(facts),
    )
    id_ = deployment_id(ENVIRONMENT, Purpose.DEPLOY, release.digest, 1)
    outcome = here.deployments.begin(id_, ENVIRONMENT, plan)
    seconds = time.perf_counter() - began
    if not isinstance(outcome, Completed):
        raise SystemExit(f"the release did not come through: {outcome}")
    stages = {"survey": surveyed}
    for row in here.journal.rows(id_):
        kind = row.stage.partition(" ")[0]
        stages[kind] = stages.get(kind, 0.0) + (row.at - row.began).total_seconds()
    return Rebuild(seconds=seconds, statements=_in_statements(here.warehouse, at), stages=stages)


def _in_place(here: Production, number: int) -> Rebuild:
    at, began = datetime.now(UTC), time.perf_counter()
    here.rebuild_in_place(str(number))
    seconds = time.perf_counter() - began
    return Rebuild(seconds=seconds, statements=_in_statements(here.warehouse, at))


def _in_statements(session: Statements, since: datetime) -> float:
    """Seconds of every statement that was begun since: nobody else is on this Snowflake."""
    asked = (
        "SELECT COALESCE(SUM(TOTAL_ELAPSED_TIME), 0) FROM SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY "
        f"WHERE START_TIME >= '{since.isoformat()}'::TIMESTAMP_TZ"
    )
    ((milliseconds,),) = session.run(asked, subject="bench").rows
    return float(str(milliseconds)) / 1000
