"""Releases go into dev one after the other, and back in the reverse order; the ledger tells their seconds."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.deploy.stages import Walk, walk_of, walk_table
from bench.deploy.world import AUTHOR, PIPELINE, REVIEWER, World, ready_world
from bench.progress import say
from slipway.model.events import Event

_MODEL: Final = "dbt/models/marts/revenue/revenue_monthly.sql"


def deploy_tables(deployments: int, scratch: Path) -> str:
    """Measure and return the tables as Markdown.

    Args:
        deployments: how many releases go in, and back.
        scratch: an empty folder.
    """
    with ready_world(scratch) as here:
        forward = [_deployed(here, number) for number in range(1, deployments + 1)]
        back = [_rolled_back(here, number) for number in range(deployments, 0, -1)]
    return f"{walk_table('slipway deploy', forward)}\n\n{walk_table('slipway rollback', back)}"


def _deployed(here: World, number: int) -> Walk:
    """A change of each part of the pipeline: proposed, checked, merged, built, deployed."""
    say(f"release {number}: checked and built")
    request = here.forge.propose(AUTHOR, f"change-{number}", f"Change {number}", _change(number))
    here.slipway("check", "--base", "origin/main", "--record")
    here.forge.approve(REVIEWER, request)
    here.forge.merge(REVIEWER, request)
    release = here.slipway("build")["release"]
    say(f"release {number}: deployed")
    return _timed(here, "deploy", release.removeprefix("sha256:"), "-s", "dev")


def _rolled_back(here: World, number: int) -> Walk:
    say(f"release {number}: rolled back")
    return _timed(here, "rollback", PIPELINE, "-s", "dev")


def _change(number: int) -> Mapping[str, tuple[str, str]]:
    """Path -> (text, what takes its place); the text is what the change before has left."""
    return {
        _MODEL: (_unknown(number - 1), _unknown(number)),
        "dags/revenue.py": (_limit(number - 1), _limit(number)),
        "catalog/revenue.yaml": (_cost_center(number - 1), _cost_center(number)),
    }


def _unknown(number: int) -> str:
    """What an unknown country is called: the table has other rows after each release."""
    return f"'{'ZZ' if number == 0 else f'X{number}'}'"


def _limit(number: int) -> str:
    return "sla=timedelta(hours=2)" if number == 0 else f"sla=timedelta(minutes={120 + number})"


def _cost_center(number: int) -> str:
    """A tag of each of the pipeline's cloud resources."""
    return f"cost_center: CC-{1300 + number}"


def _timed(here: World, *words: str) -> Walk:
    began = datetime.now(UTC)
    deployment = here.slipway(*words)["deployment"]
    return walk_of(began, _events(here, deployment))


def _events(here: World, deployment: str) -> Iterator[Event]:
    trace = here.slipway("audit", "trace", deployment)
    told = [*trace["events"], *(each for release in trace["releases"] for each in release["events"])]
    for each in sorted(told, key=lambda each: each["sequence"]):
        if each["chain"] == deployment:
            yield Event.model_validate(each["event"])
