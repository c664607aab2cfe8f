"""Branches: list, read, rename."""

from slipway_sandbox.github import protection, pull_book
from slipway_sandbox.github.commits import commit_shape
from slipway_sandbox.github.errors import not_found, unprocessable
from slipway_sandbox.github.gitobjects import Ref
from slipway_sandbox.github.policy import BRANCHES, governing
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.repositories import renamed_default_branch
from slipway_sandbox.github.rest import CREATED, REPOSITORY, Answer, Call, reads, writes


def _short_shape(call: Call, ref: Ref, rules: list[Document]) -> Document:
    name = ref.name.removeprefix(BRANCHES)
    rule = governing(rules, name)
    checks = rule["required_status_checks"] if rule else None
    return {
        "name": name,
        "commit": {"sha": ref.sha, "url": call.repository_url("commits", ref.sha)},
        "protected": rule is not None,
        "protection": {
            "enabled": rule is not None,
            "required_status_checks": {
                "enforcement_level": _level(rule) if checks else "off",
                "contexts": [check["context"] for check in checks["checks"]] if checks else [],
                "checks": checks["checks"] if checks else [],
            },
        },
        "protection_url": call.repository_url("branches", name, "protection"),
    }


def _level(rule: Document | None) -> str:
    return "everyone" if rule and rule["enforce_admins"] else "non_admins"


def _list(call: Call) -> Answer:
    rules = protection.rules_of(call)
    refs = call.forge.git(call.repository).refs(BRANCHES)
    wanted = call.query("protected")
    if wanted:
        refs = [
            ref
            for ref in refs
            if (governing(rules, ref.name.removeprefix(BRANCHES)) is not None) == (wanted == "true")
        ]
    return call.page(refs, lambda ref: _short_shape(call, ref, rules))


def _full_shape(call: Call, ref: Ref) -> Document:
    git = call.forge.git(call.repository)
    name = ref.name.removeprefix(BRANCHES)
    links = {"self": call.repository_url("branches", name), "html": f"{call.web_url}/{name}"}
    return _short_shape(call, ref, protection.rules_of(call)) | {
        "commit": commit_shape(call, git.commit(ref.sha)),
        "_links": links,
    }


def _get(call: Call) -> Answer:
    ref = call.forge.git(call.repository).ref(BRANCHES + call.names["branch"])
    if ref is None:
        raise not_found("Branch not found")
    return Answer(payload=_full_shape(call, ref))


def _rename(call: Call) -> Answer:
    """A new ref at the same commit; default branch, exact protection rules and pull requests follow the name.

    Pull requests that come from the branch are closed, as GitHub does.
    """
    old, new = call.names["branch"], call.body().required("new_name")
    with call.forge.writing(call.repository) as git:
        ref = git.ref(BRANCHES + old)
        if ref is None:
            raise not_found("Branch not found")
        if not git.is_valid_ref(BRANCHES + new):
            raise unprocessable(f"{new} is not a valid ref name.")
        if git.ref(BRANCHES + new):
            raise unprocessable(f"A branch named {new} already exists")
        git.move_ref(BRANCHES + new, ref.sha, None)
        if call.repository["default_branch"] == old:
            renamed_default_branch(call, git, new)
        _follow(call, old, new)
        git.drop_ref(BRANCHES + old, ref.sha)
    return Answer(
        payload=_full_shape(call, Ref(name=BRANCHES + new, sha=ref.sha, type="commit")), status=CREATED
    )


def _follow(call: Call, old: str, new: str) -> None:
    for rule in protection.rules_of(call):
        if rule["pattern"] == old:
            body = rule | {"pattern": new}
            call.forge.records.put(Kind.PROTECTION, call.repository["id"], rule["id"], body=body)
    for pull in pull_book.open_ones(call.forge, call.repository):
        if pull["base"]["ref"] == old:
            pull_book.save(call.forge, call.repository, pull | {"base": pull["base"] | {"ref": new}})
    gone = pull_book.Move(branch=old, old=None, new=None, login=call.actor)
    pull_book.branch_moved(call.forge, call.repository, gone)


ROUTES = (
    reads(f"{REPOSITORY}/branches", _list),
    reads(f"{REPOSITORY}/branches/<path:branch>", _get),
    writes("POST", f"{REPOSITORY}/branches/<path:branch>/rename", _rename),
)
