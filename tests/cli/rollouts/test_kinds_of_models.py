"""Models that leave something else than they did, or something that no rollout publishes."""

from collections.abc import Callable

from slipway.model.environment import Environment
from slipway.model.snowflake_objects import Table
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import REVENUE, Place
from tests.doubles.memory_environment import DATABASE
from tests.doubles.workspace_folder import FILES

Places = dict[Environment, Place]
Ship = Callable[..., str]
FOLDER = "dbt/models/marts/revenue"
MONTHLY = Table.of(DATABASE, "MARTS", "REVENUE_MONTHLY")


def _refused(slipway: Slipway, place: Place, release: str) -> str:
    """What is said of a release that is refused before anything is touched."""
    before = place.seen
    explained, ended = (slipway("deploy", release, "-s", "dev", *words) for words in (("--explain",), ()))
    assert (explained.code, ended.code) == (1, 1), ended.err
    assert place.seen == before
    return ended.err


def test_a_table_that_would_become_a_view_is_refused(slipway: Slipway, ship: Ship, places: Places) -> None:
    """dbt drops a table before it makes the view: no generation is kept, and its rows are gone."""
    said = _refused(slipway, places[Environment.DEV], ship(**{f"{FOLDER}/revenue.sql": "view v9"}))
    assert f"{REVENUE} is a table in dev, and dbt's model revenue would make it a view" in said
    assert "remedy: give the view another name" in said


def test_a_view_that_would_become_a_table_is_refused(slipway: Slipway, ship: Ship, places: Places) -> None:
    """Nothing can be swapped with a view, and its name is taken."""
    place = places[Environment.DEV]
    place.warehouse.views[str(MONTHLY)] = "v1"
    said = _refused(slipway, place, ship(**{f"{FOLDER}/revenue_monthly.sql": "ORDERS * 1"}))
    assert f"{MONTHLY} is a view in dev, and dbt's model revenue_monthly would make it a table" in said
    assert "remedy: give the table another name" in said


def test_what_no_rollout_publishes_is_not_said_to_be_shipped(
    slipway: Slipway, ship: Ship, places: Places
) -> None:
    """A dynamic table is neither built beside production nor swapped: the document would lie."""
    changes = {f"{FOLDER}/revenue.sql": "dynamic_table ORDERS"}
    said = _refused(slipway, places[Environment.DEV], ship(**changes))
    assert "dbt's model revenue is a dynamic_table, which no rollout publishes" in said
    assert "remedy: make it a table, view, incremental or ephemeral" in said


def test_a_model_that_leaves_nothing_is_shipped(slipway: Slipway, ship: Ship, places: Places) -> None:
    """An ephemeral model is part of others."""
    release = ship(**{f"{FOLDER}/lines.sql": "ephemeral ORDERS"})
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 0, ended.err
    assert str(REVENUE) in places[Environment.DEV].warehouse.tables


def test_a_view_in_another_folder_of_models_is_made(slipway: Slipway, ship: Ship, places: Places) -> None:
    """`model-paths` is dbt's to read: a view that is left out would go on with the code of before."""
    place, folder = places[Environment.DEV], "dbt/transform/revenue"
    release = ship(
        **{
            "catalog/revenue.yaml": FILES["catalog/revenue.yaml"].replace("dbt/models/marts/revenue", folder),
            f"{FOLDER}/revenue.sql": None,
            f"{FOLDER}/revenue_monthly.sql": None,
            f"{folder}/revenue.sql": "ORDERS * 1",
            f"{folder}/revenue_monthly.sql": "view v2",
        }
    )
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 0, ended.err
    assert place.warehouse.views[str(MONTHLY)] == "v2"
    assert slipway("rollback", "revenue", "-s", "dev").code == 0
    assert place.warehouse.views[str(MONTHLY)] == "v1"
