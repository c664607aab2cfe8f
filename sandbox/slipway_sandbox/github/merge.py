"""Merging a pull request: merge commit, squash or rebase, if the rules of the base branch let it.

Source: docs.github.com, REST API, "Merge a pull request". Refusals carry GitHub's words: 405 for what a rule,
a conflict or the repository's settings forbid, 409 for a head that moved.
"""

from http import HTTPStatus

from slipway_sandbox.github import pull_book
from slipway_sandbox.github.accounts import account_of, noreply_address
from slipway_sandbox.github.commits import moved_ref, own_signature
from slipway_sandbox.github.enforcement import refusal
from slipway_sandbox.github.errors import GithubError, conflict
from slipway_sandbox.github.git import GitRepository
from slipway_sandbox.github.gitobjects import Commit, Signature, signature
from slipway_sandbox.github.identity import Permission
from slipway_sandbox.github.merging import Merge, Message, commits_between, merge_message, squash_message
from slipway_sandbox.github.policy import BRANCHES
from slipway_sandbox.github.pull_facts import SWITCHES, base_tip, facts
from slipway_sandbox.github.pulls import PULL, the_pull
from slipway_sandbox.github.records import Document
from slipway_sandbox.github.requirements import OUT_OF_DATE, MergeMethod, method_refusal
from slipway_sandbox.github.rest import Answer, Body, Call, writes

_MOVED = "Head branch was modified. Review and try the merge again."


def _not_allowed(message: str) -> GithubError:
    """A head that lacks commits of its base is a conflict, anything else that is missing is 405."""
    return (
        conflict(message) if message == OUT_OF_DATE else GithubError(HTTPStatus.METHOD_NOT_ALLOWED, message)
    )


def _merge(call: Call) -> Answer:
    body = call.body()
    method = MergeMethod(body.choice("merge_method", tuple(MergeMethod), MergeMethod.MERGE))
    with call.forge.writing(call.repository) as git, call.forge.records.transaction():
        pull = the_pull(call)
        _check(call, pull, method, body.text("sha"))
        base = base_tip(git, pull)
        tip = _planned(call, git, pull, method, body).make(git)
        if tip is None:
            raise _not_allowed("Pull Request is not mergeable")
        _land(call, git, pull, method, base=base, tip=tip)
    payload = {"sha": tip, "merged": True, "message": "Pull Request successfully merged"}
    return Answer(payload=payload)


def _check(call: Call, pull: Document, method: MergeMethod, sha: str) -> None:
    """What forbids a merge before anything is made."""
    if pull["state"] != "open":
        raise _not_allowed("Pull Request is not mergeable")
    if pull["draft"]:
        raise _not_allowed("Pull Request is still a draft")
    if not call.repository[SWITCHES[method]]:
        raise _not_allowed(method_refusal(method))
    if sha and sha != pull["head"]["sha"]:
        raise conflict(_MOVED)


def _planned(call: Call, git: GitRepository, pull: Document, method: MergeMethod, body: Body) -> Merge:
    base, head = base_tip(git, pull), str(pull["head"]["sha"])
    commits = commits_between(git, base, head)
    author = _author(call, pull, commits)
    if method is MergeMethod.SQUASH:
        message = squash_message(call.repository, pull, commits, author)
    else:
        message = merge_message(call.repository, pull)
    return Merge(
        method=method,
        base=base,
        head=head,
        merger=own_signature(call),
        author=author,
        message=Message(
            title=body.text("commit_title", message.title), text=body.text("commit_message", message.text)
        ),
    )


def _author(call: Call, pull: Document, commits: list[Commit]) -> Signature:
    """Who opened the pull request, by the address of their own commits in it."""
    login = str(pull["user"])
    own = (commit.author for commit in commits if account_of(call.forge, commit.author.email) == login)
    found = next(own, None)
    return signature(found.name, found.email) if found else signature(login, noreply_address(login))


def _land(
    call: Call, git: GitRepository, pull: Document, method: MergeMethod, *, base: str, tip: str
) -> None:
    """Move the base branch, close the pull request, delete its branch where the repository says so."""
    made = "" if method is MergeMethod.REBASE else tip
    known = facts(call.forge, call.repository, pull, method, made=made)
    introduced = git.history(f"{base}..{tip}")
    done = pull_book.merged(pull, login=call.actor, sha=tip, introduced=introduced)
    done["base"] = pull["base"] | {"sha": base}
    pull_book.save(call.forge, call.repository, done)
    ref = BRANCHES + pull["base"]["ref"]
    moved_ref(call, git, ref=ref, old=base, new=tip, refused=_not_allowed, merge=known)
    if call.repository["delete_branch_on_merge"]:
        _delete_head(call, git, pull)


def _delete_head(call: Call, git: GitRepository, pull: Document) -> None:
    """A branch that the rules keep stays."""
    name = BRANCHES + pull["head"]["ref"]
    ref = git.ref(name)
    if ref is None or refusal(call.forge, call.repository, call.actor, ref=name, old=ref.sha, new=None):
        return
    moved_ref(call, git, ref=name, old=ref.sha, new=None)


ROUTES = (writes("PUT", f"{PULL}/merge", _merge, Permission.WRITE),)
