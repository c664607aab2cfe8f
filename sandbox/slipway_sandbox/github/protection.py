"""Branch protection: the REST routes of one branch, and rules by pattern.

A rule is one document whatever made it. GitHub makes rules for patterns by GraphQL only, which is not served
here; ``/_slipway/repos/{owner}/{repo}/protection-rules`` offers the same (create, read, change, delete by id)
in the words of the REST routes plus ``pattern`` and ``force_push_bypassers``.
"""

from typing import Any

from slipway_sandbox.github.accounts import simple_user
from slipway_sandbox.github.errors import invalid, not_found, unprocessable
from slipway_sandbox.github.identity import NodeType, node_id, slug
from slipway_sandbox.github.policy import BRANCHES, governing
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.rest import CREATED, NOTHING, REPOSITORY, Answer, Body, Call, reads, writes

_MOST_REVIEWS = 6
_FLAGS = (
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "block_creations",
    "required_conversation_resolution",
    "lock_branch",
    "allow_fork_syncing",
)
_REQUIRED = ("required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions")
_REVIEW_FLAGS = ("dismiss_stale_reviews", "require_code_owner_reviews", "require_last_push_approval")
_PEOPLE = ("users", "teams", "apps")


def rules_of(call: Call) -> list[Document]:
    """The protection rules of the path's repository, the oldest first."""
    return call.forge.records.every(Kind.PROTECTION, call.repository["id"])


# From a request to a rule


def rule_from(call: Call, body: Body, pattern: str) -> Document:
    """The rule that a request describes; what it leaves out is off."""
    return {
        "pattern": pattern,
        "required_status_checks": checks_from(body.part("required_status_checks")),
        "enforce_admins": body.flag("enforce_admins"),
        "required_pull_request_reviews": reviews_from(call, body.part("required_pull_request_reviews")),
        "restrictions": people_from(call, body.part("restrictions")),
        "required_signatures": body.flag("required_signatures"),
        "force_push_bypassers": people_from(call, body.part("force_push_bypassers")),
        **{name: body.flag(name) for name in _FLAGS},
    }


def checks_from(body: Body | None) -> Document | None:
    """Required status checks; ``contexts`` is the older way to say ``checks``."""
    if body is None:
        return None
    checks = [
        {"context": Body(row).required("context"), "app_id": row.get("app_id")} for row in body.rows("checks")
    ]
    named = {check["context"] for check in checks}
    checks += [{"context": name, "app_id": None} for name in body.words("contexts") if name not in named]
    return {"strict": body.flag("strict"), "checks": checks}


def reviews_from(call: Call, body: Body | None) -> Document | None:
    """Required pull request reviews."""
    if body is None:
        return None
    count = body.number("required_approving_review_count", 1)
    if not 0 <= count <= _MOST_REVIEWS:
        raise unprocessable(f"required_approving_review_count must be between 0 and {_MOST_REVIEWS}")
    return {
        "required_approving_review_count": count,
        "dismissal_restrictions": _dismissal(call, body),
        "bypass_pull_request_allowances": people_from(call, body.part("bypass_pull_request_allowances")),
        **{name: body.flag(name) for name in _REVIEW_FLAGS},
    }


def _dismissal(call: Call, body: Body) -> Document | None:
    """Who may dismiss reviews; an empty object lifts the restriction."""
    part = body.part("dismissal_restrictions")
    return people_from(call, part) if part is not None and part.fields else None


def people_from(call: Call, body: Body | None) -> Document | None:
    """Users by login and teams by slug, each of which must exist."""
    if body is None:
        return None
    organization = call.forge.find_organization(call.repository["owner"])
    teams = [slug(name) for name in body.words("teams")]
    for name in teams:
        if organization is None or call.forge.team_by_slug(organization, name) is None:
            raise invalid("ProtectedBranch", "teams", "custom", f"there is no team {name!r}")
    users = [call.forge.user(login)["login"] for login in body.words("users")]
    return {"users": users, "teams": teams, "apps": body.words("apps")}


def store(call: Call, rule: Document) -> Document:
    """Keep a rule; a new one gets its id."""
    rule.setdefault("id", call.forge.records.next_id())
    return call.forge.records.put(Kind.PROTECTION, call.repository["id"], rule["id"], body=rule)


# From a rule to an answer


def branch_shape(call: Call, rule: Document, branch: str) -> Document:
    """A rule as the routes of one branch show it."""
    url = call.repository_url("branches", branch, "protection")
    shape: Document = {"url": url}
    if rule["required_status_checks"] is not None:
        shape["required_status_checks"] = checks_shape(rule["required_status_checks"], url)
    if rule["required_pull_request_reviews"] is not None:
        shape["required_pull_request_reviews"] = reviews_shape(
            call, rule["required_pull_request_reviews"], url
        )
    if rule["restrictions"] is not None:
        shape["restrictions"] = {"url": f"{url}/restrictions"} | people_shape(call, rule["restrictions"])
    for name in ("enforce_admins", "required_signatures"):
        shape[name] = {"url": f"{url}/{name}", "enabled": rule[name]}
    return shape | {name: {"enabled": rule[name]} for name in _FLAGS}


def checks_shape(checks: Document, url: str) -> Document:
    """Required status checks as GitHub shows them."""
    contexts = [check["context"] for check in checks["checks"]]
    address = f"{url}/required_status_checks"
    return {"url": address, "contexts_url": f"{address}/contexts", "contexts": contexts} | checks


def reviews_shape(call: Call, reviews: Document, url: str) -> Document:
    """Required reviews as GitHub shows them: people in full."""
    shape: Document = {"url": f"{url}/required_pull_request_reviews"} | reviews
    for name in ("dismissal_restrictions", "bypass_pull_request_allowances"):
        people = shape.pop(name)
        if people is not None:
            shape[name] = people_shape(call, people)
    return shape


def people_shape(call: Call, people: Document) -> Document:
    """Users and teams in full."""
    organization = call.forge.find_organization(call.repository["owner"]) or {}
    teams = [call.forge.team_by_slug(organization, name) for name in people["teams"]]
    kept = ("id", "name", "slug", "privacy")
    return {
        "users": [simple_user(call, login) for login in people["users"]],
        "teams": [
            {name: team[name] for name in kept} | {"node_id": node_id(NodeType.TEAM, team["id"])}
            for team in teams
            if team is not None
        ],
        "apps": [{"slug": name} for name in people["apps"]],
    }


# The routes of one branch


def existing_rule(call: Call) -> Document:
    """The rule that governs the path's branch.

    Raises:
        GithubError: 404, there is none.
    """
    rule = governing(rules_of(call), call.names["branch"])
    if rule is None:
        raise not_found("Branch not protected")
    return rule


def _get(call: Call) -> Answer:
    return Answer(payload=branch_shape(call, existing_rule(call), call.names["branch"]))


def _put(call: Call) -> Answer:
    branch, body = call.names["branch"], call.body()
    missing = [name for name in _REQUIRED if name not in body]
    if missing:
        raise unprocessable(f"Invalid request.\n\n{', '.join(missing)} weren't supplied.")
    with call.forge.writing(call.repository) as git, call.forge.records.transaction():
        if git.ref(BRANCHES + branch) is None:
            raise not_found("Branch not found")
        exact = next((rule for rule in rules_of(call) if rule["pattern"] == branch), None)
        rule = rule_from(call, body, branch)
        if exact is not None:
            rule |= {"id": exact["id"], "required_signatures": exact["required_signatures"]}
        store(call, rule)
    return Answer(payload=branch_shape(call, rule, branch))


def _delete(call: Call) -> Answer:
    rule = existing_rule(call)
    if rule["pattern"] != call.names["branch"]:
        raise not_found("Branch not protected")  # a rule by pattern is not this branch's to delete
    call.forge.records.remove(Kind.PROTECTION, call.repository["id"], rule["id"])
    return NOTHING


# Rules by pattern


def _rule_shape(call: Call, rule: Document) -> Document:
    id_ = rule["id"]
    shape = branch_shape(call, rule, rule["pattern"])
    bypassers = rule["force_push_bypassers"]
    return shape | {
        "id": id_,
        "node_id": node_id(NodeType.PROTECTION_RULE, call.repository["id"], id_),
        "pattern": rule["pattern"],
        "repository": call.repository["name"],
        "force_push_bypassers": None if bypassers is None else people_shape(call, bypassers),
    }


def _rule(call: Call) -> Document:
    found = call.forge.records.find(Kind.PROTECTION, call.repository["id"], call.names["id"])
    if found is None:
        raise not_found()
    return found


def _pattern(call: Call, body: Body, id_: Any = None) -> str:
    pattern = body.required("pattern")
    if any(rule["pattern"] == pattern and rule["id"] != id_ for rule in rules_of(call)):
        raise invalid("ProtectedBranch", "pattern", "custom", f"Name already protected: {pattern}")
    return pattern


def _create_rule(call: Call) -> Answer:
    body = call.body()
    with call.forge.records.transaction():
        rule = store(call, rule_from(call, body, _pattern(call, body)))
    return Answer(payload=_rule_shape(call, rule), status=CREATED)


def _put_rule(call: Call) -> Answer:
    body = call.body()
    with call.forge.records.transaction():
        id_ = _rule(call)["id"]
        rule = store(call, rule_from(call, body, _pattern(call, body, id_)) | {"id": id_})
    return Answer(payload=_rule_shape(call, rule))


def _delete_rule(call: Call) -> Answer:
    call.forge.records.remove(Kind.PROTECTION, call.repository["id"], _rule(call)["id"])
    return NOTHING


_BRANCH = f"{REPOSITORY}/branches/<path:branch>/protection"
_RULES = f"/_slipway{REPOSITORY}/protection-rules"

ROUTES = (
    reads(_BRANCH, _get),
    writes("PUT", _BRANCH, _put),
    writes("DELETE", _BRANCH, _delete),
    reads(_RULES, lambda call: call.page(rules_of(call), lambda rule: _rule_shape(call, rule))),
    writes("POST", _RULES, _create_rule),
    reads(f"{_RULES}/<id>", lambda call: Answer(payload=_rule_shape(call, _rule(call)))),
    writes("PUT", f"{_RULES}/<id>", _put_rule),
    writes("DELETE", f"{_RULES}/<id>", _delete_rule),
)
