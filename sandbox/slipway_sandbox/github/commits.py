"""Commits: their shapes, the log of a ref, comparison of two, and the one way to move a ref by REST."""

from collections.abc import Callable
from typing import Any

from slipway_sandbox.github import pull_book
from slipway_sandbox.github.accounts import account_of, noreply_address, simple_user
from slipway_sandbox.github.enforcement import refusal
from slipway_sandbox.github.errors import GithubError, conflict, not_found, unprocessable
from slipway_sandbox.github.git import GitRepository
from slipway_sandbox.github.gitobjects import Commit, Signature, signature
from slipway_sandbox.github.identity import now
from slipway_sandbox.github.policy import BRANCHES
from slipway_sandbox.github.records import Document
from slipway_sandbox.github.requirements import PullRequestFacts
from slipway_sandbox.github.rest import REPOSITORY, Answer, Body, Call, reads

_COMPARED = 250  # commits that a comparison shows at most on a page, unless the client says
_STATUS = {"A": "added", "M": "modified", "D": "removed", "T": "changed"}


def own_signature(call: Call) -> Signature:
    """The caller as the author of a commit made by REST."""
    return signature(call.actor, noreply_address(call.actor))


def person(body: Body | None, default: Signature) -> Signature:
    """An author or committer that a request names."""
    if body is None:
        return default
    return Signature(name=body.required("name"), email=body.required("email"), date=body.text("date", now()))


def commit_by(call: Call) -> tuple[Signature, Signature]:
    """Author and committer that a request names; each defaults to the other, then to the caller."""
    body = call.body()
    author, committer = body.part("author"), body.part("committer")
    written = person(committer or author, own_signature(call))
    return person(author, written), written


def moved_ref(
    call: Call,
    git: GitRepository,
    *,
    ref: str,
    old: str | None,
    new: str | None,
    refused: Callable[[str], GithubError] = unprocessable,
    merge: PullRequestFacts | None = None,
) -> None:
    """Move, make (old None) or delete (new None) a ref, unless the rules forbid it to the caller.

    Args:
        call: who asks, in which repository; the repository's lock is held.
        git: the repository.
        ref: the full name.
        old: where it points now.
        new: where it is to point.
        refused: how a refusal is answered: 422 for refs, 409 for contents, 405 for a merge.
        merge: the pull request by whose merge it moves.
    """
    if ref.startswith("refs/pull/"):
        raise refused(f"{ref} follows its pull request and cannot be moved")
    found = refusal(call.forge, call.repository, call.actor, ref=ref, old=old, new=new, pull=merge)
    if found is not None:
        raise refused(found.message)
    if new is None:
        git.drop_ref(ref, old or "")
    else:
        git.move_ref(ref, new, old)
    if ref.startswith(BRANCHES):
        move = pull_book.Move(branch=ref.removeprefix(BRANCHES), old=old, new=new, login=call.actor)
        pull_book.branch_moved(call.forge, call.repository, move)


def commit_url(call: Call, sha: str) -> str:
    """The page of a commit."""
    return f"{call.web_url}/{call.repository['owner']}/{call.repository['name']}/commit/{sha}"


def git_commit_shape(call: Call, commit: Commit) -> Document:
    """A commit as the git data routes show it."""
    return {
        "sha": commit.sha,
        "node_id": commit.sha,
        "url": call.repository_url("git", "commits", commit.sha),
        "html_url": commit_url(call, commit.sha),
        "author": commit.author.shape,
        "committer": commit.committer.shape,
        "message": commit.message,
        "tree": {"sha": commit.tree, "url": call.repository_url("git", "trees", commit.tree)},
        "parents": [_parent(call, sha, "git/commits") for sha in commit.parents],
        "verification": _verification(commit),
    }


def commit_shape(call: Call, commit: Commit) -> Document:
    """A commit as the repository's log shows it."""
    inner = git_commit_shape(call, commit)
    kept = ("author", "committer", "message", "tree", "url", "verification")
    return {
        "sha": commit.sha,
        "node_id": commit.sha,
        "url": call.repository_url("commits", commit.sha),
        "html_url": commit_url(call, commit.sha),
        "commit": {name: inner[name] for name in kept} | {"comment_count": 0},
        "author": _account(call, commit.author),
        "committer": _account(call, commit.committer),
        "parents": [_parent(call, sha, "commits") for sha in commit.parents],
    }


def _parent(call: Call, sha: str, kind: str) -> Document:
    return {"sha": sha, "url": call.repository_url(kind, sha), "html_url": commit_url(call, sha)}


def _verification(commit: Commit) -> Document:
    """Signatures are seen but not checked: no keys are registered here."""
    reason = "unknown_key" if commit.signed else "unsigned"
    return {"verified": False, "reason": reason, "signature": None, "payload": None, "verified_at": None}


def _account(call: Call, author: Signature) -> Document | None:
    """The account that a signature's address belongs to."""
    login = account_of(call.forge, author.email)
    return simple_user(call, login) if login else None


def _list(call: Call) -> Answer:
    git = call.forge.git(call.repository)
    start = git.resolve(call.query("sha", call.repository["default_branch"]))
    if start is None:
        if git.refs(BRANCHES):
            raise not_found()
        raise conflict("Git Repository is empty.")
    below = ["--", call.query("path")] if call.query("path") else []
    limits = [f"--{name}={call.query(name)}" for name in ("since", "until") if call.query(name)]
    shas = git.history(*limits, start, *below)
    return call.page(shas, lambda sha: commit_shape(call, git.commit(sha)))


def _get(call: Call) -> Answer:
    git = call.forge.git(call.repository)
    sha = git.resolve(call.names["ref"])
    if sha is None:
        raise unprocessable(f"No commit found for SHA: {call.names['ref']}")
    if call.wants("sha"):
        return Answer(raw=sha.encode(), media_type="application/vnd.github.sha; charset=utf-8")
    commit = git.commit(sha)
    parent = commit.parents[0] if commit.parents else None
    files = changed_files(call, git, parent, sha)
    return Answer(payload=commit_shape(call, commit) | {"stats": _stats(files), "files": files})


def _compare(call: Call) -> Answer:
    git = call.forge.git(call.repository)
    base, head = (git.resolve(call.names[name]) for name in ("base", "head"))
    if base is None or head is None:
        raise not_found()
    shared = git.merge_base(base, head)
    if shared is None:
        raise not_found(f"No common ancestor between {call.names['base']} and {call.names['head']}.")
    ahead = git.history("--reverse", f"{base}..{head}")
    behind = len(git.history(f"{head}..{base}"))
    page = call.page(ahead, lambda sha: commit_shape(call, git.commit(sha)), size=_COMPARED)
    return Answer(
        headers=page.headers,
        payload={
            "url": call.repository_url("compare", f"{call.names['base']}...{call.names['head']}"),
            "base_commit": commit_shape(call, git.commit(base)),
            "merge_base_commit": commit_shape(call, git.commit(shared)),
            "status": _relation(len(ahead), behind),
            "ahead_by": len(ahead),
            "behind_by": behind,
            "total_commits": len(ahead),
            "commits": page.payload,
            "files": changed_files(call, git, shared, head) if call.query("page", "1") == "1" else [],
        },
    )


def _relation(ahead: int, behind: int) -> str:
    if ahead and behind:
        return "diverged"
    return "ahead" if ahead else "behind" if behind else "identical"


def changed_files(call: Call, git: GitRepository, old: str | None, new: str) -> list[Document]:
    """What differs between two commits, file by file."""
    return [
        {
            "sha": change.sha,
            "filename": change.path,
            "status": _STATUS[change.status],
            "additions": change.added,
            "deletions": change.removed,
            "changes": change.added + change.removed,
            "contents_url": f"{call.repository_url('contents', change.path)}?ref={new}",
        }
        for change in git.changes(old, new)
    ]


def _stats(files: list[Document]) -> dict[str, Any]:
    added, removed = (sum(file[name] for file in files) for name in ("additions", "deletions"))
    return {"additions": added, "deletions": removed, "total": added + removed}


ROUTES = (
    reads(f"{REPOSITORY}/commits", _list),
    reads(f"{REPOSITORY}/commits/<path:ref>", _get),
    reads(f"{REPOSITORY}/compare/<path:base>...<path:head>", _compare),
)
