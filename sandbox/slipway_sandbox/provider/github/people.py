"""github.RepositoryCollaborator(s) and github.Membership: who is in a repository and in the organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import State
from slipway_sandbox.provider.github.client import github
from slipway_sandbox.provider.github.resource import GithubType
from slipway_sandbox.provider.github.shapes import parts_of
from slipway_sandbox.provider.github.teams import team_id, team_path

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.github.client import Github

_ROLE_WORDS = {"read": "pull", "write": "push"}


def _direct(api: Github, repository: str) -> dict[str, str]:
    """The collaborators who were added, by login, with their permission."""
    found = api.list(f"{api.repository(repository, 'collaborators')}?affiliation=direct")
    return {each["login"]: _ROLE_WORDS.get(each["role_name"], each["role_name"]) for each in found}


class RepositoryCollaborator(GithubType):
    """One person in a repository; the id is ``repository:login``."""

    replace_on = frozenset({"repository", "username", "permission"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Add the person."""
        del name
        api, repository, login = github(session), inputs["repository"], inputs["username"]
        path = api.repository(repository, "collaborators", login)
        api.request("PUT", path, json={"permission": inputs.get("permission", "push")})
        return State(id=f"{repository}:{login}", outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """As it is; nobody has an open invitation here."""
        api = github(session)
        repository, login = parts_of(id_, "repository", "login")
        if not api.exists(api.repository(repository)):
            return None
        found = {known.lower(): word for known, word in _direct(api, repository).items()}
        if login.lower() not in found:
            return None
        outputs = {"repository": repository, "username": inputs.get("username", login), "invitationId": ""}
        return State(id=id_, outputs=outputs | {"permission": found[login.lower()]})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Nothing of it changes in place but how differences are shown."""

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Remove the person."""
        del inputs
        api = github(session)
        repository, login = parts_of(id_, "repository", "login")
        api.remove(api.repository(repository, "collaborators", login))


class RepositoryCollaborators(GithubType):
    """All people and teams of a repository, and nobody else; the id is the repository's name."""

    replace_on = frozenset({"repository"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Make people and teams those of the program."""
        del name
        self.update(session, inputs["repository"], {}, inputs)
        return State(id=inputs["repository"], outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """Everybody who was added, and every team that has access."""
        api = github(session)
        repository = api.find(api.repository(id_))
        if repository is None:
            return None
        users = [{"username": login, "permission": word} for login, word in _direct(api, id_).items()]
        given = [team["teamId"] for team in inputs.get("teams") or []]
        teams = [
            {"teamId": _as_given(team, given), "permission": team["permission"]}
            for team in _teams(api, id_, inputs)
        ]
        outputs = {"repository": id_, "repositoryId": repository["id"], "users": users, "teams": teams}
        return State(id=id_, outputs=outputs | {"invitationIds": {}, "ownerConfigured": False})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Make people and teams those of the program."""
        del old
        api = github(session)
        _set_users(api, id_, new.get("users") or [])
        _set_teams(api, id_, new)

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Remove the people and teams of the program."""
        api = github(session)
        if not api.exists(api.repository(id_)):
            return
        for user in inputs.get("users") or []:
            api.remove(api.repository(id_, "collaborators", user["username"]))
        for team in inputs.get("teams") or []:
            api.remove(team_path(api, team["teamId"], "repos", api.owner, id_))


def _as_given(team: Any, given: list[str]) -> str:
    return str(team["slug"] if team["slug"] in given else team["id"])


def _teams(api: Github, repository: str, inputs: Properties) -> list[Any]:
    ignored = {str(team["teamId"]) for team in inputs.get("ignoreTeams") or []}
    found = api.list(api.repository(repository, "teams"))
    return [team for team in found if not {str(team["id"]), team["slug"]} & ignored]


def _set_users(api: Github, repository: str, users: list[Properties]) -> None:
    wanted = {user["username"].lower(): user.get("permission", "push") for user in users}
    present = {login.lower(): word for login, word in _direct(api, repository).items()}
    for login in present.keys() - wanted.keys():
        api.remove(api.repository(repository, "collaborators", login))
    for login, word in wanted.items():
        if present.get(login) != word:
            path = api.repository(repository, "collaborators", login)
            api.request("PUT", path, json={"permission": word})


def _set_teams(api: Github, repository: str, inputs: Properties) -> None:
    teams = inputs.get("teams") or []
    wanted = {team_id(api, team["teamId"]): team.get("permission", "push") for team in teams}
    present = {team["id"]: team["permission"] for team in _teams(api, repository, inputs)}
    for number in present.keys() - wanted.keys():
        api.remove(team_path(api, str(number), "repos", api.owner, repository))
    for number, word in wanted.items():
        if present.get(number) != word:
            path = team_path(api, str(number), "repos", api.owner, repository)
            api.request("PUT", path, json={"permission": word})


class Membership(GithubType):
    """One person in the organisation; the id is ``organization:login``."""

    replace_on = frozenset({"username"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Take the person in."""
        del name
        id_ = f"{github(session).owner}:{inputs['username']}"
        self.update(session, id_, {}, inputs)
        return State(id=id_, outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """As it is."""
        api = github(session)
        login = parts_of(id_, "organization", "login")[1]
        found = api.find_tagged(api.organization("memberships", login))
        if found is None:
            return None
        outputs = {"username": inputs.get("username", login), "role": found[0]["role"], "etag": found[1]}
        return State(id=id_, outputs=outputs)

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Set the role."""
        del old
        api = github(session)
        path = api.organization("memberships", parts_of(id_, "organization", "login")[1])
        api.request("PUT", path, json={"role": new.get("role", "member")})

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Let the person go, or make an owner a member where the program asks for that."""
        api = github(session)
        path = api.organization("memberships", parts_of(id_, "organization", "login")[1])
        if inputs.get("downgradeOnDestroy"):
            api.request("PUT", path, json={"role": "member"})
        else:
            api.remove(path)
