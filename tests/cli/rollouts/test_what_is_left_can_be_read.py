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
