"""The WSGI application: authentication, finding the route, permissions, errors in GitHub's shape.

Paths are served at the root and under ``/api/v3``, where clients with a base URL of their own look. The route
is found by the escaped path, so that a branch ``feature%2Fx`` and an environment ``eu%2Fprod`` stay one part.
"""

import base64
import binascii
import hashlib
import json
import logging
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from slipway_sandbox.github import (
    accounts,
    actions,
    apps,
    branches,
    check_runs,
    check_suites,
    collaborators,
    commits,
    contents,
    environments,
    gitdata,
    labels,
    merge,
    protection,
    protection_parts,
    pulls,
    repositories,
    reviews,
    rulesets,
    statuses,
    teams,
    transport,
)
from slipway_sandbox.github.errors import GithubError, forbidden, not_found
from slipway_sandbox.github.forge import Forge
from slipway_sandbox.github.identity import Permission
from slipway_sandbox.github.records import Document
from slipway_sandbox.github.rest import REPOSITORY, Answer, Call, Route

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HEALTH = "/_slipway/health"
_ENTERPRISE_PREFIX = "/api/v3"
_log = logging.getLogger("slipway_sandbox.github")

ROUTES: tuple[Route, ...] = (
    *accounts.ROUTES,
    *actions.ROUTES,
    *apps.ROUTES,
    *branches.ROUTES,
    *check_runs.ROUTES,
    *check_suites.ROUTES,
    *collaborators.ROUTES,
    *commits.ROUTES,
    *contents.ROUTES,
    *environments.ROUTES,
    *gitdata.ROUTES,
    *labels.ROUTES,
    *merge.ROUTES,
    *protection.ROUTES,
    *protection_parts.ROUTES,
    *pulls.ROUTES,
    *repositories.ROUTES,
    *reviews.ROUTES,
    *rulesets.ROUTES,
    *statuses.ROUTES,
    *teams.ROUTES,
)


class Application:
    """One GitHub as a WSGI application."""

    def __init__(self, forge: Forge) -> None:
        self._forge = forge
        rules = [Rule(route.path, methods=[route.method], endpoint=route) for route in ROUTES]
        self._routes = Map(rules, strict_slashes=False, merge_slashes=False)
        transport.install_hook(forge.root)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request; whatever goes wrong is answered in GitHub's error shape."""
        request = Request(environ)
        try:
            response = self._respond(request)
        except GithubError as error:
            response = _refused(error, request)
        except Exception:  # noqa: BLE001  an HTML page would be no answer to a REST client
            _log.exception("%s %s failed", request.method, request.path)
            message = f"The sandbox's GitHub failed at {request.method} {request.path}; see its log."
            response = _refused(GithubError(HTTPStatus.INTERNAL_SERVER_ERROR, message), request)
        return response(environ, start_response)

    def _respond(self, request: Request) -> Response:
        if request.path == HEALTH:
            return _json({"status": "ok"})
        call = transport.git_call(request)
        if call is not None:
            return self._respond_to_git(request, call)
        return _conditional(request, self._answer(request, self._login(request)))

    def _respond_to_git(self, request: Request, call: transport.GitCall) -> Response:
        try:
            return transport.serve(self._forge, request, call, self._login(request))
        except GithubError as error:
            response = Response(f"{error.message}\n", status=error.status, mimetype="text/plain")
            if error.status is HTTPStatus.UNAUTHORIZED:
                response.headers["WWW-Authenticate"] = 'Basic realm="GitHub"'
            return response

    def _login(self, request: Request) -> str:
        """Whose token came with the request.

        Raises:
            GithubError: 401, without a token or for one that nobody has.
        """
        token = _token(request.headers.get("Authorization", ""))
        if token is None:
            raise GithubError(HTTPStatus.UNAUTHORIZED, "Requires authentication")
        login = self._forge.login_of(token)
        if login is None:
            raise GithubError(HTTPStatus.UNAUTHORIZED, "Bad credentials")
        return login

    def _answer(self, request: Request, login: str) -> Answer:
        path = self._present_path(_escaped_path(request))
        route, names = self._route(request.method, path)
        web_url = request.host_url.rstrip("/")
        enterprise = _escaped_path(request, strip=False).startswith(f"{_ENTERPRISE_PREFIX}/")
        repository, organization = self._subject(names, login, route, path)
        call = Call(
            forge=self._forge,
            request=request,
            actor=login,
            names=names,
            base_url=web_url + (_ENTERPRISE_PREFIX if enterprise else ""),
            web_url=web_url,
            repository=repository,
            organization=organization,
        )
        return route.handler(call)

    def _route(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        try:
            route, names = self._routes.bind("github").match(path, method)
        except (NotFound, MethodNotAllowed):
            raise GithubError(
                HTTPStatus.NOT_IMPLEMENTED, f"The sandbox's GitHub does not serve {method} {unquote(path)}"
            ) from None
        return route, {name: unquote(str(value)) for name, value in names.items()}

    def _present_path(self, path: str) -> str:
        """The path by names, for one that says a repository, team or organisation by its number."""
        for pattern, rewrite in ((_BY_REPOSITORY, self._repository_path), (_BY_TEAM, self._team_path)):
            found = pattern.match(path)
            if found:
                return (found["before"] or "") + rewrite(int(found["id"])) + path[found.end() :]
        return path

    def _repository_path(self, id_: int) -> str:
        repository = self._forge.repository_by_id(id_)
        if repository is None:
            raise not_found()
        return f"/repos/{repository['owner']}/{repository['name']}"

    def _team_path(self, id_: int) -> str:
        team = self._forge.team_by_id(id_)
        if team is None:
            raise not_found()
        return f"/orgs/{team['organization']}/teams/{team['slug']}"

    def _subject(
        self, names: dict[str, str], login: str, route: Route, path: str
    ) -> tuple[Document, Document]:
        """The repository and the organisation that the path names, if the caller may do this to them."""
        if "repo" in names:
            return self._repository(names, login, route, path), {}
        if "org" not in names:
            return {}, {}
        organization = self._forge.find_organization(names["org"])
        if organization is None:
            raise not_found()
        if route.needs is Permission.ADMIN and not self._forge.is_owner(login, organization):
            raise forbidden(f"You must be an owner of {organization['login']}.")
        if route.needs is Permission.WRITE and not self._forge.is_member(login, organization):
            raise not_found()
        return {}, organization

    def _repository(self, names: dict[str, str], login: str, route: Route, path: str) -> Document:
        found = self._forge.find_repository(names["owner"], names["repo"])
        level = self._forge.permission_of(login, found[0]) if found else Permission.NONE
        if found is None or level < Permission.READ:
            raise not_found()
        repository, former = found
        if former:
            before, _, rest = path.partition("/repos/")
            below = rest.split("/", 2)[2:]
            location = "/".join([f"{before}/repositories", str(repository["id"]), *below])
            raise _MovedError(location, safe=route.method == "GET")
        if level < route.needs:
            raise forbidden("Must have admin rights to Repository.")
        if repository["archived"] and route.method != "GET" and route.path != REPOSITORY:
            raise forbidden("Repository was archived so is read-only.")
        return repository


_BY_REPOSITORY = re.compile(r"(?P<before>/_slipway)?/repositories/(?P<id>\d+)(?=/|$)")
_BY_TEAM = re.compile(r"(?P<before>)(?:/organizations/\d+/team|/teams)/(?P<id>\d+)(?=/|$)")


class _MovedError(GithubError):
    """The repository has another name now: GitHub redirects to its number."""

    def __init__(self, location: str, *, safe: bool) -> None:
        status = HTTPStatus.MOVED_PERMANENTLY if safe else HTTPStatus.TEMPORARY_REDIRECT
        super().__init__(status, "Moved Permanently")
        self.location = location


def _escaped_path(request: Request, *, strip: bool = True) -> str:
    """The path as the client escaped it."""
    path = urlsplit(str(request.environ.get("REQUEST_URI") or request.path)).path
    return path.removeprefix(_ENTERPRISE_PREFIX) or "/" if strip else path


def _token(header: str) -> str | None:
    """The token of an Authorization header: bearer, token, or the password of basic."""
    scheme, _, value = header.strip().partition(" ")
    match scheme.lower():
        case "":
            return None
        case "bearer" | "token":
            return value.strip()
        case "basic":
            return _basic_token(value)
        case _:
            raise GithubError(HTTPStatus.UNAUTHORIZED, "Bad credentials")


def _basic_token(value: str) -> str:
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise GithubError(HTTPStatus.UNAUTHORIZED, "Bad credentials") from None
    return user if password in {"", "x-oauth-basic"} else password


def _json(payload: Any, status: int = HTTPStatus.OK) -> Response:
    text = json.dumps(payload, ensure_ascii=False)
    return Response(text, status=status, content_type="application/json; charset=utf-8")


def _refused(error: GithubError, request: Request) -> Response:
    response = _json(error.payload(), error.status)
    if isinstance(error, _MovedError):
        query = request.query_string.decode()
        response.headers["Location"] = f"{error.location}?{query}" if query else error.location
    return response


def _conditional(request: Request, answer: Answer) -> Response:
    """The answer as HTTP, with an ETag; 304 when the client has it already."""
    if answer.status == HTTPStatus.NO_CONTENT:
        return Response(status=HTTPStatus.NO_CONTENT)
    text = json.dumps(answer.payload, ensure_ascii=False).encode() if answer.raw is None else answer.raw
    tag = f'W/"{hashlib.sha256(text).hexdigest()}"'
    if request.method == "GET" and request.headers.get("If-None-Match") == tag:
        return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    response = Response(text, status=answer.status, content_type=answer.media_type)
    response.headers.update(answer.headers)
    response.headers["ETag"] = tag
    return response
