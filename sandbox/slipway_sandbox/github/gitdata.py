"""Git objects and refs by REST: refs, commits, trees, blobs, the list of tags."""

import base64
from collections.abc import Iterable

from slipway_sandbox.github.commits import commit_by, git_commit_shape, moved_ref
from slipway_sandbox.github.errors import conflict, not_found, unprocessable
from slipway_sandbox.github.git import GitError, GitRepository
from slipway_sandbox.github.gitobjects import Edit, Entry, Ref
from slipway_sandbox.github.identity import Permission
from slipway_sandbox.github.policy import TAGS
from slipway_sandbox.github.records import Document
from slipway_sandbox.github.rest import (
    CREATED,
    NOTHING,
    REPOSITORY,
    Answer,
    Body,
    Call,
    reads,
    writes,
)

_MODES = ("100644", "100755", "040000", "160000", "120000")


def ref_shape(call: Call, ref: Ref) -> Document:
    """A ref as GitHub shows it."""
    return {
        "ref": ref.name,
        "node_id": base64.b64encode(f"{call.repository['id']}:{ref.name}".encode()).decode(),
        "url": call.repository_url("git", ref.name),
        "object": {
            "sha": ref.sha,
            "type": ref.type,
            "url": call.repository_url("git", f"{ref.type}s", ref.sha),
        },
    }


def _git(call: Call) -> GitRepository:
    git = call.forge.git(call.repository)
    if not git.refs():
        raise conflict("Git Repository is empty.")
    return git


def _get_ref(call: Call) -> Answer:
    ref = _git(call).ref(f"refs/{call.names['ref']}")
    if ref is None:
        raise not_found()
    return Answer(payload=ref_shape(call, ref))


def _matching_refs(call: Call) -> Answer:
    start = f"refs/{call.names.get('ref', '')}"
    refs = [ref for ref in call.forge.git(call.repository).refs() if ref.name.startswith(start)]
    return call.page(refs, lambda ref: ref_shape(call, ref))


def _create_ref(call: Call) -> Answer:
    body = call.body()
    name, sha = body.required("ref"), body.required("sha")
    with call.forge.writing(call.repository) as git:
        if not git.is_valid_ref(name) or name.count("/") < len(("refs", "heads")):
            raise unprocessable(f"{name} is not a valid ref name.")
        kind = git.object_type(sha)
        if kind is None:
            raise unprocessable("Object does not exist")
        if git.ref(name):
            raise unprocessable("Reference already exists")
        moved_ref(call, git, ref=name, old=None, new=sha)
    return Answer(payload=ref_shape(call, Ref(name=name, sha=sha, type=kind)), status=CREATED)


def _update_ref(call: Call) -> Answer:
    body = call.body()
    name, sha = f"refs/{call.names['ref']}", body.required("sha")
    with call.forge.writing(call.repository) as git:
        ref, kind = git.ref(name), git.object_type(sha)
        if ref is None:
            raise unprocessable("Reference does not exist")
        if kind is None:
            raise unprocessable("Object does not exist")
        if not body.flag("force") and not git.is_ancestor(ref.sha, sha):
            raise unprocessable("Update is not a fast forward")
        moved_ref(call, git, ref=name, old=ref.sha, new=sha)
    return Answer(payload=ref_shape(call, Ref(name=name, sha=sha, type=kind)))


def _delete_ref(call: Call) -> Answer:
    name = f"refs/{call.names['ref']}"
    with call.forge.writing(call.repository) as git:
        ref = git.ref(name)
        if ref is None:
            raise unprocessable("Reference does not exist")
        if name == f"refs/heads/{call.repository['default_branch']}":
            raise unprocessable("Cannot delete the default branch")
        moved_ref(call, git, ref=name, old=ref.sha, new=None)
    return NOTHING


def _get_commit(call: Call) -> Answer:
    git, sha = _git(call), call.names["sha"]
    if git.object_type(sha) != "commit":
        raise not_found()
    return Answer(payload=git_commit_shape(call, git.commit(sha)))


def _create_commit(call: Call) -> Answer:
    body = call.body()
    tree, parents, message = body.required("tree"), body.words("parents"), body.required("message")
    git = call.forge.git(call.repository)
    if git.object_type(tree) != "tree":
        raise unprocessable("Tree SHA does not exist")
    if any(git.object_type(parent) != "commit" for parent in parents):
        raise unprocessable("Parent SHA does not exist or is not a commit object")
    author, committer = commit_by(call)
    sha = git.write_commit(tree, parents, message, author, committer)
    return Answer(payload=git_commit_shape(call, git.commit(sha)), status=CREATED)


def _tree_shape(call: Call, git: GitRepository, sha: str, *, recursive: bool) -> Document:
    entries = git.entries(sha, recursive=recursive)
    return {
        "sha": sha,
        "url": call.repository_url("git", "trees", sha),
        "tree": [_entry_shape(call, entry) for entry in entries],
        "truncated": False,
    }


def _entry_shape(call: Call, entry: Entry) -> Document:
    shape: Document = {"path": entry.path, "mode": entry.mode, "type": entry.type, "sha": entry.sha}
    if entry.size is not None:
        shape |= {"size": entry.size}
    return shape | {"url": call.repository_url("git", f"{entry.type}s", entry.sha)}


def _get_tree(call: Call) -> Answer:
    git = _git(call)
    sha = git.resolve(call.names["sha"], "tree")
    if sha is None:
        raise not_found()
    return Answer(payload=_tree_shape(call, git, sha, recursive=call.query("recursive") != ""))


def _create_tree(call: Call) -> Answer:
    body, git = call.body(), call.forge.git(call.repository)
    base = git.resolve(body.text("base_tree"), "tree") if body.text("base_tree") else None
    if body.text("base_tree") and base is None:
        raise unprocessable("base_tree is not a valid tree oid")
    edits = list(_edits(git, body))
    try:
        sha = git.write_tree(base, edits)
    except GitError:
        raise unprocessable("tree.path contains a malformed path component") from None
    return Answer(payload=_tree_shape(call, git, sha, recursive=False), status=CREATED)


def _edits(git: GitRepository, body: Body) -> Iterable[Edit]:
    rows = body.rows("tree")
    if not rows:
        raise unprocessable("Invalid tree info")
    for fields in rows:
        row = Body(fields)
        mode = row.choice("mode", _MODES, "100644")
        if "content" in row:
            yield Edit(path=row.required("path"), sha=git.write_blob(row.text("content").encode()), mode=mode)
            continue
        sha = row.text("sha") or None  # null removes the path
        if sha and git.object_type(sha) is None:
            raise unprocessable(f"tree.sha {sha} is not a valid object")
        yield Edit(path=row.required("path"), sha=sha, mode=mode)


def _get_blob(call: Call) -> Answer:
    git, sha = _git(call), call.names["sha"]
    if git.object_type(sha) != "blob":
        raise not_found()
    content = git.blob(sha)
    if call.wants("raw"):
        return Answer(raw=content, media_type="application/vnd.github.raw; charset=utf-8")
    shape = {
        "sha": sha,
        "node_id": sha,
        "size": len(content),
        "url": call.repository_url("git", "blobs", sha),
        "content": base64.encodebytes(content).decode(),
        "encoding": "base64",
    }
    return Answer(payload=shape)


def _create_blob(call: Call) -> Answer:
    body = call.body()
    content, encoding = body.text("content"), body.choice("encoding", ("utf-8", "base64"), "utf-8")
    try:
        raw = base64.b64decode(content, validate=True) if encoding == "base64" else content.encode()
    except ValueError:
        raise unprocessable("content is not valid Base64") from None
    sha = call.forge.git(call.repository).write_blob(raw)
    return Answer(payload={"sha": sha, "url": call.repository_url("git", "blobs", sha)}, status=CREATED)


def _tags(call: Call) -> Answer:
    refs = call.forge.git(call.repository).refs(TAGS)

    def shape(ref: Ref) -> Document:
        commit = call.forge.git(call.repository).resolve(ref.name) or ref.sha
        name = ref.name.removeprefix(TAGS)
        return {"name": name, "commit": {"sha": commit, "url": call.repository_url("commits", commit)}}

    return call.page(list(reversed(refs)), shape)


_DATA = f"{REPOSITORY}/git"
_PUSH = Permission.WRITE

ROUTES = (
    reads(f"{_DATA}/ref/<path:ref>", _get_ref),
    reads(f"{_DATA}/matching-refs/<path:ref>", _matching_refs),
    reads(f"{_DATA}/refs", _matching_refs),
    writes("POST", f"{_DATA}/refs", _create_ref, _PUSH),
    writes("PATCH", f"{_DATA}/refs/<path:ref>", _update_ref, _PUSH),
    writes("DELETE", f"{_DATA}/refs/<path:ref>", _delete_ref, _PUSH),
    reads(f"{_DATA}/commits/<sha>", _get_commit),
    writes("POST", f"{_DATA}/commits", _create_commit, _PUSH),
    reads(f"{_DATA}/trees/<path:sha>", _get_tree),
    writes("POST", f"{_DATA}/trees", _create_tree, _PUSH),
    reads(f"{_DATA}/blobs/<sha>", _get_blob),
    writes("POST", f"{_DATA}/blobs", _create_blob, _PUSH),
    reads(f"{REPOSITORY}/tags", _tags),
)
