"""What exists in the GitHub organisation, asked over REST."""

from collections.abc import Iterable
from typing import Any

import requests

from slipway_sandbox.inventory.model import Item, Kind, Source
from slipway_sandbox.supervisor.environment import github_token
from slipway_sandbox.world import World

_PAGE = 100
_TIMEOUT_SECONDS = 30


def survey_organisation(world: World) -> list[Kind]:
    """Repositories with what belongs to them, and teams."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {github_token(world)}"
        return _survey(session, world)


def _survey(session: requests.Session, world: World) -> list[Kind]:
    organisation = f"{world.github}/orgs/{world.github_owner}"
    repositories = list(_pages(session, f"{organisation}/repos"))
    teams = [Item(name=team["slug"]) for team in _pages(session, f"{organisation}/teams")]
    environments, rulesets = [], []
    for repository in repositories:
        url, name = f"{world.github}/repos/{repository['full_name']}", repository["name"]
        found = _pages(session, f"{url}/environments", member="environments")
        environments += [Item(name=f"{name}/{environment['name']}") for environment in found]
        found = _pages(session, f"{url}/rulesets")
        rulesets += [Item(name=f"{name}/{rule['name']}", detail=rule["enforcement"]) for rule in found]
    kinds = {
        "repositories": [Item(name=one["full_name"], detail=one["visibility"]) for one in repositories],
        "teams": teams,
        "repository environments": environments,
        "rulesets": rulesets,
    }
    return [
        Kind(name=f"GitHub {name}", source=Source.GITHUB, items=tuple(sorted(items, key=str)))
        for name, items in kinds.items()
        if items
    ]


def _pages(session: requests.Session, url: str, member: str | None = None) -> Iterable[Any]:
    next_url: str | None = f"{url}?per_page={_PAGE}"
    while next_url:
        response = session.get(next_url, timeout=_TIMEOUT_SECONDS)
        response.raise_for_status()
        document = response.json()
        yield from document[member] if member else document
        next_url = response.links.get("next", {}).get("url")
