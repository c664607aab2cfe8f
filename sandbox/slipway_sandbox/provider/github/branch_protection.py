"""github.BranchProtection: a rule for a pattern. The real provider speaks GraphQL here.

The id is the rule's node id, which names the repository by its number, so that it survives a rename.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.github.identity import NodeType, numbers_of
from slipway_sandbox.provider.contract import ProviderFault, State
from slipway_sandbox.provider.github.client import github
from slipway_sandbox.provider.github.resource import GithubType
from slipway_sandbox.provider.github.shapes import one, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.github.client import Github

_SWITCHES = {
    "enforceAdmins": "enforce_admins",
    "allowsDeletions": "allow_deletions",
    "allowsForcePushes": "allow_force_pushes",
    "lockBranch": "lock_branch",
    "requireConversationResolution": "required_conversation_resolution",
    "requireSignedCommits": "required_signatures",
    "requiredLinearHistory": "required_linear_history",
}
_REVIEW_SWITCHES = {
    "dismissStaleReviews": "dismiss_stale_reviews",
    "requireCodeOwnerReviews": "require_code_owner_reviews",
    "requireLastPushApproval": "require_last_push_approval",
}


class BranchProtection(GithubType):
    """A protection rule; imported as ``repository:pattern``."""

    replace_on = frozenset({"repositoryId"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Create the rule."""
        del name
        api = github(session)
        number = _repository_number(api, inputs["repositoryId"])
        made = api.request("POST", _rules(number), json=_body(api, inputs))
        return State(id=made["node_id"], outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """As it is, people in the program's own words for them."""
        api = github(session)
        node = id_ if numbers_of(id_) else _found_by_pattern(api, id_)
        rule = None if node is None else api.find(_path(node))
        if node is None or rule is None:
            return None
        return State(id=node, outputs=_outputs(api, rule, inputs))

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Replace the rule as a whole."""
        del old
        api = github(session)
        api.request("PUT", _path(id_), json=_body(api, new))

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Delete the rule."""
        del inputs
        github(session).remove(_path(id_))


def _rules(repository: int) -> str:
    return f"/_slipway/repositories/{repository}/protection-rules"


def _path(id_: str) -> str:
    found = numbers_of(id_)
    if found is None or found[0] is not NodeType.PROTECTION_RULE:
        raise ProviderFault(f"{id_!r} is not the id of a branch protection rule")
    repository, rule = found[1]
    return f"{_rules(repository)}/{rule}"


def _repository_number(api: Github, name_or_node: str) -> int:
    """The program names a repository by its name or by its node id."""
    found = numbers_of(name_or_node)
    if found is not None and found[0] is NodeType.REPOSITORY:
        return found[1][0]
    return int(api.request("GET", api.repository(name_or_node))["id"])


def _found_by_pattern(api: Github, id_: str) -> str | None:
    repository, pattern = parts_of(id_, "repository", "pattern")
    found = api.find(api.repository(repository))
    rules = api.list(_rules(found["id"])) if found else []
    return next((str(rule["node_id"]) for rule in rules if rule["pattern"] == pattern), None)


# From the program to the server


def _body(api: Github, inputs: Properties) -> Properties:
    pushes = one(inputs.get("restrictPushes"))
    checks = one(inputs.get("requiredStatusChecks"))
    return {
        "pattern": inputs["pattern"],
        **{ours: bool(inputs.get(theirs)) for theirs, ours in _SWITCHES.items()},
        "required_pull_request_reviews": _reviews(api, one(inputs.get("requiredPullRequestReviews"))),
        "required_status_checks": None
        if checks is None
        else {"strict": bool(checks.get("strict")), "contexts": checks.get("contexts") or []},
        "restrictions": None if pushes is None else _people(api, pushes.get("pushAllowances") or []),
        "block_creations": pushes is not None and pushes.get("blocksCreations", True),
        "force_push_bypassers": _people(api, inputs.get("forcePushBypassers") or []),
    }


def _reviews(api: Github, block: Properties | None) -> Properties | None:
    if block is None:
        return None
    dismissers = block.get("dismissalRestrictions") or []
    restricted = bool(block.get("restrictDismissals") or dismissers)
    return {
        "required_approving_review_count": block.get("requiredApprovingReviewCount", 1),
        **{ours: bool(block.get(theirs)) for theirs, ours in _REVIEW_SWITCHES.items()},
        "dismissal_restrictions": _people(api, dismissers) if restricted else {},
        "bypass_pull_request_allowances": _people(api, block.get("pullRequestBypassers") or []),
    }


def _people(api: Github, actors: Iterable[str]) -> Properties:
    """Actors as the program writes them: ``/login``, ``organization/team`` or a node id."""
    people: dict[str, list[str]] = {"users": [], "teams": []}
    for actor in actors:
        kind, name = _person(api, actor)
        people[kind].append(name)
    return people


def _person(api: Github, actor: str) -> tuple[str, str]:
    if actor.startswith("/"):
        return "users", actor[1:]
    if "/" in actor:
        return "teams", actor.partition("/")[2]
    match numbers_of(actor):
        case (NodeType.USER, (number,)):
            return "users", str(api.request("GET", f"/user/{number}")["login"])
        case (NodeType.TEAM, (number,)):
            return "teams", str(api.request("GET", f"/teams/{number}")["slug"])
        case _:
            raise ProviderFault(
                f"{actor!r} is no actor", remedy="write /login, organization/team, or the node id of one"
            )


# From the server to the program


def _outputs(api: Github, rule: Any, inputs: Properties) -> Properties:
    return {
        "pattern": rule["pattern"],
        "repositoryId": inputs.get("repositoryId") or rule["repository"],
        **{theirs: rule[ours]["enabled"] for theirs, ours in _SWITCHES.items()},
        "requiredPullRequestReviews": _reviews_outputs(api, rule, inputs),
        "requiredStatusChecks": [
            {"strict": block["strict"], "contexts": block["contexts"]}
            for block in _present(rule, "required_status_checks")
        ],
        "restrictPushes": [
            {
                "blocksCreations": rule["block_creations"]["enabled"],
                "pushAllowances": _spelled(api, block, _given(inputs, "restrictPushes", "pushAllowances")),
            }
            for block in _present(rule, "restrictions")
        ],
        "forcePushBypassers": _spelled(
            api, rule["force_push_bypassers"], inputs.get("forcePushBypassers") or []
        ),
    }


def _reviews_outputs(api: Github, rule: Any, inputs: Properties) -> list[Properties]:
    given = "requiredPullRequestReviews"
    return [
        {
            "requiredApprovingReviewCount": block["required_approving_review_count"],
            **{theirs: block[ours] for theirs, ours in _REVIEW_SWITCHES.items()},
            "restrictDismissals": "dismissal_restrictions" in block,
            "dismissalRestrictions": _spelled(
                api, block.get("dismissal_restrictions"), _given(inputs, given, "dismissalRestrictions")
            ),
            "pullRequestBypassers": _spelled(
                api,
                block.get("bypass_pull_request_allowances"),
                _given(inputs, given, "pullRequestBypassers"),
            ),
        }
        for block in _present(rule, "required_pull_request_reviews")
    ]


def _present(rule: Any, name: str) -> list[Any]:
    return [rule[name]] if rule.get(name) is not None else []


def _given(inputs: Properties, block: str, name: str) -> list[str]:
    return (one(inputs.get(block)) or {}).get(name) or []


def _spelled(api: Github, people: Any, given: list[str]) -> list[str]:
    """People in the words that the program chose, else by name."""
    known = people or {"users": [], "teams": []}
    users = [[f"/{person['login']}", person["node_id"]] for person in known["users"]]
    teams = [[f"{api.owner}/{team['slug']}", team["node_id"]] for team in known["teams"]]
    return [_word(words, given) for words in (*users, *teams)]


def _word(words: list[str], given: list[str]) -> str:
    return next((word for word in words if word in given), words[0])
