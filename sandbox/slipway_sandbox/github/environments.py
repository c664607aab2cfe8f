"""Deployment environments: reviewers, wait timer, self review, and which branches may deploy.

Deployments themselves are not served yet; what is kept here is what a deployment will have to obey.
"""

from slipway_sandbox.github.accounts import simple_user
from slipway_sandbox.github.errors import not_found, unprocessable
from slipway_sandbox.github.identity import NodeType, Permission, node_id, now
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.rest import CREATED, NOTHING, REPOSITORY, Answer, Body, Call, reads, writes
from slipway_sandbox.github.teams import simple_team

_MOST_REVIEWERS = 6
_LONGEST_WAIT_MINUTES = 43_200
_REVIEWER_TYPES = ("User", "Team")


def environment(call: Call) -> Document:
    """The environment that the path names.

    Raises:
        GithubError: 404, there is none.
    """
    found = call.forge.records.find(Kind.ENVIRONMENT, call.repository["id"], call.names["environment"])
    if found is None:
        raise not_found()
    return found


def _put(call: Call) -> Answer:
    body, name = call.body(), call.names["environment"]
    with call.forge.records.transaction():
        before = call.forge.records.find(Kind.ENVIRONMENT, call.repository["id"], name)
        made: Document = {"id": call.forge.records.next_id(), "name": name, "created_at": now()}
        after = (before or made) | _settings(call, body) | {"updated_at": now()}
        call.forge.records.put(Kind.ENVIRONMENT, call.repository["id"], name, body=after)
        policy = after["deployment_branch_policy"]
        if not policy or not policy["custom_branch_policies"]:
            call.forge.records.remove_all(Kind.DEPLOYMENT_POLICY, call.repository["id"], after["id"])
    return Answer(payload=_shape(call, after))


def _settings(call: Call, body: Body) -> Document:
    """What a request says; as at GitHub, what it leaves out goes back to its default."""
    wait = body.number("wait_timer")
    if not 0 <= wait <= _LONGEST_WAIT_MINUTES:
        raise unprocessable(f"wait_timer must be between 0 and {_LONGEST_WAIT_MINUTES} minutes")
    return {
        "wait_timer": wait,
        "prevent_self_review": body.flag("prevent_self_review"),
        "can_admins_bypass": body.flag("can_admins_bypass", default=True),
        "reviewers": _reviewers(call, body),
        "deployment_branch_policy": _branch_policy(body.part("deployment_branch_policy")),
    }


def _reviewers(call: Call, body: Body) -> list[Document]:
    rows = [Body(row) for row in body.rows("reviewers")]
    if len(rows) > _MOST_REVIEWERS:
        raise unprocessable(f"an environment has at most {_MOST_REVIEWERS} reviewers")
    found: list[Document] = [
        {"type": row.choice("type", _REVIEWER_TYPES, ""), "id": row.number("id")} for row in rows
    ]
    for reviewer in found:
        if _reviewer(call, reviewer) is None:
            raise unprocessable(f"there is no {reviewer['type'].lower()} with id {reviewer['id']} to review")
        if not _reads(call, reviewer):
            raise unprocessable(f"the {reviewer['type'].lower()} {reviewer['id']} cannot read the repository")
    return found


def _reads(call: Call, reviewer: Document) -> bool:
    """A required reviewer "must have at least read access to the repository" (GitHub's REST reference)."""
    if reviewer["type"] == "Team":
        granted = call.forge.records.find(Kind.TEAM_REPOSITORY, reviewer["id"], call.repository["id"])
        return granted is not None or call.repository["visibility"] == "public"
    users = call.forge.records.every(Kind.USER)
    login = next(user["login"] for user in users if user["id"] == reviewer["id"])
    return call.forge.permission_of(login, call.repository) >= Permission.READ


def _reviewer(call: Call, reviewer: Document) -> Document | None:
    if reviewer["type"] == "Team":
        team = call.forge.team_by_id(reviewer["id"])
        return simple_team(call, team) if team else None
    users = call.forge.records.every(Kind.USER)
    return next((simple_user(call, user["login"]) for user in users if user["id"] == reviewer["id"]), None)


def _branch_policy(body: Body | None) -> Document | None:
    if body is None:
        return None
    policy = {name: body.flag(name) for name in ("protected_branches", "custom_branch_policies")}
    if len(set(policy.values())) == 1:
        raise unprocessable("protected_branches and custom_branch_policies cannot have the same value")
    return policy


def _shape(call: Call, each: Document) -> Document:
    url = call.repository_url("environments", each["name"])
    return {
        "id": each["id"],
        "node_id": node_id(NodeType.ENVIRONMENT, call.repository["id"], each["id"]),
        "name": each["name"],
        "url": url,
        "html_url": f"{call.web_url}/{call.repository['owner']}/{call.repository['name']}/deployments",
        "created_at": each["created_at"],
        "updated_at": each["updated_at"],
        "can_admins_bypass": each["can_admins_bypass"],
        "protection_rules": list(_rules(call, each)),
        "deployment_branch_policy": each["deployment_branch_policy"],
    }


def _rules(call: Call, each: Document) -> list[Document]:
    """The settings as GitHub shows them: one rule for each that is in force."""
    rules: list[Document] = []
    if each["wait_timer"]:
        rules.append({"type": "wait_timer", "wait_timer": each["wait_timer"]})
    if each["reviewers"] or each["prevent_self_review"]:
        shown = [(reviewer["type"], _reviewer(call, reviewer)) for reviewer in each["reviewers"]]
        reviewers = [{"type": kind, "reviewer": who} for kind, who in shown if who is not None]
        self_review = {"prevent_self_review": each["prevent_self_review"]}
        rules.append({"type": "required_reviewers", "reviewers": reviewers} | self_review)
    if each["deployment_branch_policy"]:
        rules.append({"type": "branch_policy"})
    first = each["id"] * 10
    return [{"id": first + at, "node_id": f"GA_{first + at}"} | rule for at, rule in enumerate(rules)]


def _list(call: Call) -> Answer:
    every = call.forge.records.every(Kind.ENVIRONMENT, call.repository["id"])
    return call.page(every, lambda each: _shape(call, each), under="environments")


def _delete(call: Call) -> Answer:
    each = environment(call)
    records = call.forge.records
    with records.transaction():
        records.remove_all(Kind.DEPLOYMENT_POLICY, call.repository["id"], each["id"])
        for kind in (Kind.VARIABLE, Kind.SECRET):
            records.remove_all(kind, f"environment.{each['id']}")
        records.remove(Kind.KEY_PAIR, f"environment.{each['id']}")
        records.remove(Kind.ENVIRONMENT, call.repository["id"], each["name"])
    return NOTHING


# Which branches and tags may deploy


def _policies(call: Call) -> tuple[int, int]:
    """The key of the environment's policies.

    Raises:
        GithubError: 404, the environment has no policies of its own.
    """
    each = environment(call)
    policy = each["deployment_branch_policy"]
    if not policy or not policy["custom_branch_policies"]:
        raise not_found()
    return call.repository["id"], each["id"]


def _list_policies(call: Call) -> Answer:
    every = call.forge.records.every(Kind.DEPLOYMENT_POLICY, *_policies(call))
    return call.page(every, lambda each: each, under="branch_policies")


def _create_policy(call: Call) -> Answer:
    body, key = call.body(), _policies(call)
    name, kind = body.required("name"), body.choice("type", ("branch", "tag"), "branch")
    records = call.forge.records
    with records.transaction():
        if any(
            each["name"] == name and each["type"] == kind
            for each in records.every(Kind.DEPLOYMENT_POLICY, *key)
        ):
            raise unprocessable(f"a policy for {kind} {name} exists already")
        id_ = records.next_id()
        node = node_id(NodeType.DEPLOYMENT_POLICY, call.repository["id"], id_)
        policy = {"id": id_, "node_id": node, "name": name, "type": kind}
        records.put(Kind.DEPLOYMENT_POLICY, *key, id_, body=policy)
    return Answer(payload=policy, status=CREATED)


def _policy(call: Call) -> Document:
    found = call.forge.records.find(Kind.DEPLOYMENT_POLICY, *_policies(call), call.names["id"])
    if found is None:
        raise not_found()
    return found


def _put_policy(call: Call) -> Answer:
    policy = _policy(call) | {"name": call.body().required("name")}
    call.forge.records.put(Kind.DEPLOYMENT_POLICY, *_policies(call), policy["id"], body=policy)
    return Answer(payload=policy)


def _delete_policy(call: Call) -> Answer:
    call.forge.records.remove(Kind.DEPLOYMENT_POLICY, *_policies(call), _policy(call)["id"])
    return NOTHING


_ONE = f"{REPOSITORY}/environments/<environment>"
_POLICIES = f"{_ONE}/deployment-branch-policies"

ROUTES = (
    reads(f"{REPOSITORY}/environments", _list),
    reads(_ONE, lambda call: Answer(payload=_shape(call, environment(call)))),
    writes("PUT", _ONE, _put),
    writes("DELETE", _ONE, _delete),
    reads(_POLICIES, _list_policies),
    writes("POST", _POLICIES, _create_policy),
    reads(f"{_POLICIES}/<id>", lambda call: Answer(payload=_policy(call))),
    writes("PUT", f"{_POLICIES}/<id>", _put_policy),
    writes("DELETE", f"{_POLICIES}/<id>", _delete_policy),
)
