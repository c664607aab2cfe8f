"""Repositories: create, read, change, rename, archive, delete, topics.

A renamed repository keeps answering under its former names, by redirect, until another one takes the name.
"""

from typing import Any

from slipway_sandbox.github import settings
from slipway_sandbox.github.accounts import owner_shape
from slipway_sandbox.github.errors import forbidden, invalid, not_found, unprocessable
from slipway_sandbox.github.git import GitRepository
from slipway_sandbox.github.gitobjects import Edit, signature
from slipway_sandbox.github.identity import NodeType, Permission, node_id, now, permission_flags
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.rest import (
    CREATED,
    NOTHING,
    ORGANIZATION,
    REPOSITORY,
    Answer,
    Body,
    Call,
    reads,
    writes,
)


def repository_shape(call: Call, repository: Document) -> Document:
    """A repository as GitHub shows it to the caller."""
    owner, name = repository["owner"], repository["name"]
    api, web = call.url("repos", owner, name), f"{call.web_url}/{owner}/{name}"
    level = call.forge.permission_of(call.actor, repository)
    return {
        "id": repository["id"],
        "node_id": node_id(NodeType.REPOSITORY, repository["id"]),
        "name": name,
        "full_name": f"{owner}/{name}",
        "private": repository["visibility"] != "public",
        "visibility": repository["visibility"],
        "owner": owner_shape(call, owner),
        "html_url": web,
        "url": api,
        "fork": False,
        "git_url": f"git://{web.partition('://')[2]}.git",
        "clone_url": f"{web}.git",
        "ssh_url": f"git@{call.request.host.split(':')[0]}:{owner}/{name}.git",
        "svn_url": web,
        "contents_url": f"{api}/contents/{{+path}}",
        "branches_url": f"{api}/branches{{/branch}}",
        "created_at": repository["created_at"],
        "updated_at": repository["updated_at"],
        "pushed_at": repository["updated_at"],
        "default_branch": repository["default_branch"],
        "topics": repository["topics"],
        "language": None,
        "license": None,
        "disabled": False,
        "open_issues_count": 0,
        "forks_count": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "size": 0,
        "permissions": permission_flags(level),
        "security_and_analysis": _security_shape(repository),
        **{field: repository[field] for field in (*settings.TEXTS, *settings.FLAGS, *settings.CHOICES)},
    }


def _security_shape(repository: Document) -> Document:
    return {name: {"status": status} for name, status in repository["security"].items()}


def _create(call: Call) -> Answer:
    body = call.body()
    name = settings.checked_name(body.required("name"))
    owner = call.organization["login"]
    _refuse_templates(body)
    with call.forge.records.transaction():
        taken = call.forge.find_repository(owner, name)
        if taken is not None and not taken[1]:
            raise invalid("Repository", "name", "custom", "name already exists on this account")
        repository = settings.new_repository(call.forge.records.next_id(), owner, name)
        settings.apply(repository, body)
        git = GitRepository.create(call.forge.folder(repository), repository["default_branch"])
        _save(call, repository)
        _name(call, repository, name)
    if body.flag("auto_init"):
        _first_commit(call, repository, git)
    return Answer(payload=repository_shape(call, repository), status=CREATED)


def _refuse_templates(body: Body) -> None:
    for field in ("gitignore_template", "license_template"):
        if body.text(field):
            raise invalid("Repository", field, "custom", f"the sandbox has no {field.replace('_', ' ')}s")


def _save(call: Call, repository: Document) -> None:
    repository["updated_at"] = now()
    call.forge.records.put(Kind.REPOSITORY, repository["id"], body=repository)


def _name(call: Call, repository: Document, name: str) -> None:
    body = {"id": repository["id"], "former": False}
    call.forge.records.put(Kind.REPOSITORY_NAME, repository["owner"], name, body=body)


def _first_commit(call: Call, repository: Document, git: GitRepository) -> None:
    """What auto_init makes: a README with the name and the description."""
    text = f"# {repository['name']}\n" + (repository["description"] or "")
    tree = git.write_tree(None, [Edit(path="README.md", sha=git.write_blob(text.encode()))])
    person = signature(call.actor, f"{call.actor}@users.noreply.github.com")
    commit = git.write_commit(tree, [], "Initial commit", person, person)
    git.move_ref(f"refs/heads/{repository['default_branch']}", commit, None)


def _get(call: Call) -> Answer:
    shape = repository_shape(call, call.repository)
    organization = call.forge.find_organization(call.repository["owner"])
    if organization is not None:
        shape["organization"] = shape["owner"]
    return Answer(payload=shape)


def _list_of_organization(call: Call) -> Answer:
    return _listing(call, call.forge.repositories_of(call.organization["login"]))


def _list_mine(call: Call) -> Answer:
    return _listing(call, call.forge.records.every(Kind.REPOSITORY))


def _listing(call: Call, repositories: list[Document]) -> Answer:
    """The repositories that the caller may see, by type and in the asked order."""
    kind = call.query("type", call.query("visibility", "all"))
    seen = [
        each
        for each in repositories
        if call.forge.permission_of(call.actor, each) >= Permission.READ
        and (kind == each["visibility"] or kind not in settings.VISIBILITIES)
    ]
    order: Any = {"full_name": lambda each: each["name"].lower()}.get(call.query("sort"), lambda e: e["id"])
    return call.page(
        sorted(seen, key=order, reverse=call.query("direction") == "desc"),
        lambda each: repository_shape(call, each),
    )


def _update(call: Call) -> Answer:
    body = call.body()
    with call.forge.writing(call.repository) as git, call.forge.records.transaction():
        repository = dict(call.repository)
        if repository["archived"] and body.flag("archived", default=True):
            raise forbidden("Repository was archived so is read-only.")
        settings.apply(repository, body)
        if "default_branch" in body:
            _set_default_branch(repository, git, body.required("default_branch"))
        if body.text("name", repository["name"]) != repository["name"]:
            _rename(call, repository, settings.checked_name(body.text("name")))
        _save(call, repository)
    return Answer(payload=repository_shape(call, repository))


def _set_default_branch(repository: Document, git: GitRepository, branch: str) -> None:
    if branch == repository["default_branch"]:
        return
    if git.ref(f"refs/heads/{branch}") is None:
        raise unprocessable(
            f"Validation Failed: The branch {branch} was not found. "
            "Please push that ref first or create it via the Git Data API."
        )
    repository["default_branch"] = branch
    git.point_head(branch)


def renamed_default_branch(call: Call, git: GitRepository, branch: str) -> None:
    """Make a branch the default one after the former default one was renamed to it."""
    git.point_head(branch)
    _save(call, call.repository | {"default_branch": branch})


def _rename(call: Call, repository: Document, name: str) -> None:
    taken = call.forge.find_repository(repository["owner"], name)
    if taken is not None and not taken[1] and taken[0]["id"] != repository["id"]:
        raise invalid("Repository", "name", "custom", "name already exists on this account")
    former = {"id": repository["id"], "former": True}
    call.forge.records.put(Kind.REPOSITORY_NAME, repository["owner"], repository["name"], body=former)
    folder = call.forge.folder(repository)
    repository["name"] = name
    folder.rename(call.forge.folder(repository))
    _name(call, repository, name)


def _delete(call: Call) -> Answer:
    call.forge.discard(call.repository)
    return NOTHING


def _get_topics(call: Call) -> Answer:
    return Answer(payload={"names": call.repository["topics"]})


def _put_topics(call: Call) -> Answer:
    topics = settings.checked_topics(call.body().words("names"))
    repository = call.repository | {"topics": topics}
    _save(call, repository)
    return Answer(payload={"names": repository["topics"]})


def _is_on(field: str) -> Any:
    def answer(call: Call) -> Answer:
        if not call.repository[field]:
            raise not_found()
        return NOTHING

    return answer


def _switch(field: str, *, on: bool) -> Any:
    def answer(call: Call) -> Answer:
        _save(call, call.repository | {field: on})
        return NOTHING

    return answer


def _get_security_fixes(call: Call) -> Answer:
    return Answer(payload={"enabled": call.repository["automated_security_fixes"], "paused": False})


_ALERTS = f"{REPOSITORY}/vulnerability-alerts"
_FIXES = f"{REPOSITORY}/automated-security-fixes"

ROUTES = (
    writes("POST", f"{ORGANIZATION}/repos", _create, Permission.READ),
    reads(f"{ORGANIZATION}/repos", _list_of_organization),
    reads("/user/repos", _list_mine),
    reads(REPOSITORY, _get),
    writes("PATCH", REPOSITORY, _update),
    writes("DELETE", REPOSITORY, _delete),
    reads(f"{REPOSITORY}/topics", _get_topics),
    writes("PUT", f"{REPOSITORY}/topics", _put_topics),
    reads(_ALERTS, _is_on("vulnerability_alerts")),
    writes("PUT", _ALERTS, _switch("vulnerability_alerts", on=True)),
    writes("DELETE", _ALERTS, _switch("vulnerability_alerts", on=False)),
    reads(_FIXES, _get_security_fixes),
    writes("PUT", _FIXES, _switch("automated_security_fixes", on=True)),
    writes("DELETE", _FIXES, _switch("automated_security_fixes", on=False)),
)
