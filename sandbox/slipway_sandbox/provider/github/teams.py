"""github.Team, its members and the repositories that it may work in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import ProviderFault, State
from slipway_sandbox.provider.github.client import github
from slipway_sandbox.provider.github.resource import GithubType
from slipway_sandbox.provider.github.shapes import parts_of, refuse

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.github.client import Github

_UNSUPPORTED = ("ldapDn",)


def team_path(api: Github, team: str, *rest: str) -> str:
    """The path of a team that the program names by number or by slug."""
    if str(team).isdigit():
        return "/".join([f"/teams/{team}", *rest])
    return api.organization("teams", team, *rest)


def team_id(api: Github, team: str) -> int:
    """The number of a team that the program names by number or by slug.

    Raises:
        ProviderFault: there is no such team.
    """
    found = api.find(team_path(api, team))
    if found is None:
        raise ProviderFault(f"there is no team {team!r}", remedy="create it first, or name another one")
    return int(found["id"])


class Team(GithubType):
    """A team; the id is its number. Imported by number or slug."""

    autoname = "name"

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Create it; its maker leaves it unless the program wants that maintainer."""
        refuse("Team", inputs, _UNSUPPORTED)
        api = github(session)
        made = api.request("POST", api.organization("teams"), json=_body(api, inputs, name))
        if not inputs.get("createDefaultMaintainer"):
            for member in api.list(team_path(api, made["slug"], "members")):
                api.remove(team_path(api, made["slug"], "memberships", member["login"]))
        return State(id=str(made["id"]), outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """As it is."""
        api = github(session)
        found = api.find_tagged(team_path(api, id_))
        if found is None:
            return None
        team, etag = found
        parent = team["parent"] or {"id": "", "slug": ""}
        outputs = {
            "name": team["name"],
            "slug": team["slug"],
            "description": team["description"],
            "privacy": team["privacy"],
            "notificationSetting": team["notification_setting"],
            "membersCount": team["members_count"],
            "nodeId": team["node_id"],
            "parentTeamId": _as_given(parent, inputs.get("parentTeamId")),
            "parentTeamReadId": str(parent["id"]),
            "parentTeamReadSlug": parent["slug"],
            "etag": etag,
        }
        return State(id=str(team["id"]), outputs=outputs)

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """One PATCH says everything."""
        refuse("Team", new, _UNSUPPORTED)
        api = github(session)
        api.request("PATCH", team_path(api, id_), json=_body(api, new, old.get("name", "")))

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Delete it with the teams below it."""
        del inputs
        api = github(session)
        api.remove(team_path(api, id_))


def _body(api: Github, inputs: Properties, name: str) -> Properties:
    parent = inputs.get("parentTeamId")
    return {
        "name": inputs.get("name", name),
        "description": inputs.get("description") or "",
        "privacy": inputs.get("privacy", "secret"),
        "notification_setting": inputs.get("notificationSetting", "notifications_enabled"),
        "parent_team_id": team_id(api, parent) if parent else None,
    }


def _as_given(parent: Any, given: str | None) -> str:
    """The parent by slug where the program says a slug, else by number."""
    return str(parent["slug"] if given and given == parent["slug"] else parent["id"])


class TeamMembership(GithubType):
    """One person in a team; the id is ``team:login``."""

    replace_on = frozenset({"teamId", "username"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Put the person into the team."""
        del name
        id_ = f"{team_id(github(session), inputs['teamId'])}:{inputs['username']}"
        self.update(session, id_, {}, inputs)
        return State(id=id_, outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """As it is."""
        api = github(session)
        team, login = parts_of(id_, "team", "login")
        found = api.find_tagged(team_path(api, team, "memberships", login))
        if found is None:
            return None
        member, etag = found
        number = team_id(api, team)
        given = {"teamId": inputs.get("teamId", str(number)), "username": inputs.get("username", login)}
        return State(id=f"{number}:{login}", outputs=given | {"role": member["role"], "etag": etag})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Set the role."""
        del old
        api = github(session)
        team, login = parts_of(id_, "team", "login")
        body = {"role": new.get("role", "member")}
        api.request("PUT", team_path(api, team, "memberships", login), json=body)

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Take the person out of the team."""
        del inputs
        api = github(session)
        team, login = parts_of(id_, "team", "login")
        api.remove(team_path(api, team, "memberships", login))


class TeamMembers(GithubType):
    """All members of a team, and nobody else; the id is what names the team."""

    replace_on = frozenset({"teamId", "teamSlug"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Make the members those of the program."""
        del name
        id_ = inputs.get("teamId") or inputs.get("teamSlug")
        if not id_:
            raise ProviderFault("TeamMembers needs teamId or teamSlug")
        self.update(session, id_, {}, inputs)
        return State(id=id_, outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """Everybody who is in the team now."""
        api = github(session)
        team = api.find(team_path(api, id_))
        if team is None:
            return None
        members = [{"username": login, "role": role} for login, role in _members(api, id_).items()]
        names = {"teamId": inputs.get("teamId", str(team["id"])), "teamSlug": team["slug"]}
        return State(id=id_, outputs=names | {"members": members})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Make the members those of the program."""
        del old
        _set_members(github(session), id_, new["members"])

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Leave the team empty."""
        del inputs
        api = github(session)
        if api.exists(team_path(api, id_)):
            _set_members(api, id_, [])


def _members(api: Github, team: str) -> dict[str, str]:
    path = team_path(api, team, "members")
    return {
        member["login"]: role
        for role in ("maintainer", "member")
        for member in api.list(f"{path}?role={role}")
    }


def _set_members(api: Github, team: str, members: list[Properties]) -> None:
    wanted = {member["username"].lower(): member.get("role", "member") for member in members}
    present = {login.lower(): role for login, role in _members(api, team).items()}
    for login in present.keys() - wanted.keys():
        api.remove(team_path(api, team, "memberships", login))
    for login, role in wanted.items():
        if present.get(login) != role:
            api.request("PUT", team_path(api, team, "memberships", login), json={"role": role})


class TeamRepository(GithubType):
    """A team's permission in a repository; the id is ``team number:repository``."""

    replace_on = frozenset({"teamId", "repository"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Give the permission."""
        del name
        id_ = f"{team_id(github(session), inputs['teamId'])}:{inputs['repository']}"
        self.update(session, id_, {}, inputs)
        return State(id=id_, outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """As it is."""
        api = github(session)
        team, repository = parts_of(id_, "team", "repository")
        etag_and = api.find_tagged(_grant(api, team, repository), accept=_WITH_PERMISSION)
        if etag_and is None:
            return None
        found, etag = etag_and
        number = team_id(api, team)
        outputs = {"teamId": inputs.get("teamId", str(number)), "repository": repository, "etag": etag}
        return State(id=f"{number}:{repository}", outputs=outputs | {"permission": _word(found["role_name"])})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Change the permission."""
        del old
        api = github(session)
        team, repository = parts_of(id_, "team", "repository")
        api.request("PUT", _grant(api, team, repository), json={"permission": new.get("permission", "pull")})

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Take the permission away."""
        del inputs
        api = github(session)
        team, repository = parts_of(id_, "team", "repository")
        api.remove(_grant(api, team, repository))


_WITH_PERMISSION = "application/vnd.github.v3.repository+json"


def _grant(api: Github, team: str, repository: str) -> str:
    return team_path(api, team, "repos", api.owner, repository)


def _word(role: str) -> str:
    """A role's name as programs write the permission."""
    return {"read": "pull", "write": "push"}.get(role, role)
