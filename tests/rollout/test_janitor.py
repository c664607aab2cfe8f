"""What a janitor drops: what has expired, in an order that fits, and nothing that is needed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from slipway.attest import digest_of
from slipway.model.deployment import Purpose, deployment_id
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.expiry import Expiry
from slipway.model.pipeline import PipelineName
from slipway.model.snowflake_objects import Database, Schema, SnowflakeObject, Table
from slipway.ports.journal import Deployment
from slipway.ports.warehouse_results import Expiring
from slipway.rollout.dropping import maker_of
from slipway.rollout.facts import suffix_of
from slipway.rollout.janitor import Sweep, sweep
from slipway.rollout.plan import build_rollback, build_rollout
from slipway.rollout.planned import Plan
from slipway.rollout.stages import RolloutStage
from tests.doubles.deployments import NOON, opened
from tests.rollout.test_rollout import NEW, world
from tests.rollout.world import RELEASE

DEV = Database("FINEDGE_DEV")
CANDIDATES = Schema(DEV, "MARTS__SLIPWAY_1")
KEPT = Table(CANDIDATES, "REVENUE")
_HOUR = timedelta(hours=1)


def _mark(subject: SnowflakeObject, hours: int = -1, name: str | None = None) -> Expiring:
    return Expiring(object=subject, expiry=Expiry(object=name or str(subject), at=NOON + hours * _HOUR))


def _swept(*marks: Expiring, open_: tuple[Deployment, ...] = ()) -> Sweep:
    return sweep(marks, open_, NOON)


def _under_way(stages: tuple[RolloutStage, ...]) -> Deployment:
    plan = Plan(purpose=Purpose.DEPLOY, release=RELEASE, stages=stages, pipelines=(PipelineName("revenue"),))
    return replace(opened(), plan=plan.model_dump_json().encode())


def test_what_is_inside_goes_first() -> None:
    """A schema that is dropped takes its tables along, and each is told of."""
    ci = Database("FINEDGE_CI_0123456789AB_1")
    found = _swept(_mark(ci), _mark(CANDIDATES), _mark(KEPT))
    assert found.expired == (KEPT, CANDIDATES, ci)
    assert found.kept == ()


def test_the_moment_itself_counts_as_passed() -> None:
    """A mark says from when on."""
    assert _swept(_mark(KEPT, 0)).expired == (KEPT,)
    assert _swept(_mark(KEPT, 1)).expired == ()


def test_a_schema_stays_as_long_as_what_is_in_it() -> None:
    """The schema was marked when it was made, the generation in it when it was swapped out: days later."""
    found = _swept(_mark(CANDIDATES), _mark(KEPT, 1))
    assert found.expired == ()
    assert [each.object for each in found.kept] == [CANDIDATES, KEPT]
    assert found.kept[0].why == f"{KEPT} in it is kept until {(NOON + _HOUR).isoformat()}"


def test_a_mark_of_another_name_counts_for_nothing() -> None:
    """It came here with a swap: this is production now."""
    production = Table.of("FINEDGE_DEV", "MARTS", "REVENUE")
    found = _swept(_mark(production, name=str(KEPT)))
    assert (found.expired, found.kept) == ((), ())


def test_what_a_deployment_makes_or_may_swap_back_stays() -> None:
    """One that has waited for longer than its candidates were meant to last goes on nevertheless."""
    it = world()
    facts = it.facts("revenue", NEW)
    for stages in (build_rollout(facts), build_rollback(facts)):
        found = _swept(_mark(CANDIDATES), _mark(KEPT), open_=(_under_way(stages),))
        assert found.expired == ()
        assert {each.why for each in found.kept} == {"deployment dev-0123456789ab-1 needs it"}


def test_another_pipelines_deployment_keeps_nothing_of_this_one() -> None:
    """With sixty releases a day one is always under way."""
    other = world().facts("risk", NEW, attempt=2)
    found = _swept(_mark(CANDIDATES), _mark(KEPT), open_=(_under_way(build_rollout(other)),))
    assert found.expired == (KEPT, CANDIDATES)


@pytest.mark.parametrize(("release", "attempt"), [(RELEASE, 1), (digest_of(b"another"), 12)])
def test_who_has_made_a_candidate_is_told_by_its_schema(release: Digest, attempt: int) -> None:
    """The leases of that deployment's pipelines are those that a swap of it needs."""
    schema = Schema(DEV, f"MARTS{suffix_of(release, attempt)}")
    made = deployment_id(Environment.DEV, Purpose.DEPLOY, release, attempt)
    assert maker_of(schema, Environment.DEV) == maker_of(Table(schema, "REVENUE"), Environment.DEV) == made


@pytest.mark.parametrize(
    "subject", [CANDIDATES, DEV, Schema(DEV, "MARTS"), Table(Schema(DEV, "RAW"), "ORDERS")]
)
def test_what_no_deployment_has_made_has_no_maker(subject: SnowflakeObject) -> None:
    """Nobody swaps it, and no lease protects it."""
    assert maker_of(subject, Environment.DEV) is None
