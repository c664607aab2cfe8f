"""Pull requests: create, list, read, change, close, reopen; their commits and files; those of a commit.

Source: docs.github.com, REST API, "Pull requests" and "List pull requests associated with a commit". Both
branches are of one repository, for there are no forks. GitHub ends a draft by GraphQL only, which is not
served here: ``POST /_slipway/repos/{owner}/{repo}/pulls/{number}/ready_for_review`` does.
"""

from slipway_sandbox.github import pull_book
from slipway_sandbox.github.commits import changed_files, commit_shape
from slipway_sandbox.github.errors import GithubError, forbidden, invalid, not_found, unprocessable
from slipway_sandbox.github.git import GitRepository
from slipway_sandbox.github.identity import Permission, now
from slipway_sandbox.github.merging import commits_between
from slipway_sandbox.github.policy import BRANCHES
from slipway_sandbox.github.pull_facts import base_tip
from slipway_sandbox.github.pull_shapes import full_shape, pull_shape
from slipway_sandbox.github.records import Document
from slipway_sandbox.github.rest import CREATED, NOTHING, REPOSITORY, Answer, Body, Call, reads, writes

PULLS = f"{REPOSITORY}/pulls"
PULL = f"{PULLS}/<int:number>"
_STATES = ("open", "closed", "all")
_MOST_COMMITS = 250


def the_pull(call: Call) -> Document:
    """The pull request that the path names.

    Raises:
        GithubError: 404, there is none.
    """
    found = pull_book.find(call.forge, call.repository, call.names["number"])
    if found is None:
        raise not_found()
    return found


def _refused(message: str) -> GithubError:
    """A validation failure without a field, as GitHub answers what the branches do not allow."""
    error = invalid("PullRequest", "", "custom", message)
    for each in error.errors or []:
        each.pop("field")
    return error


def _create(call: Call) -> Answer:
    body = call.body()
    if not body.text("title"):
        raise invalid("Issue", "title", "missing_field")
    base, head = body.required("base"), _own_branch(call, body.required("head"))
    with call.forge.writing(call.repository) as git, call.forge.records.transaction():
        tips = _checked_tips(git, base, head)
        _check_new(call, git, base=base, head=head, tips=tips)
        pull = _new_pull(call, body)
        pull |= {"base": {"ref": base, "sha": tips[0]}, "head": {"ref": head, "sha": tips[1]}}
        pull_book.keep_head(git, pull)
        pull_book.save(call.forge, call.repository, pull)
    return Answer(payload=full_shape(call, pull), status=CREATED)


def _own_branch(call: Call, head: str) -> str:
    """The branch that ``owner:branch`` or ``branch`` names; another owner would be a fork's."""
    owner, colon, branch = head.rpartition(":")
    if colon and owner.lower() != call.repository["owner"].lower():
        raise invalid("PullRequest", "head", "invalid")
    return branch


def _checked_tips(git: GitRepository, base: str, head: str) -> tuple[str, str]:
    refs = {"base": git.ref(BRANCHES + base), "head": git.ref(BRANCHES + head)}
    for field, ref in refs.items():
        if ref is None:
            raise invalid("PullRequest", field, "invalid")
    base_sha, head_sha = (ref.sha for ref in refs.values() if ref is not None)
    return base_sha, head_sha


def _check_new(call: Call, git: GitRepository, *, base: str, head: str, tips: tuple[str, str]) -> None:
    same = [
        pull
        for pull in pull_book.open_ones(call.forge, call.repository)
        if (pull["base"]["ref"], pull["head"]["ref"]) == (base, head)
    ]
    if same:
        raise _refused(f"A pull request already exists for {call.repository['owner']}:{head}.")
    if not git.history(f"{tips[0]}..{tips[1]}"):
        raise _refused(f"No commits between {base} and {head}")


def _new_pull(call: Call, body: Body) -> Document:
    made = now()
    return {
        "id": call.forge.records.next_id(),
        "number": len(pull_book.every(call.forge, call.repository)) + 1,
        "title": body.text("title"),
        "body": body.text("body") or None,
        "draft": body.flag("draft"),
        "state": "open",
        "user": call.actor,
        "last_pusher": call.actor,
        "created_at": made,
        **dict.fromkeys(("closed_at", "merged_at", "merged_by", "merge_commit_sha")),
        "introduced": [],
        "requested_reviewers": [],
        "requested_teams": [],
    }


def _list(call: Call) -> Answer:
    state = call.query("state", "open")
    if state not in _STATES:
        raise unprocessable(f"Invalid request.\n\n{state} is not a member of {_STATES}.")
    owner, _, head = call.query("head").rpartition(":")
    if owner and owner.lower() != call.repository["owner"].lower():
        return call.page([], lambda pull: pull)
    wanted = [
        pull
        for pull in pull_book.every(call.forge, call.repository)
        if state in {"all", pull["state"]}
        and head in {"", pull["head"]["ref"]}
        and call.query("base") in {"", pull["base"]["ref"]}
    ]
    return call.page(_sorted(call, wanted), lambda pull: pull_shape(call, pull))


def _sorted(call: Call, pulls: list[Document]) -> list[Document]:
    """By creation, the newest first, or as asked; the number decides within a second."""
    by = "updated_at" if call.query("sort") == "updated" else "created_at"
    default = "asc" if call.query("sort", "created") != "created" else "desc"
    descending = call.query("direction", default) == "desc"
    return sorted(pulls, key=lambda pull: (pull[by], pull["number"]), reverse=descending)


def _get(call: Call) -> Answer:
    return Answer(payload=full_shape(call, the_pull(call)))


def _update(call: Call) -> Answer:
    body = call.body()
    with call.forge.writing(call.repository) as git, call.forge.records.transaction():
        pull = the_pull(call)
        _check_may_edit(call, pull)
        if "title" in body:
            pull["title"] = body.required("title")
        if "body" in body:
            pull["body"] = body.text("body") or None
        if "base" in body and body.required("base") != pull["base"]["ref"]:
            pull["base"] = _new_base(git, pull, body.required("base"))
        _set_state(git, pull, body.choice("state", ("open", "closed"), pull["state"]))
        pull_book.save(call.forge, call.repository, pull)
    return Answer(payload=full_shape(call, pull))


def _check_may_edit(call: Call, pull: Document) -> None:
    level = call.forge.permission_of(call.actor, call.repository)
    if call.actor != pull["user"] and level < Permission.WRITE:
        raise forbidden("Must have write access to the repository, or have opened the pull request.")


def _new_base(git: GitRepository, pull: Document, branch: str) -> Document:
    ref = git.ref(BRANCHES + branch)
    if ref is None:
        raise invalid("PullRequest", "base", "invalid")
    if pull["state"] == "closed":
        raise _refused("Cannot change the base branch of a closed pull request.")
    return {"ref": branch, "sha": ref.sha}


def _set_state(git: GitRepository, pull: Document, state: str) -> None:
    if state == pull["state"]:
        return
    if state == "closed":
        pull |= {"state": "closed", "closed_at": now()}
        return
    if pull["merged_at"]:
        raise _refused("state cannot be changed. The pull request cannot be reopened: it was merged.")
    head = git.ref(BRANCHES + pull["head"]["ref"])
    if head is None or git.ref(BRANCHES + pull["base"]["ref"]) is None:
        raise _refused("state cannot be changed. One of the branches has been deleted.")
    pull |= {"state": "open", "closed_at": None, "head": pull["head"] | {"sha": head.sha}}
    pull_book.keep_head(git, pull)


def _range(call: Call, pull: Document) -> tuple[GitRepository, str, str]:
    """The repository, and what a pull request adds to what; a merged one to what its base was before."""
    git = call.forge.git(call.repository)
    base = str(pull["base"]["sha"]) if pull["merged_at"] else base_tip(git, pull)
    return git, base, str(pull["head"]["sha"])


def _commits(call: Call) -> Answer:
    git, base, head = _range(call, the_pull(call))
    commits = commits_between(git, base, head)[:_MOST_COMMITS]
    return call.page(commits, lambda commit: commit_shape(call, commit))


def _files(call: Call) -> Answer:
    git, base, head = _range(call, the_pull(call))
    return call.page(changed_files(call, git, git.merge_base(base, head), head), lambda file: file)


def _is_merged(call: Call) -> Answer:
    if the_pull(call)["merged_at"] is None:
        raise not_found()
    return NOTHING


def _ready(call: Call) -> Answer:
    with call.forge.writing(call.repository), call.forge.records.transaction():
        pull = the_pull(call)
        _check_may_edit(call, pull)
        pull_book.save(call.forge, call.repository, pull | {"draft": False})
    return _get(call)


def _of_commit(call: Call) -> Answer:
    """The merged one that brought a commit to the default branch, else every one that has the commit."""
    git = call.forge.git(call.repository)
    sha = git.resolve(call.names["sha"])
    if sha is None:
        raise unprocessable(f"No commit found for SHA: {call.names['sha']}")
    pulls = pull_book.every(call.forge, call.repository)
    default = call.repository["default_branch"]
    brought = [each for each in pulls if each["base"]["ref"] == default and sha in each["introduced"]]
    if not brought:
        brought = [each for each in pulls if sha in _shas(call, each)]
    return call.page(brought, lambda pull: pull_shape(call, pull))


def _shas(call: Call, pull: Document) -> set[str]:
    """The commits of a pull request, and those that its merge made; one that was given up has none."""
    if pull["state"] == "closed" and not pull["merged_at"]:
        return set()
    git, base, head = _range(call, pull)
    return {*git.history(f"{base}..{head}"), *pull["introduced"]}


ROUTES = (
    reads(PULLS, _list),
    writes("POST", PULLS, _create, Permission.WRITE),
    reads(PULL, _get),
    writes("PATCH", PULL, _update, Permission.READ),
    reads(f"{PULL}/commits", _commits),
    reads(f"{PULL}/files", _files),
    reads(f"{PULL}/merge", _is_merged),
    reads(f"{REPOSITORY}/commits/<sha>/pulls", _of_commit),
    writes("POST", f"/_slipway{PULL}/ready_for_review", _ready, Permission.READ),
)
