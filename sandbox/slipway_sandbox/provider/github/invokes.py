"""The data sources of pulumi-github that answer from the sandbox's GitHub."""

from __future__ import annotations

import base64
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import ProviderFault
from slipway_sandbox.provider.github.client import github
from slipway_sandbox.provider.github.repository import settings_outputs
from slipway_sandbox.provider.github.shapes import from_rest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.contract import Invoke, Properties, Session


def _existing(found: Any | None, what: str) -> Any:
    if found is None:
        raise ProviderFault(f"there is no {what}", remedy="create it first, or correct the name")
    return found


def get_repository(session: Session, args: Properties) -> Properties:
    """A repository by ``name`` (of the owner) or by ``fullName``."""
    api = github(session)
    name = args.get("fullName") or f"{api.owner}/{args.get('name', '')}"
    owner, _, short = name.partition("/")
    found = _existing(api.find(f"/repos/{owner}/{short}"), f"repository {name}")
    internal = {"securityAndAnalysis", "sourceOwner", "sourceRepo", "webCommitSignoffRequired"}
    outputs = {key: value for key, value in settings_outputs(found).items() if key not in internal}
    lists: Properties = {"pages": [], "templates": [], "repositoryLicenses": []}
    return outputs | lists | {"id": found["name"], "fork": False, "description": found["description"] or ""}


_NOT_OF_A_USER = frozenset({"url", "htmlUrl", "type"})


def get_user(session: Session, args: Properties) -> Properties:
    """A person; an empty ``username`` means whose token it is."""
    login = args["username"]
    path = f"/users/{login}" if login else "/user"
    found = _existing(github(session).find(path), f"user {login}")
    outputs = {name: value for name, value in from_rest(found).items() if name not in _NOT_OF_A_USER}
    named = {"id": str(found["id"]), "username": login or found["login"], "sshKeys": [], "gpgKeys": []}
    texts = dict.fromkeys(("bio", "blog", "company", "email", "location", "name", "suspendedAt"), "")
    return texts | outputs | named


def get_team(session: Session, args: Properties) -> Properties:
    """A team by its slug, with members and repositories unless only a summary is wanted."""
    api = github(session)
    slug = args["slug"]
    team = _existing(api.find(api.organization("teams", slug)), f"team {slug}")
    people = [] if args.get("summaryOnly") else api.list(api.organization("teams", slug, "members"))
    repositories = [] if args.get("summaryOnly") else api.list(api.organization("teams", slug, "repos"))
    outputs = from_rest(team)
    kept = ("name", "slug", "privacy", "permission", "nodeId", "notificationSetting")
    return {name: outputs[name] for name in kept} | {
        "id": str(team["id"]),
        "description": team["description"] or "",
        "members": [person["login"] for person in people],
        "repositories": [each["name"] for each in repositories],
        "repositoriesDetaileds": [
            {"repoId": each["id"], "repoName": each["name"], "roleName": each["role_name"]}
            for each in repositories
        ],
        "membershipType": args.get("membershipType", "all"),
    }


def get_branch(session: Session, args: Properties) -> Properties:
    """A branch and its commit."""
    api = github(session)
    repository, branch = args["repository"], args["branch"]
    ref, etag = _existing(
        api.find_tagged(api.path_of_ref(repository, branch)), f"branch {branch} of {repository}"
    )
    names = {"id": f"{repository}:{branch}", "repository": repository, "branch": branch}
    return names | {"ref": ref["ref"], "sha": ref["object"]["sha"], "etag": etag}


def get_ref(session: Session, args: Properties) -> Properties:
    """Any ref, named without ``refs/``."""
    api = github(session)
    owner, repository, name = args.get("owner") or api.owner, args["repository"], args["ref"]
    path = f"/repos/{owner}/{repository}/git/ref/{name}"
    ref, etag = _existing(api.find_tagged(path), f"ref {name} of {repository}")
    names = {"id": f"{repository}:{name}", "owner": owner, "repository": repository, "ref": name}
    return names | {"sha": ref["object"]["sha"], "etag": etag}


def get_organization(session: Session, args: Properties) -> Properties:
    """An organisation, with members and repositories unless only a summary is wanted."""
    api = github(session)
    login = args["name"]
    found = _existing(api.find(f"/orgs/{login}"), f"organization {login}")
    whole = not args.get("summaryOnly")
    members = (
        {role: api.list(f"/orgs/{login}/members?role={role}") for role in ("admin", "member")}
        if whole
        else {}
    )
    repositories = api.list(f"/orgs/{login}/repos") if whole else []
    people = [(person, role) for role, some in members.items() for person in some]
    return {
        "id": str(found["id"]),
        "login": found["login"],
        "name": found["name"],
        "orgname": found["login"],
        "nodeId": found["node_id"],
        "description": found["description"] or "",
        "plan": found["plan"]["name"],
        "defaultRepositoryPermission": found["default_repository_permission"],
        "members": [person["login"] for person, _ in people],
        "users": [
            {"id": person["node_id"], "login": person["login"], "role": role.upper()}
            for person, role in people
        ],
        "repositories": [
            each["full_name"]
            for each in repositories
            if not (args.get("ignoreArchivedRepos") and each["archived"])
        ],
    }


def get_repository_file(session: Session, args: Properties) -> Properties:
    """A file and its content."""
    api = github(session)
    repository, file = args["repository"], args["file"]
    params = {"ref": args["branch"]} if args.get("branch") else None
    path = api.repository(repository, "contents", *file.split("/"))
    found = _existing(api.find(path, params=params), f"file {file} in {repository}")
    ref = found["url"].rpartition("ref=")[2]
    history = {"sha": ref, "path": file, "per_page": "1"}
    commit = api.request("GET", api.repository(repository, "commits"), params=history)[0]
    person = commit["commit"]["committer"]
    return {
        "id": f"{repository}/{file}",
        "repository": repository,
        "file": file,
        "branch": args.get("branch", ""),
        "ref": ref,
        "content": base64.b64decode(found["content"]).decode(),
        "sha": found["sha"],
        "commitSha": commit["sha"],
        "commitMessage": commit["commit"]["message"],
        "commitAuthor": person["name"],
        "commitEmail": person["email"],
    }


INVOKES: Mapping[str, Invoke] = MappingProxyType(
    {
        "github:index/getBranch:getBranch": get_branch,
        "github:index/getOrganization:getOrganization": get_organization,
        "github:index/getRef:getRef": get_ref,
        "github:index/getRepository:getRepository": get_repository,
        "github:index/getRepositoryFile:getRepositoryFile": get_repository_file,
        "github:index/getTeam:getTeam": get_team,
        "github:index/getUser:getUser": get_user,
    }
)
