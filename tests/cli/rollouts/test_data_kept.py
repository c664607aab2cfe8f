"""`slipway rollback` and what cloud resources hold: nothing that fills is deleted unseen."""

import json
from collections.abc import Callable

import pytest

from slipway.model.environment import Environment
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import REVENUE, Place
from tests.doubles.workspace_folder import FILES

Places = dict[Environment, Place]
Ship = Callable[..., str]
ENTRY = "catalog/revenue.yaml"
BUCKET = "urn:pulumi:dev::slipway::slipway:pipeline:BatchPipeline$aws:s3/bucket:Bucket::revenue-data"


@pytest.fixture
def filled(slipway: Slipway, ship: Ship, places: Places) -> Place:
    """Revenue runs by a release; the next one brings it a bucket and another view."""
    place = places[Environment.DEV]
    first = ship(**{ENTRY: FILES[ENTRY] + "# 1\n"})
    assert slipway("deploy", first, "-s", "dev").code == 0
    view = {"dbt/models/marts/revenue/revenue_monthly.sql": "view v2"}
    release = ship(**{ENTRY: FILES[ENTRY] + "# a bucket\n"}, **view)
    explained = json.loads(slipway("deploy", release, "-s", "dev", "--explain", "--format", "json").out)
    made = {(each["operation"], each["target"]): each["reversibility"] for each in explained["effects"]}
    assert made["create", BUCKET] == "forward-only", "what is created fills"
    assert slipway("deploy", release, "-s", "dev").code == 0
    assert "revenue-data" in place.stack.resources
    return place


def test_a_rollback_that_would_delete_a_bucket_is_refused(slipway: Slipway, filled: Place) -> None:
    """Before anything is paused or swapped, also when it is only explained; the message names it."""
    before = filled.seen
    for words in (("rollback", "revenue", "-s", "dev"), ("rollback", "revenue", "-s", "dev", "--explain")):
        ended = slipway(*words)
        assert (ended.code, ended.out) == (2, "")
        assert f"taking revenue back would delete {BUCKET}, with what it holds" in ended.err
        assert "slipway rollback revenue -s dev --keep-resources takes the rest back" in ended.err
    assert filled.seen == before


def test_the_rest_comes_back_and_the_bucket_stays(slipway: Slipway, filled: Place) -> None:
    """Code and data of before; the catalog entry, and what follows from it, as they are."""
    ended = slipway("rollback", "revenue", "-s", "dev", "--keep-resources")
    assert ended.code == 0, ended.err
    assert filled.warehouse.views[f"{REVENUE}_MONTHLY"] == "v1"
    assert "revenue-data" in filled.stack.resources
    assert "apply-platform" not in ended.err


def test_what_a_rollback_does_to_resources_is_explained(slipway: Slipway, ship: Ship, places: Places) -> None:
    """A role that goes holds nothing."""
    place = places[Environment.DEV]
    assert slipway("deploy", ship(**{ENTRY: FILES[ENTRY] + "# 1\n"}), "-s", "dev").code == 0
    before = place.seen
    explained = slipway("rollback", "revenue", "-s", "dev", "--explain")
    assert explained.code == 0, explained.err
    assert (
        "\n  update urn:pulumi:dev::slipway::slipway:pipeline:BatchPipeline$aws:iam/role:Role::revenue"
        in (explained.out)
    )
    assert place.seen == before
