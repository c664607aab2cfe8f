"""Git over HTTP: clone, fetch and push through git's own `http-backend`, one process a request.

Owned here: the CGI environment, the lock around a push, installing the hook that refuses forbidden ones. Not
owned: authentication (`app`), the rules (`enforcement`).
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO

from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import wrap_file

from slipway_sandbox.github import pull_book, receive
from slipway_sandbox.github.enforcement import has_rules
from slipway_sandbox.github.errors import GithubError, forbidden, not_found
from slipway_sandbox.github.forge import Forge
from slipway_sandbox.github.git import clean_environment
from slipway_sandbox.github.identity import Permission
from slipway_sandbox.github.records import Document

_PATH = re.compile(
    r"/(?P<owner>[^/]+)/(?P<name>[^/]+?)(?:\.git)?/(?P<service>info/refs|git-upload-pack|git-receive-pack)"
)
_PYTHON = "SLIPWAY_GITHUB_PYTHON"
_HOOK = f'#!/bin/sh\nexec "${_PYTHON}" -P -m {receive.__name__}\n'
_TIMEOUT_SECONDS = 600
_IN_MEMORY = 1024 * 1024
_HOOKS = "hooks"
_COUNT = "GIT_CONFIG_COUNT"
_PARTS = ("KEY", "VALUE")


def _configured(settings: Mapping[str, str], after: Mapping[str, str] | None = None) -> dict[str, str]:
    """Git settings by environment, so that none is written into a repository."""
    first = int((after or {}).get(_COUNT, "0"))
    numbered = enumerate(settings.items(), first)
    pairs = {
        f"GIT_CONFIG_{part}_{at}": text
        for at, pair in numbered
        for part, text in zip(_PARTS, pair, strict=True)
    }
    return pairs | {_COUNT: str(first + len(settings))}


_SETTINGS = _configured(
    {
        "http.receivepack": "true",
        "uploadpack.allowFilter": "true",
        "uploadpack.allowAnySHA1InWant": "true",
        "receive.hideRefs": "refs/pull",  # the heads of pull requests are fetched, never pushed
    }
)


@dataclass(frozen=True, kw_only=True)
class GitCall:
    """One request of git's smart protocol."""

    owner: str
    name: str
    service: str
    pushes: bool


def git_call(request: Request) -> GitCall | None:
    """What a request wants of git; None when it is none of git's."""
    found = _PATH.fullmatch(request.path)
    if found is None:
        return None
    wanted = request.args.get("service") if found["service"] == "info/refs" else found["service"]
    pushes = wanted == "git-receive-pack"
    return GitCall(owner=found["owner"], name=found["name"], service=found["service"], pushes=pushes)


def install_hook(root: Path) -> None:
    """Write the hook that every repository under ``root`` runs before it accepts a push."""
    hook = root / _HOOKS / "pre-receive"
    hook.parent.mkdir(parents=True, exist_ok=True)
    hook.write_text(_HOOK, encoding="utf-8")
    hook.chmod(0o755)


def serve(forge: Forge, request: Request, call: GitCall, login: str) -> Response:
    """Answer a request of git's smart protocol.

    Raises:
        GithubError: there is no such repository for this person, or they may not push.
    """
    repository = _repository(forge, call, login)
    environment = clean_environment() | _environment(forge, request, call, repository) | _SETTINGS
    with tempfile.TemporaryFile() as given:
        for chunk in iter(lambda: request.stream.read(_IN_MEMORY), b""):
            given.write(chunk)
        given.seek(0)
        if not call.pushes:
            return _answer(request, _run(environment, given))
        with forge.writing(repository) as git:
            judged = _judged(forge, repository, login) if has_rules(forge, repository) else {}
            followed = bool(pull_book.open_ones(forge, repository))
            before = pull_book.heads(git) if followed else {}
            answer = _answer(request, _run(environment | judged, given))
            if followed:
                pull_book.follow_push(forge, repository, before, login)
            return answer


def _repository(forge: Forge, call: GitCall, login: str) -> Document:
    found = forge.find_repository(call.owner, call.name)
    level = forge.permission_of(login, found[0]) if found else Permission.NONE
    if found is None or level < Permission.READ:
        raise not_found("Repository not found.")
    if call.pushes and level < Permission.WRITE:
        raise forbidden(f"Permission to {call.owner}/{call.name}.git denied to {login}.")
    if call.pushes and found[0]["archived"]:
        raise forbidden("This repository was archived so it is read-only.")
    return found[0]


def _environment(forge: Forge, request: Request, call: GitCall, repository: Document) -> dict[str, str]:
    """The request as CGI has it; a user's name lets git accept pushes, who it is the hook is told."""
    folder = forge.folder(repository).relative_to(forge.root)
    return {
        "GIT_PROJECT_ROOT": str(forge.root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{folder}/{call.service}",
        "REMOTE_USER": "authenticated",
        "REMOTE_ADDR": request.remote_addr or "",
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.query_string.decode(),
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
    }


def _judged(forge: Forge, repository: Document, login: str) -> dict[str, str]:
    """What makes git ask the hook; a push to a repository without rules is spared its start."""
    facts = {
        receive.HOME: str(forge.root.parent),
        receive.ACTOR: login,
        receive.REPOSITORY: str(repository["id"]),
        _PYTHON: sys.executable,
    }
    return facts | _configured({"core.hooksPath": str(forge.root / _HOOKS)}, after=_SETTINGS)


def _run(environment: Mapping[str, str], given: IO[bytes]) -> IO[bytes]:
    """The backend's answer, headers first; kept in memory while it is small."""
    output = tempfile.TemporaryFile()  # noqa: SIM115  the answer closes it
    done = subprocess.run(
        ["git", "http-backend"],
        stdin=given,
        stdout=output,
        stderr=subprocess.PIPE,
        env=dict(environment),
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    if done.returncode:
        output.close()
        complaint = done.stderr.decode(errors="replace").strip()
        raise GithubError(HTTPStatus.INTERNAL_SERVER_ERROR, f"git http-backend failed: {complaint}")
    output.seek(0)
    return output


def _answer(request: Request, output: IO[bytes]) -> Response:
    """A CGI answer as an HTTP answer."""
    status, headers = HTTPStatus.OK.value, {}
    for line in iter(output.readline, b"\r\n"):
        name, _, value = line.decode().partition(": ")
        if name == "Status":
            status = int(value.split()[0])
        else:
            headers[name] = value.strip()
    response = Response(wrap_file(request.environ, output), status=status, headers=headers)
    response.direct_passthrough = True
    response.call_on_close(output.close)
    return response
