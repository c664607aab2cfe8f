"""Teams of an organisation: their members and the repositories that they may work in.

Whoever is put into a team joins the organisation at once: nobody is there to accept an invitation.
"""

from slipway_sandbox.github.accounts import simple_organization, simple_user
from slipway_sandbox.github.errors import invalid, not_found, unprocessable
from slipway_sandbox.github.identity import (
    NodeType,
    Permission,
    api_word,
    node_id,
    now,
    permission,
    permission_flags,
    slug,
)
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.repositories import repository_shape
from slipway_sandbox.github.rest import CREATED, NOTHING, ORGANIZATION, Answer, Body, Call, reads, writes

_PRIVACIES = ("secret", "closed")
_NOTIFICATIONS = ("notifications_enabled", "notifications_disabled")
_ROLES = ("member", "maintainer")


def team_of(call: Call) -> Document:
    """The team that the path names.

    Raises:
        GithubError: 404, there is none.
    """
    found = call.forge.team_by_slug(call.organization, call.names["team"])
    if found is None:
        raise not_found()
    return found


def simple_team(call: Call, team: Document) -> Document:
    """A team as part of another object."""
    return {
        "id": team["id"],
        "node_id": node_id(NodeType.TEAM, team["id"]),
        "name": team["name"],
        "slug": team["slug"],
        "description": team["description"],
        "privacy": team["privacy"],
        "notification_setting": team["notification_setting"],
        "permission": team["permission"],
        "url": call.url("organizations", team["organization_id"], "team", team["id"]),
        "html_url": f"{call.web_url}/orgs/{team['organization']}/teams/{team['slug']}",
        "members_url": call.url("organizations", team["organization_id"], "team", team["id"], "members"),
        "repositories_url": call.url("organizations", team["organization_id"], "team", team["id"], "repos"),
    }


def _with_parent(call: Call, team: Document) -> Document:
    parent = call.forge.team_by_id(team["parent_id"]) if team["parent_id"] else None
    return simple_team(call, team) | {"parent": simple_team(call, parent) if parent else None}


def _full(call: Call, team: Document) -> Document:
    return _with_parent(call, team) | {
        "members_count": len(call.forge.records.every(Kind.TEAM_MEMBER, team["id"])),
        "repos_count": len(call.forge.records.every(Kind.TEAM_REPOSITORY, team["id"])),
        "created_at": team["created_at"],
        "updated_at": team["updated_at"],
        "organization": simple_organization(call, call.organization),
    }


def _settings(call: Call, body: Body, before: Document) -> Document:
    name = body.text("name", before.get("name", "")) or body.required("name")
    parent = _parent(call, body) if "parent_team_id" in body else before.get("parent_id")
    default = before.get("privacy", "closed" if parent else "secret")
    return {
        "name": name,
        "slug": slug(name),
        "description": body.text("description", before.get("description") or "") or None,
        "privacy": body.choice("privacy", _PRIVACIES, default),
        "notification_setting": body.choice(
            "notification_setting", _NOTIFICATIONS, before.get("notification_setting", _NOTIFICATIONS[0])
        ),
        "permission": body.choice("permission", ("pull", "push"), before.get("permission", "pull")),
        "parent_id": parent,
        "updated_at": now(),
    }


def _parent(call: Call, body: Body) -> int | None:
    id_ = body.number("parent_team_id")
    if not id_:
        return None
    parent = call.forge.team_by_id(id_)
    if parent is None or parent["organization_id"] != call.organization["id"]:
        raise unprocessable(f"Parent team {id_} does not exist in {call.organization['login']}")
    return id_


def _check_slug(call: Call, team: Document) -> None:
    taken = call.forge.team_by_slug(call.organization, team["slug"])
    if not team["slug"] or (taken is not None and taken["id"] != team["id"]):
        raise invalid("Team", "name", "already_exists", "Name must be unique for this org")


def _create(call: Call) -> Answer:
    body, records = call.body(), call.forge.records
    with records.transaction():
        team = {
            "id": records.next_id(),
            "organization_id": call.organization["id"],
            "organization": call.organization["login"],
            "created_at": now(),
        } | _settings(call, body, {})
        _check_slug(call, team)
        records.put(Kind.TEAM, team["id"], body=team)
        _set_member(call, team, call.actor, "maintainer")  # as at GitHub, whoever makes a team is in it
        for login in body.words("maintainers"):
            _set_member(call, team, login, "maintainer")
    return Answer(payload=_full(call, team), status=CREATED)


def _update(call: Call) -> Answer:
    body, before = call.body(), team_of(call)
    with call.forge.records.transaction():
        team = before | _settings(call, body, before)
        if _is_below(call, team["parent_id"], team["id"]):
            raise unprocessable("A team cannot be its own ancestor")
        _check_slug(call, team)
        call.forge.records.put(Kind.TEAM, team["id"], body=team)
    return Answer(payload=_full(call, team))


def _is_below(call: Call, id_: int | None, ancestor: int) -> bool:
    while id_ is not None and id_ != ancestor:
        team = call.forge.team_by_id(id_)
        id_ = team["parent_id"] if team else None
    return id_ == ancestor


def _delete(call: Call) -> Answer:
    with call.forge.records.transaction():
        _discard(call, team_of(call)["id"])
    return NOTHING


def _discard(call: Call, id_: int) -> None:
    """A team goes with the teams below it."""
    records = call.forge.records
    for team in records.every(Kind.TEAM):
        if team["parent_id"] == id_:
            _discard(call, team["id"])
    records.remove_all(Kind.TEAM_MEMBER, id_)
    records.remove_all(Kind.TEAM_REPOSITORY, id_)
    records.remove(Kind.TEAM, id_)


def _list(call: Call) -> Answer:
    teams = call.forge.records.every(Kind.TEAM)
    mine = [team for team in teams if team["organization_id"] == call.organization["id"]]
    return call.page(mine, lambda team: _with_parent(call, team))


def _children(call: Call) -> Answer:
    id_ = team_of(call)["id"]
    below = [team for team in call.forge.records.every(Kind.TEAM) if team["parent_id"] == id_]
    return call.page(below, lambda team: _with_parent(call, team))


# Members


def _set_member(call: Call, team: Document, login: str, role: str) -> Document:
    user = call.forge.user(login)
    call.forge.ensure_member(call.organization, user)
    body = {"login": user["login"], "role": role}
    return call.forge.records.put(Kind.TEAM_MEMBER, team["id"], user["login"], body=body)


def _members(call: Call) -> Answer:
    role = call.query("role", "all")
    members = call.forge.records.every(Kind.TEAM_MEMBER, team_of(call)["id"])
    shown = [member for member in members if role in {"all", member["role"]}]
    return call.page(shown, lambda member: simple_user(call, member["login"]))


def _membership_shape(call: Call, member: Document) -> Answer:
    url = call.url("orgs", call.organization["login"], "teams", call.names["team"])
    return Answer(
        payload={"url": f"{url}/memberships/{member['login']}", "role": member["role"], "state": "active"}
    )


def _member(call: Call) -> Document:
    found = call.forge.records.find(Kind.TEAM_MEMBER, team_of(call)["id"], call.names["login"])
    if found is None:
        raise not_found()
    return found


def _put_member(call: Call) -> Answer:
    role = call.body().choice("role", _ROLES, "member")
    return _membership_shape(call, _set_member(call, team_of(call), call.names["login"], role))


def _remove_member(call: Call) -> Answer:
    call.forge.records.remove(Kind.TEAM_MEMBER, team_of(call)["id"], _member(call)["login"])
    return NOTHING


# Repositories


def _team_repository(call: Call) -> tuple[Document, Document | None]:
    found = call.forge.find_repository(call.names["owner"], call.names["name"])
    if found is None:
        raise not_found()
    repository, _ = found
    grant = call.forge.records.find(Kind.TEAM_REPOSITORY, team_of(call)["id"], repository["id"])
    return repository, grant


def _repository_shape(call: Call, repository: Document, grant: Document) -> Document:
    level = permission(grant["permission"]) or Permission.READ
    flags = {"permissions": permission_flags(level), "role_name": level.name.lower()}
    return repository_shape(call, repository) | flags


def _repositories(call: Call) -> Answer:
    grants = call.forge.records.every(Kind.TEAM_REPOSITORY, team_of(call)["id"])
    found = [(call.forge.repository_by_id(grant["repository"]), grant) for grant in grants]
    known = [(repository, grant) for repository, grant in found if repository is not None]
    return call.page(known, lambda pair: _repository_shape(call, *pair))


def _get_repository(call: Call) -> Answer:
    repository, grant = _team_repository(call)
    if grant is None:
        raise not_found()
    if call.wants("repository"):
        return Answer(payload=_repository_shape(call, repository, grant))
    return NOTHING


def _put_repository(call: Call) -> Answer:
    repository, _ = _team_repository(call)
    team = team_of(call)
    word = call.body().text("permission", team["permission"])
    level = permission(word)
    if level is None:
        raise invalid("TeamRepository", "permission", "invalid")
    body = {"repository": repository["id"], "permission": api_word(level)}
    call.forge.records.put(Kind.TEAM_REPOSITORY, team["id"], repository["id"], body=body)
    return NOTHING


def _remove_repository(call: Call) -> Answer:
    repository, _ = _team_repository(call)
    call.forge.records.remove(Kind.TEAM_REPOSITORY, team_of(call)["id"], repository["id"])
    return NOTHING


_TEAMS = f"{ORGANIZATION}/teams"
_TEAM = f"{_TEAMS}/<team>"
_REPOSITORY = f"{_TEAM}/repos/<owner>/<name>"

_MEMBER = Permission.WRITE  # teams are the organisation's own matter

ROUTES = (
    reads(_TEAMS, _list, _MEMBER),
    writes("POST", _TEAMS, _create),
    reads(_TEAM, lambda call: Answer(payload=_full(call, team_of(call))), _MEMBER),
    writes("PATCH", _TEAM, _update),
    writes("DELETE", _TEAM, _delete),
    reads(f"{_TEAM}/teams", _children, _MEMBER),
    reads(f"{_TEAM}/members", _members, _MEMBER),
    reads(f"{_TEAM}/memberships/<login>", lambda call: _membership_shape(call, _member(call)), _MEMBER),
    writes("PUT", f"{_TEAM}/memberships/<login>", _put_member),
    writes("DELETE", f"{_TEAM}/memberships/<login>", _remove_member),
    reads(f"{_TEAM}/repos", _repositories, _MEMBER),
    reads(_REPOSITORY, _get_repository, _MEMBER),
    writes("PUT", _REPOSITORY, _put_repository),
    writes("DELETE", _REPOSITORY, _remove_repository),
)
