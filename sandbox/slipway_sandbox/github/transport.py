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

from slipway_sandbox.github import receive
from slipway_sandbox.github.errors import GithubError, forbidden, not_found
from slipway_sandbox.github.forge import Forge
from slipway_sandbox.github.git import clean_environment
from slipway_sandbox.github.identity import Permission
from slipway_sandbox.github.records import Document

_PATH = re.compile(
    r"/(?P<owner>[^/]+)/(?P<name>[^/]+?)(?:\.git)?/(?P<service>info/refs|git-upload-pack|git-receive-pack)"
)
_PYTHON = "SLIPWAY_GITHUB_PYTHON"
_HOOK = f'#!/bin/sh\nexec "${_PYTHON}" -m {receive.__name__}\n'
_TIMEOUT_SECONDS = 600
_IN_MEMORY = 1024 * 1024


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
    hook = root / "hooks" / "pre-receive"
    hook.parent.mkdir(parents=True, exist_ok=True)
    hook.write_text(_HOOK, encoding="utf-8")
    hook.chmod(0o755)


def serve(forge: Forge, request: Request, call: GitCall, login: str) -> Response:
    """Answer a request of git's smart protocol.

    Raises:
        GithubError: there is no such repository for this person, or they may not push.
    """
    repository = _repository(forge, call, login)
    environment = _environment(forge, request, call, repository, login)
    with tempfile.TemporaryFile() as given:
        for chunk in iter(lambda: request.stream.read(_IN_MEMORY), b""):
            given.write(chunk)
        given.seek(0)
        if not call.pushes:
            return _answer(request, _run(environment, given))
        with forge.writing(repository):
            return _answer(request, _run(environment, given))


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


def _environment(
    forge: Forge, request: Request, call: GitCall, repository: Document, login: str
) -> dict[str, str]:
    folder = forge.folder(repository)
    variables = {
        "GIT_PROJECT_ROOT": str(forge.root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{folder.relative_to(forge.root)}/{call.service}",
        "REMOTE_USER": login,
        "REMOTE_ADDR": request.remote_addr or "",
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.query_string.decode(),
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        receive.HOME: str(forge.root.parent),
        receive.ACTOR: login,
        receive.REPOSITORY: str(repository["id"]),
        _PYTHON: sys.executable,
    }
    return clean_environment() | variables | _configuration(forge.root)


def _configuration(root: Path) -> dict[str, str]:
    """Settings of every repository, by environment, so that none is written into one."""
    settings = {
        "core.hooksPath": str(root / "hooks"),
        "http.receivepack": "true",
        "uploadpack.allowFilter": "true",
        "uploadpack.allowAnySHA1InWant": "true",
        "receive.denyDeleteCurrent": "refuse",
    }
    numbered = enumerate(settings.items())
    pairs = {
        f"GIT_CONFIG_{part}_{i}": text
        for i, pair in numbered
        for part, text in zip(("KEY", "VALUE"), pair, strict=True)
    }
    return pairs | {"GIT_CONFIG_COUNT": str(len(settings))}


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
