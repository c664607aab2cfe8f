"""A release goes into an environment and comes back: rows, grants, views, entries, resources, DAGs."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import get_args

import pytest

from slipway.model.evidence import AuditRun, Verdict, VerdictResult
from slipway.model.snowflake_objects import Table
from slipway.ports.warehouse_errors import ChangesNotTracked
from slipway.ports.warehouse_results import ChangeCounts
from slipway.rollout.left_behind import ROWS, written_to
from slipway.rollout.plan import build_rollback, build_rollout
from slipway.rollout.publication import Publication
from slipway.rollout.stages import PLAN, ObserveRun, RolloutStage
from slipway.rollout.table import rollout_handlers
from slipway.stages import Completed, Outcome, Undone, explain
from tests.doubles.deployments import Fuse, Killed
from tests.doubles.memory_environment import DATABASE
from tests.doubles.memory_warehouse import AMOUNT
from tests.rollout.world import (
    ORDERS,
    VIEW_READERS,
    Code,
    World,
    promised_by_columns,
    promised_in_currencies,
    role_of,
)

OLD = Code()
NEW = Code(view="v2", dag="dag 2", entry="entry 2")
DOUBLED = Code(factor="* 2", view="v2", dag="dag 2", entry="entry 2")
REVENUE = Table.of(DATABASE, "MARTS", "REVENUE")
RISK = Table.of(DATABASE, "MARTS", "RISK")


def world(fuse: Fuse | None = None) -> World:
    """Revenue and risk run."""
    made = World(fuse or Fuse())
    at, made.fuse.at = made.fuse.at, None
    made.begin(revenue=OLD, risk=OLD)
    made.fuse.at = at
    return made


def test_every_kind_of_stage_has_one_handler() -> None:
    """A kind without a handler could be planned and never carried out."""
    union = get_args(get_args(RolloutStage)[0])
    kinds = {kind.model_fields["kind"].default for kind in union}
    assert rollout_handlers(world().engines).kinds == kinds
    assert len(kinds) == len(union)


def test_a_good_release_is_published_whole() -> None:
    """New rows, the old grants, the new view, resources and DAG; the old generation is kept; healthy."""
    it = world()
    it.warehouse.insert(Table.of(DATABASE, "RAW", "ORDERS"), 3, "2.00")
    outcome, facts = it.deploy("revenue", NEW)
    assert outcome == Completed()
    seen = it.seen
    assert it.rows("revenue") == {1: "10.00", 2: "20.00", 3: "2.00"}
    assert seen["owners"] == {str(REVENUE): role_of("revenue"), str(RISK): role_of("risk")}
    assert seen["view owners"][f"{DATABASE}.MARTS.REVENUE_MONTHLY"] == role_of("revenue")
    assert seen["grants"][str(REVENUE)] == frozenset({"READER"})
    assert seen["views"][f"{DATABASE}.MARTS.REVENUE_MONTHLY"] == "v2"
    assert seen["view grants"][f"{DATABASE}.MARTS.REVENUE_MONTHLY"] == VIEW_READERS
    assert seen["resources"] == {"revenue": b"entry 2", "risk": b"entry 1"}
    assert it.airflow.variables["snowflake_role_prefix"] == "FINEDGE_DEV_"
    assert seen["paused"] == {"revenue": False, "risk": False}
    assert seen["runs"] == ["slipway__dev-0123456789ab-1"]
    assert seen["marks"][str(REVENUE)] is None
    kept = it.warehouse.tables[str(facts.pipelines[0].relations[0].candidate)]
    assert kept.rows == {1: Decimal("10.00"), 2: Decimal("20.00")}
    assert kept.expiry is not None
    verdicts = [each for each in it.evidence.held.values() if isinstance(each, Verdict)]
    assert [each.result for each in verdicts] == [VerdictResult.HEALTHY]


def test_a_join_that_doubles_revenue_is_stopped_at_the_audit() -> None:
    """Production is untouched, and the message says which control sum, by how much, against what."""
    it = world()
    before = it.seen
    outcome, _ = it.deploy("revenue", DOUBLED)
    assert isinstance(outcome, Undone)
    assert (
        "snowflake://FINEDGE.MARTS.REVENUE: sum of AMOUNT is 60.00, +100.0 % against dev's 30.00; "
        "-10.0 % to +10.0 % is allowed"
    ) in outcome.reason
    assert it.seen == before
    kept = [each for each in it.evidence.held.values() if isinstance(each, AuditRun)]
    assert [each.passed for each in kept] == [False]


def test_a_currency_that_doubles_stops_the_release() -> None:
    """Its orders come to 3 % of all: the sum of all currencies stays in its band."""
    it = world()
    it.promised = promised_in_currencies
    it.warehouse.currencies = {1: "EUR", 2: "EUR", 3: "USD", 4: "USD"}
    for table in (REVENUE, ORDERS):
        it.warehouse.tables[str(table)].rows[3] = Decimal("0.50")
    it.warehouse.tables[str(ORDERS)].rows[4] = Decimal("0.50")
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert "sum of AMOUNT in USD is 1.00, +100.0 % against dev's 0.50" in outcome.reason
    assert "EUR" not in outcome.reason


def test_a_group_that_the_contract_splits_by_and_that_doubles_stops_the_release() -> None:
    """As a currency does, with the value's own column as its name."""
    it = world()
    it.promised = promised_by_columns
    it.warehouse.currencies = {1: "north", 2: "north", 3: "south", 4: "south"}
    for table in (REVENUE, ORDERS):
        it.warehouse.tables[str(table)].rows[3] = Decimal("0.50")
    it.warehouse.tables[str(ORDERS)].rows[4] = Decimal("0.50")
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert "sum of AMOUNT of CURRENCY south is 1.00, +100.0 % against dev's 0.50" in outcome.reason
    assert "north" not in outcome.reason


def test_a_build_that_takes_too_long_is_a_failed_stage() -> None:
    """Begun again, it would take too long again; the message says where more time is granted."""
    it = world()
    before = it.seen
    it.tools.takes = timedelta(minutes=45)
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert outcome.reason.startswith("dbt took longer than it may and was ended")
    assert "limits: {build: 2h}" in outcome.reason
    assert it.seen == before


def test_an_entry_grants_its_build_and_its_run_more_time() -> None:
    """What takes 45 minutes is built; a run of two hours takes nothing back."""
    it = world()
    it.tools.takes = timedelta(minutes=45)
    facts = it.facts("revenue", NEW)
    (revenue,) = facts.pipelines
    assert revenue.work is not None
    granted = revenue.model_copy(
        update={
            "work": revenue.work.model_copy(update={"limit": timedelta(hours=1)}),
            "run_limit": timedelta(hours=3),
        }
    )
    stages = build_rollout(facts.model_copy(update={"pipelines": (granted,)}))
    assert [stage.limit_minutes for stage in stages if isinstance(stage, ObserveRun)] == [180]
    assert it.finish(stages) == Completed()


def test_a_required_column_that_lacks_values_stops_the_release() -> None:
    """It is no part of the key, and the sums do not show it."""
    it = world()
    before = it.seen
    it.warehouse.lacking = {AMOUNT: 1}
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert "column AMOUNT is NUMBER(18,2), with no value in 1 of 2 rows" in outcome.reason
    assert it.seen == before


def test_new_code_that_would_write_into_production_is_refused() -> None:
    """A project that does not keep candidates apart is found before dbt builds anything."""
    it = World()
    it.project = "mixed"
    it.begin(revenue=OLD)
    before = it.seen
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert "does not keep candidates apart: revenue, revenue_monthly" in outcome.reason
    assert "build" not in it.tools.commands
    assert it.seen == before


def test_a_model_that_fails_is_named() -> None:
    """dbt's own message, and nothing is published."""
    it = world()
    before = it.seen
    outcome, _ = it.deploy("revenue", Code(view="v2", model="broken"))
    assert isinstance(outcome, Undone)
    assert outcome.reason.startswith("dbt build failed: model.finedge.revenue: invalid identifier")
    assert it.seen == before


def test_a_dag_that_airflow_cannot_import_takes_the_release_back() -> None:
    """The generation of the release before runs on, tables included."""
    it = world()
    assert it.deploy("revenue", NEW)[0] == Completed()
    before = it.seen
    outcome, _ = it.deploy("revenue", Code(view="v3", dag="broken"), "dev-0123456789ab-2")
    assert isinstance(outcome, Undone)
    assert "Airflow cannot import DAG revenue: SyntaxError" in outcome.reason
    assert it.seen == before | _kept(1, 2)


def test_where_there_is_no_airflow_the_dag_is_parsed_here_and_said_so() -> None:
    """Nothing is paused or observed; a DAG that cannot be imported is refused all the same."""
    it = world()
    it.has_airflow = False
    assert it.deploy("revenue", NEW)[0] == Completed()
    assert it.seen["runs"] == []
    assert any("parsed': 'by Airflow airflow 0 here, not run'" in line for line in it.story.told)
    before = it.seen
    outcome, _ = it.deploy("revenue", Code(dag="broken"), "dev-0123456789ab-2")
    assert isinstance(outcome, Undone)
    assert "Airflow airflow 0 cannot import DAG revenue: SyntaxError" in outcome.reason
    assert it.seen == before | _kept(1, 2)


def test_a_run_that_fails_takes_the_release_back() -> None:
    """What was published comes back with it."""
    it = world()
    before = it.seen
    it.airflow.task = lambda: False
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert "run slipway__dev-0123456789ab-1 of DAG revenue failed: build (failed)" in outcome.reason
    assert it.seen == before | {"runs": ["slipway__dev-0123456789ab-1"]} | _kept(1)


def test_rows_that_reached_the_new_generation_are_not_dropped_with_it() -> None:
    """It was production for a while: swapped back, it is kept with its own mark for somebody to look at."""
    it = world()

    class Writer(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            if passed == "after trigger slipway__dev-0123456789ab-1":
                it.warehouse.insert(REVENUE, 99, "99.00")

    it.fuse.__class__ = Writer
    it.airflow.task = lambda: False
    outcome, facts = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert it.rows("revenue") == {1: "10.00", 2: "20.00"}
    left = it.warehouse.tables[str(facts.pipelines[0].relations[0].candidate)]
    assert left.rows[99] == Decimal("99.00")
    assert left.expiry is not None
    assert (left.expiry.at - it.clock.now()).days >= 6
    (told,) = (each for each in it.story.told if each.startswith("undone swap-table"))
    assert "'rows left': '1 rows inserted, 0 updated, 0 deleted'" in told
    assert "'left in': 'FINEDGE_DEV.MARTS__SLIPWAY_1.REVENUE', 'kept until': '2026-03-09 12:" in told
    assert "'bring back with': 'MERGE INTO FINEDGE_DEV.MARTS.REVENUE FROM " in told


def test_a_rollback_tells_what_was_written_to_the_release_it_leaves() -> None:
    """Counted from the swap on, kept, and how to bring it back."""
    it = world()
    _, shipped = it.deploy("revenue", NEW)
    it.warehouse.insert(REVENUE, 99, "99.00")
    assert it.roll_back("revenue", shipped) == Completed()
    assert it.rows("revenue") == {1: "10.00", 2: "20.00"}
    told = [each for each in it.story.told if each.startswith("done swap-table")][-1]
    assert "'rows left': '1 rows inserted, 0 updated, 0 deleted'" in told
    assert "'left in': 'FINEDGE_DEV.MARTS__SLIPWAY_1.REVENUE', 'kept until': '2026-03-09 12:" in told


def test_of_a_table_that_was_made_anew_since_it_is_said_what_is_known() -> None:
    """When, how large both are, and what the next run does; nobody can count its new rows."""
    it = world()
    _, shipped = it.deploy("revenue", NEW)
    it.warehouse.add(REVENUE, {1: "10.00", 5: "50.00", 6: "1.00"}, grants=["READER"])
    assert it.roll_back("revenue", shipped) == Completed()
    told = [each for each in it.story.told if each.startswith("done swap-table")][-1]
    assert "unknown" not in told
    assert (
        "'rows left': 'cannot be counted (made anew at 2026-03-02 12:00 UTC): 3 rows go, 2 come back; "
        "nothing to do, the next run makes it anew'"
    ) in told
    assert "'left in': 'FINEDGE_DEV.MARTS__SLIPWAY_1.REVENUE', 'kept until': '2026-03-09 12:" in told


def test_the_observed_run_that_has_made_it_anew_is_named() -> None:
    """dbt makes a table anew in every run: the one that the deployment has triggered did so."""
    it = world()

    class Runs(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            if passed == "after trigger slipway__dev-0123456789ab-1":
                made = it.warehouse.add(REVENUE, {1: "10.00", 2: "20.00"}, grants=["READER"])
                made.made = it.clock.now()

    it.fuse.__class__ = Runs
    it.clock.wait(60)
    _, shipped = it.deploy("revenue", NEW)
    assert it.roll_back("revenue", shipped) == Completed()
    told = [each for each in it.story.told if each.startswith("done swap-table")][-1]
    assert "UTC in run slipway__dev-0123456789ab-1): 2 rows go, 2 come back; nothing to do" in told


def test_a_table_whose_changes_are_forgotten_is_not_said_to_be_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is the very object that was published; Snowflake has forgotten what changed."""
    it = world()
    _, shipped = it.deploy("revenue", NEW)

    def forgotten(table: Table, *_: object, **__: object) -> ChangeCounts:
        raise ChangesNotTracked("it is not tracked", subject=str(table))

    monkeypatch.setattr(it.warehouse, "changes", forgotten)
    assert it.roll_back("revenue", shipped) == Completed()
    told = [each for each in it.story.told if each.startswith("done swap-table")][-1]
    assert (
        "'rows left': 'cannot be counted (Snowflake remembers its changes no longer): 2 rows go, 2 c" in told
    )


def test_a_table_that_grows_is_not_made_anew_by_its_runs() -> None:
    """Incremental models go on from what is there: whoever replaced it has to be looked for."""
    it = world()
    _, shipped = it.deploy("revenue", NEW)
    (relation,) = shipped.pipelines[0].relations
    noted = relation.model_copy(
        update={"grows": True, "published": "1", "publication": Publication(made="another moment")}
    )
    it.warehouse.add(REVENUE, {1: "10.00"})
    said = written_to(it.warehouse, noted)[ROWS]
    assert said.endswith("compare the two, for its runs do not make it anew")


@pytest.mark.parametrize("moment", ["before dbt build revenue", f"before clone {REVENUE}"])
def test_a_table_that_appeared_since_the_survey_is_somebody_elses(moment: str) -> None:
    """The release is taken back, with the reason, and the table is left as it is."""
    it = world()
    del it.warehouse.tables[str(REVENUE)]

    class Somebody(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            if passed == moment:
                it.warehouse.add(REVENUE, {7: "70.00"})

    it.fuse.__class__ = Somebody
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert "snowflake://FINEDGE.MARTS.REVENUE is there by now: somebody has made it" in outcome.reason
    assert it.rows("revenue") == {7: "70.00"}


def test_a_new_table_killed_anywhere_is_published_once() -> None:
    """What a killed process has made is told from somebody else's by its rows."""
    whole = world()
    del whole.warehouse.tables[str(REVENUE)]
    begun = len(whole.fuse.moments)
    assert whole.deploy("revenue", NEW)[0] == Completed()
    for at in range(len(whole.fuse.moments) - begun):
        it = world()
        del it.warehouse.tables[str(REVENUE)]
        it.fuse.at = len(it.fuse.moments) + at
        stages = build_rollout(it.facts("revenue", NEW))
        with pytest.raises(Killed):
            it.finish(stages)
        it.fuse.at = None
        assert it.finish(stages, token=2) == Completed(), whole.fuse.moments[begun + at]
        assert it.rows("revenue") == whole.rows("revenue")
        assert it.seen["owners"] == {str(REVENUE): role_of("revenue"), str(RISK): role_of("risk")}


def _kept(*attempts: int) -> dict[str, list[str]]:
    """Schemas whose table was production for a while."""
    return {"candidate schemas": [f"{DATABASE}.MARTS__SLIPWAY_{attempt}" for attempt in attempts]}


def test_a_paused_dag_is_not_observed_and_so_not_healthy() -> None:
    """Somebody has paused it for a reason: it stays paused, and nobody says that it works."""
    it = world()
    it.airflow.flows[next(iter(it.airflow.flows))].paused = True
    outcome, _ = it.deploy("revenue", NEW)
    assert outcome == Completed()
    assert it.seen["paused"]["revenue"] is True
    assert it.seen["runs"] == []
    verdicts = [each for each in it.evidence.held.values() if isinstance(each, Verdict)]
    assert [each.result for each in verdicts] == [VerdictResult.INCONCLUSIVE]


def test_a_new_table_is_published_and_taken_away_again() -> None:
    """It has no generation before: the way back leaves no table of that name."""
    it = world()
    del it.warehouse.tables[str(REVENUE)]
    before = it.seen
    it.airflow.task = lambda: False
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert it.seen == before | {"runs": ["slipway__dev-0123456789ab-1"]}
    it.airflow.task = lambda: True
    outcome, _ = it.deploy("revenue", NEW, "dev-0123456789ab-2")
    assert outcome == Completed()
    assert it.rows("revenue") == {1: "10.00", 2: "20.00"}


def test_independence() -> None:
    """A1 and B1 run; B2 ships without A's; A comes back alone: rows, resources and DAGs of B stay."""
    it = world()
    a2 = Code(view="a2", dag="dag a2", entry="entry a2")
    b2 = Code(view="b2", dag="dag b2", entry="entry b2")
    outcome, shipped = it.deploy("revenue", a2, "dev-a-1")
    assert outcome == Completed()
    outcome, _ = it.deploy("risk", b2, "dev-b-1")
    assert outcome == Completed()
    assert it.seen["resources"] == {"revenue": b"entry a2", "risk": b"entry b2"}
    assert it.roll_back("revenue", shipped) == Completed()
    assert it.seen["resources"] == {"revenue": b"entry 1", "risk": b"entry b2"}
    assert it.seen["views"] == {
        f"{DATABASE}.MARTS.REVENUE_MONTHLY": "v1",
        f"{DATABASE}.MARTS.RISK_MONTHLY": "b2",
    }
    assert it.rows("revenue") == {1: "10.00", 2: "20.00"}


def test_a_rollback_brings_everything_back() -> None:
    """The kept generation, the view, the resources, the DAG; only history and evidence have grown."""
    it = world()
    before = it.seen
    it.warehouse.insert(Table.of(DATABASE, "RAW", "ORDERS"), 3, "2.00")
    _, shipped = it.deploy("revenue", NEW)
    assert it.roll_back("revenue", shipped) == Completed()
    after = it.seen
    assert after["rows"] == before["rows"]
    for same in (
        "owners",
        "grants",
        "view owners",
        "view grants",
        "views",
        "entries",
        "resources",
        "pointers",
        "paused",
    ):
        assert after[same] == before[same], same
    assert after["marks"][str(REVENUE)] is None
    left = it.warehouse.tables[str(shipped.pipelines[0].relations[0].candidate)]
    assert left.expiry is not None
    assert left.expiry.object == str(shipped.pipelines[0].relations[0].candidate)
    verdicts = [each for each in it.evidence.held.values() if isinstance(each, Verdict)]
    assert [each.result for each in verdicts] == [VerdictResult.HEALTHY, VerdictResult.FAILED]


def test_the_plan_can_be_written_down_and_read_again() -> None:
    """Whoever continues a deployment walks the plan that was begun."""
    stages = build_rollout(world().facts("revenue", NEW))
    assert PLAN.validate_json(PLAN.dump_json(stages)) == stages
    names = [stage.name for stage in stages]
    assert len(set(names)) == len(names)


def test_explaining_names_the_effects_and_touches_nothing() -> None:
    """What people approve: published tables, views, DAGs."""
    it = world()
    before = it.seen
    explained = explain(build_rollout(it.facts("revenue", NEW)), rollout_handlers(it.engines))
    assert [(e.target, e.operation.value, e.reversibility.value) for e in explained.effects.effects] == [
        ("revenue/dag", "publish", "pointer"),
        ("snowflake://FINEDGE.MARTS.REVENUE", "publish", "pointer"),
        ("snowflake://FINEDGE.MARTS.REVENUE_MONTHLY", "update", "redeploy"),
    ]
    assert all(line.sentence for line in explained.stages)
    assert it.seen == before


def _late(moment: str, wanted: str) -> bool:
    return wanted in moment


@pytest.mark.parametrize(
    "moment",
    [
        "after dbt build revenue",
        "after evidence",
        f"before swap {REVENUE}",
        f"after swap {REVENUE}",
        "after journal done swap-table snowflake://FINEDGE.MARTS.REVENUE",
        "after trigger slipway__dev-0123456789ab-1",
    ],
)
def test_a_concurrent_writers_rows_are_never_lost(moment: str) -> None:
    """Rows that reach the old generation after the clone, the audit, the last look, or the swap itself."""
    it = world()
    old = it.warehouse.tables[str(REVENUE)]

    class Writer(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            if passed == moment:  # a transaction of before the swap writes to the object, not to the name
                it.warehouse.write(old, 99, "99.00")

    it.fuse.__class__ = Writer
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone), "the release stopped"
    assert "1 rows inserted" in outcome.reason
    assert it.rows("revenue")[99] == "99.00"


@dataclass(frozen=True)
class _Whole:
    """A deployment that nobody kills: what all others have to end like."""

    world: World
    outcome: Outcome
    moments: list[str]

    @classmethod
    def of(cls, code: Code) -> "_Whole":
        it = world()
        begun = len(it.fuse.moments)
        outcome, _ = it.deploy("revenue", code)
        return cls(it, outcome, it.fuse.moments[begun:])


WHOLE = {code: _Whole.of(code) for code in (NEW, DOUBLED)}
GOOD_MOMENTS = WHOLE[NEW].moments
BAD_MOMENTS = WHOLE[DOUBLED].moments


@pytest.mark.parametrize("at", range(len(GOOD_MOMENTS)), ids=lambda at: f"{at} {GOOD_MOMENTS[at]}")
def test_a_good_release_killed_anywhere_converges(at: int) -> None:
    """Every moment before and after a write, of journal and world: the rerun ends where it would have."""
    _converges(NEW, at)


@pytest.mark.parametrize("at", range(len(BAD_MOMENTS)), ids=lambda at: f"{at} {BAD_MOMENTS[at]}")
def test_a_bad_release_killed_anywhere_leaves_production_untouched(at: int) -> None:
    """Also on the way back."""
    _converges(DOUBLED, at)


def _converges(code: Code, at: int) -> None:
    whole, expected = WHOLE[code].world, WHOLE[code].outcome
    it = world()
    it.fuse.at = len(it.fuse.moments) + at
    stages = build_rollout(it.facts("revenue", code))
    with pytest.raises(Killed):
        it.finish(stages)
    half = it.rows("revenue")
    assert half in ({1: "10.00", 2: "20.00"}, whole.rows("revenue")), "no table is half published"
    it.fuse.at = None
    assert it.finish(stages, token=2) == expected
    seen, wanted = it.seen, whole.seen
    for thing in ("marks", "candidate schemas"):  # their moments differ
        assert seen.pop(thing).__class__ is wanted.pop(thing).__class__
    assert seen == wanted
    states = {row.stage: row.state for row in it.journal.stored.values()}
    assert states == {row.stage: row.state for row in whole.journal.stored.values()}


def test_a_rollback_killed_anywhere_converges() -> None:
    """The way back is walked by the same engine: every moment of it."""
    whole = world()
    _, shipped = whole.deploy("revenue", NEW)
    begun = len(whole.fuse.moments)
    whole.roll_back("revenue", shipped)
    for at in range(len(whole.fuse.moments) - begun):
        it = world()
        _, facts = it.deploy("revenue", NEW)
        stages = build_rollback(it.facts_of_way_back("revenue", facts))
        it.fuse.at = len(it.fuse.moments) + at
        with pytest.raises(Killed):
            it.finish(stages, "dev-rollback-1")
        it.fuse.at = None
        assert it.finish(stages, "dev-rollback-1", token=2) == Completed()
        seen, wanted = it.seen, whole.seen
        seen.pop("marks")
        wanted.pop("marks")
        assert seen == wanted, whole.fuse.moments[begun + at]
