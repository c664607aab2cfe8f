"""Who works in a repository: collaborators, their permission, and the teams that have access.

Whoever is added collaborates at once: nobody is there to accept an invitation.
"""

from slipway_sandbox.github.accounts import simple_user
from slipway_sandbox.github.errors import invalid, not_found
from slipway_sandbox.github.identity import Permission, api_word, permission, permission_flags
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.rest import NOTHING, REPOSITORY, Answer, Call, reads, writes
from slipway_sandbox.github.teams import simple_team


def _logins(call: Call) -> list[str]:
    """Everybody with access, or with ``affiliation=direct`` only those who were added."""
    direct = [each["login"] for each in call.forge.records.every(Kind.COLLABORATOR, call.repository["id"])]
    if call.query("affiliation", "all") in {"direct", "outside"}:
        return direct
    users = [user["login"] for user in call.forge.records.every(Kind.USER)]
    return [
        login
        for login in users
        if login in direct or call.forge.permission_of(login, call.repository) > Permission.READ
    ]


def _shape(call: Call, login: str) -> Document:
    level = call.forge.permission_of(login, call.repository)
    if call.query("affiliation") in {"direct", "outside"}:
        grant = call.forge.records.find(Kind.COLLABORATOR, call.repository["id"], login)
        level = permission(grant["permission"]) or level if grant else level
    flags = {"permissions": permission_flags(level), "role_name": level.name.lower()}
    return simple_user(call, login) | flags


def _list(call: Call) -> Answer:
    return call.page(_logins(call), lambda login: _shape(call, login))


def _get(call: Call) -> Answer:
    if call.names["login"].lower() not in {login.lower() for login in _logins(call)}:
        raise not_found(f"{call.names['login']} is not a user")
    return NOTHING


def _permission(call: Call) -> Answer:
    login = call.forge.user(call.names["login"])["login"]
    level = call.forge.permission_of(login, call.repository)
    coarse = {Permission.TRIAGE: Permission.READ, Permission.MAINTAIN: Permission.WRITE}.get(level, level)
    payload = {
        "permission": coarse.name.lower(),
        "role_name": level.name.lower(),
        "user": _shape(call, login),
    }
    return Answer(payload=payload)


def _put(call: Call) -> Answer:
    level = permission(call.body().text("permission", "push"))
    if level is None:
        raise invalid("RepositoryInvitation", "permission", "invalid")
    login = call.forge.user(call.names["login"])["login"]
    body = {"login": login, "permission": api_word(level)}
    call.forge.records.put(Kind.COLLABORATOR, call.repository["id"], login, body=body)
    return NOTHING


def _delete(call: Call) -> Answer:
    call.forge.records.remove(Kind.COLLABORATOR, call.repository["id"], call.names["login"])
    return NOTHING


def _invitations(call: Call) -> Answer:
    return call.page([], lambda each: each)


def _teams(call: Call) -> Answer:
    id_ = call.repository["id"]
    found = [
        (team, call.forge.records.find(Kind.TEAM_REPOSITORY, team["id"], id_)) for team in _all_teams(call)
    ]
    granted = [(team, grant["permission"]) for team, grant in found if grant is not None]
    return call.page(granted, lambda pair: simple_team(call, pair[0]) | {"permission": pair[1]})


def _all_teams(call: Call) -> list[Document]:
    return call.forge.records.every(Kind.TEAM)


_ONE = f"{REPOSITORY}/collaborators/<login>"

ROUTES = (
    reads(f"{REPOSITORY}/collaborators", _list),
    reads(_ONE, _get),
    reads(f"{_ONE}/permission", _permission),
    writes("PUT", _ONE, _put),
    writes("DELETE", _ONE, _delete),
    reads(f"{REPOSITORY}/invitations", _invitations),
    reads(f"{REPOSITORY}/teams", _teams),
)
