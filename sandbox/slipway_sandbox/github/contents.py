"""Files: read a file or a folder at a ref, and write or delete one file as a commit.

Source: docs.github.com, REST API, "Repository contents", and GitHub's answers to a missing or stale ``sha``.
"""

import base64
import binascii
import textwrap
from dataclasses import dataclass
from http import HTTPStatus

from slipway_sandbox.github.commits import commit_by, git_commit_shape, moved_ref
from slipway_sandbox.github.errors import conflict, not_found, unprocessable
from slipway_sandbox.github.git import GitRepository
from slipway_sandbox.github.gitobjects import Edit, Entry
from slipway_sandbox.github.identity import Permission
from slipway_sandbox.github.policy import BRANCHES
from slipway_sandbox.github.records import Document
from slipway_sandbox.github.rest import CREATED, REPOSITORY, Answer, Body, Call, reads, writes

_LARGEST_INLINE = 1024 * 1024  # bytes; GitHub leaves the content of larger files out
_LINE = 60  # characters of base64
_TYPES = {"blob": "file", "tree": "dir", "commit": "submodule"}
_SYMLINK = "120000"
_PLAIN = "100644"
_MEDIA_RAW = "application/vnd.github.raw; charset=utf-8"


def _get(call: Call) -> Answer:
    git = call.forge.git(call.repository)
    path = call.names.get("path", "").strip("/")
    ref = call.query("ref", call.repository["default_branch"])
    commit = _commit_at(git, ref)
    if not path:
        return _folder(call, git.entries(commit), "", ref)
    entry = _entry(git, commit, path)
    if entry is None:
        raise not_found()
    if entry.type == "tree":
        return _folder(call, git.entries(entry.sha), path, ref)
    if call.wants("raw"):
        return Answer(raw=git.blob(entry.sha), media_type=_MEDIA_RAW)
    return Answer(payload=_file_shape(call, git, entry, ref))


def _readme(call: Call) -> Answer:
    git = call.forge.git(call.repository)
    ref = call.query("ref", call.repository["default_branch"])
    entries = git.entries(_commit_at(git, ref))
    found = next((entry for entry in entries if entry.path.lower().startswith("readme")), None)
    if found is None:
        raise not_found()
    if call.wants("raw"):
        return Answer(raw=git.blob(found.sha), media_type=_MEDIA_RAW)
    return Answer(payload=_file_shape(call, git, found, ref))


def _commit_at(git: GitRepository, ref: str) -> str:
    commit = git.resolve(ref)
    if commit is not None:
        return commit
    if not git.refs(BRANCHES):
        raise not_found("This repository is empty.")
    raise not_found(f"No commit found for the ref {ref}")


def _entry(git: GitRepository, commit: str, path: str) -> Entry | None:
    return next((entry for entry in git.entries(commit, path) if entry.path == path), None)


def _folder(call: Call, entries: list[Entry], path: str, ref: str) -> Answer:
    return Answer(payload=[_entry_shape(call, entry, _below(path, entry.path), ref) for entry in entries])


def _below(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _entry_shape(call: Call, entry: Entry, path: str, ref: str) -> Document:
    kind = "symlink" if entry.mode == _SYMLINK else _TYPES[entry.type]
    url = f"{call.repository_url('contents', path)}?ref={ref}"
    git_url = call.repository_url("git", f"{entry.type}s", entry.sha)
    page = f"{call.web_url}/{call.repository['owner']}/{call.repository['name']}/{entry.type}/{ref}/{path}"
    return {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": entry.sha,
        "size": entry.size or 0,
        "url": url,
        "html_url": page,
        "git_url": git_url,
        "download_url": url if kind == "file" else None,
        "type": kind,
        "_links": {"self": url, "git": git_url, "html": page},
    }


def _file_shape(call: Call, git: GitRepository, entry: Entry, ref: str) -> Document:
    shape = _entry_shape(call, entry, entry.path, ref)
    if entry.type != "blob":
        return shape
    if (entry.size or 0) > _LARGEST_INLINE:
        return shape | {"content": "", "encoding": "none"}
    encoded = base64.b64encode(git.blob(entry.sha)).decode()
    lines = "".join(f"{line}\n" for line in textwrap.wrap(encoded, _LINE))
    return shape | {"content": lines, "encoding": "base64"}


def _put(call: Call) -> Answer:
    body, path = call.body(), _checked_path(call.names["path"])
    message, content = body.required("message"), _decoded(body.required("content"))
    with call.forge.writing(call.repository) as git:
        tip = _tip(call, git, body)
        entry = _replaced(git, tip.sha, path) if tip.sha else None
        _check_sha(path, entry, body.text("sha"))
        blob = git.write_blob(content)
        edit = Edit(path=path, sha=blob, mode=entry.mode if entry else _PLAIN)
        commit = _commit(call, git, tip, edit, message)
    written = Entry(mode=edit.mode, type="blob", sha=blob, size=len(content), path=path)
    payload = {
        "content": _entry_shape(call, written, path, tip.branch),
        "commit": git_commit_shape(call, git.commit(commit)),
    }
    return Answer(payload=payload, status=HTTPStatus.OK if entry else CREATED)


def _delete(call: Call) -> Answer:
    given, path = _given_to_delete(call), _checked_path(call.names["path"])
    message, sha = given.required("message"), given.required("sha")
    with call.forge.writing(call.repository) as git:
        tip = _tip(call, git, given)
        entry = _entry(git, tip.sha, path) if tip.sha else None
        if entry is None or entry.type == "tree":
            raise not_found()
        _check_sha(path, entry, sha)
        commit = _commit(call, git, tip, Edit(path=path, sha=None), message)
    return Answer(payload={"content": None, "commit": git_commit_shape(call, git.commit(commit))})


def _given_to_delete(call: Call) -> Body:
    """A DELETE carries its fields in a body or, for clients that send none, in the query string."""
    body = call.body()
    return body if body.fields else Body(dict(call.request.args.items()))


def _checked_path(path: str) -> str:
    parts = path.split("/")
    if any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts):
        raise unprocessable(f"path contains a malformed path component: {path}")
    return path


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        raise unprocessable("content is not valid Base64") from None


@dataclass(frozen=True, kw_only=True)
class _Tip:
    """The branch to write to and its newest commit; none only before the first one of a repository."""

    branch: str
    sha: str | None


def _tip(call: Call, git: GitRepository, body: Body) -> _Tip:
    branch = body.text("branch", call.repository["default_branch"]).removeprefix(BRANCHES)
    tip = git.ref(BRANCHES + branch)
    if tip is None and git.refs(BRANCHES):
        raise not_found(f"Branch {branch} not found")
    return _Tip(branch=branch, sha=tip.sha if tip else None)


def _replaced(git: GitRepository, commit: str, path: str) -> Entry | None:
    """What the path holds now; refused when one of its folders is a file."""
    parts = path.split("/")
    whole = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    found = {entry.path: entry for entry in git.entries(commit, *whole)}
    for folder in whole[:-1]:
        if folder in found and found[folder].type != "tree":
            raise unprocessable(f"{path} cannot be a file: {folder} is one")
    return found.get(path)


def _check_sha(path: str, entry: Entry | None, sha: str) -> None:
    """The sha proves that the client has seen what it replaces."""
    if entry is not None and entry.type == "tree":
        raise unprocessable(f"{path} is a folder")
    if entry is not None and not sha:
        raise unprocessable('Invalid request.\n\n"sha" wasn\'t supplied.')
    if sha and sha != (entry.sha if entry else ""):
        raise conflict(f"{path} does not match {sha}")


def _commit(call: Call, git: GitRepository, tip: _Tip, edit: Edit, message: str) -> str:
    """Commit one edit on top of a branch, if the rules let the caller do so."""
    author, committer = commit_by(call)
    tree = git.write_tree(tip.sha, [edit])
    parents = [tip.sha] if tip.sha else []
    commit = git.write_commit(tree, parents, message, author, committer)
    moved_ref(call, git, ref=BRANCHES + tip.branch, old=tip.sha, new=commit, refused=conflict)
    return commit


ROUTES = (
    reads(f"{REPOSITORY}/contents", _get),
    reads(f"{REPOSITORY}/contents/<path:path>", _get),
    writes("PUT", f"{REPOSITORY}/contents/<path:path>", _put, Permission.WRITE),
    writes("DELETE", f"{REPOSITORY}/contents/<path:path>", _delete, Permission.WRITE),
    reads(f"{REPOSITORY}/readme", _readme),
)
