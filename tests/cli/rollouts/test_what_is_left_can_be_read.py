"""dbt reads one project for all pipelines: what it cannot read stops each of them, so none is left so."""

from collections.abc import Callable

from slipway.model.environment import Environment
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import Place
from tests.cli.rollouts.test_what_goes import CONTRACT

Places = dict[Environment, Place]
Ship = Callable[..., str]


def test_a_model_that_another_pipeline_reads_does_not_go_back_alone(
    slipway: Slipway, ship: Ship, places: Places
) -> None:
    """Both came with one release; without the one no run of any pipeline could read the project."""
    place = places[Environment.DEV]
    release = ship(
        **{
            "dbt/models/marts/revenue/lines.sql": "ephemeral ORDERS",
            "dbt/models/marts/settlements/settlements.sql": "ORDERS * 1\nref lines",
            "contracts/settlements.odcs.yaml": CONTRACT,
        }
    )
    assert slipway("deploy", release, "-s", "dev").code == 0
    before = place.seen
    alone = slipway("rollback", "revenue", "-s", "dev")
    assert alone.code == 2, alone.err
    assert "dbt cannot read what would be left of dev without" in alone.err
    assert "depends on a node named 'lines' which was not found" in alone.err
    assert "remedy: take back first the release of the pipeline that dbt names" in alone.err
    assert place.seen == before
    assert slipway("rollback", "settlements", "-s", "dev").code == 0
    assert slipway("rollback", "revenue", "-s", "dev").code == 0


def test_what_rests_on_a_deployment_under_way_waits_for_it(
    slipway: Slipway, ship: Ship, places: Places
) -> None:
    """That may still go back, and dbt could read nobody's models then; let in once it has ended."""
    place = places[Environment.DEV]
    first = ship(**{"dbt/models/marts/revenue/lines.sql": "ephemeral ORDERS"})
    assert slipway("deploy", first, "-s", "dev", "--wait", "0").code == 4
    second = ship(
        **{
            "dbt/models/marts/settlements/settlements.sql": "ORDERS * 1\nref lines",
            "contracts/settlements.odcs.yaml": CONTRACT,
        }
    )
    early = slipway("deploy", second, "-s", "dev")
    assert early.code == 1, early.err
    assert f"it rests on deployment dev-{first}-1, which is under way in dev and may go back" in early.err
    assert "remedy: wait until that has ended (slipway rollout tick -s dev continues it)" in early.err
    assert set(place.journal.heads) == {f"dev-{first}-1"}
    assert slipway("deploy", first, "-s", "dev").code == 0
    assert slipway("deploy", second, "-s", "dev").code == 0
