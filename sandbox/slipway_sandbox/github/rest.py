"""What every REST route works with: the call, its body, the answer, the route itself.

Owned here: reading a request and paging a list as GitHub does. Not owned: what the routes do.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlencode

from werkzeug.wrappers import Request

from slipway_sandbox.github.errors import GithubError, unprocessable
from slipway_sandbox.github.forge import Forge
from slipway_sandbox.github.identity import Permission
from slipway_sandbox.github.records import Document

_PAGE_SIZE = 30
_LARGEST_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back: a JSON payload, raw content, or nothing."""

    payload: Any = None
    status: HTTPStatus = HTTPStatus.OK
    raw: bytes | None = None
    media_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


CREATED = HTTPStatus.CREATED
NOTHING = Answer(status=HTTPStatus.NO_CONTENT)


class Body:
    """A request's JSON object; each reader refuses a value of another type as GitHub does, with 422."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def given(self, name: str) -> Any:
        """The value as it came; None when absent."""
        return self.fields.get(name)

    def text(self, name: str, default: str = "") -> str:
        """A string; null counts as absent."""
        return str(self._checked(name, str, "a string", default))

    def required(self, name: str) -> str:
        """A string that must be there."""
        if self.fields.get(name) is None:
            raise unprocessable(f'Invalid request.\n\n"{name}" wasn\'t supplied.')
        return self.text(name)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean."""
        return bool(self._checked(name, bool, "a boolean", default))

    def number(self, name: str, default: int = 0) -> int:
        """An integer."""
        if isinstance(self.fields.get(name), bool):
            self._refuse(name, "an integer")
        return int(self._checked(name, int, "an integer", default))

    def words(self, name: str) -> list[str]:
        """A list of strings; absent counts as empty."""
        values = self._checked(name, list, "an array", [])
        if not all(isinstance(value, str) for value in values):
            self._refuse(name, "an array of strings")
        return list(values)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """A list of objects; absent counts as empty."""
        values = self._checked(name, list, "an array", [])
        if not all(isinstance(value, dict) for value in values):
            self._refuse(name, "an array of objects")
        return list(values)

    def part(self, name: str) -> "Body | None":
        """A nested object; None when absent or null."""
        value = self._checked(name, dict, "an object", None)
        return None if value is None else Body(value)

    def choice(self, name: str, allowed: Sequence[str], default: str) -> str:
        """A string out of a closed list."""
        value = self.text(name, default)
        if value not in allowed:
            self._refuse(name, f"one of: {', '.join(allowed)}")
        return value

    def _checked(self, name: str, kind: type, article: str, default: Any) -> Any:
        value = self.fields.get(name)
        if value is None:
            return default
        if not isinstance(value, kind):
            self._refuse(name, article)
        return value

    def _refuse(self, name: str, article: str) -> NoReturn:
        shown = json.dumps(self.fields.get(name))
        raise unprocessable(f"Invalid request.\n\nFor 'properties/{name}', {shown} is not {article}.")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One authenticated request.

    Attributes:
        actor: the login whose token came with it.
        names: the named parts of the path, unescaped.
        base_url: where the API is, as the client wrote it.
        web_url: where pages and git repositories are.
        repository: the repository that the path names; an empty document on other paths.
        organization: the organisation that the path names; an empty document on other paths.
    """

    forge: Forge
    request: Request
    actor: str
    names: Mapping[str, str]
    base_url: str
    web_url: str
    repository: Document = field(default_factory=dict)
    organization: Document = field(default_factory=dict)

    def body(self) -> Body:
        """The JSON object that came with the request; no content counts as an empty one."""
        content = self.request.get_data()
        try:
            fields = json.loads(content) if content else {}
        except ValueError:
            raise GithubError(HTTPStatus.BAD_REQUEST, "Problems parsing JSON") from None
        if not isinstance(fields, dict):
            raise GithubError(HTTPStatus.BAD_REQUEST, "Body should be a JSON object")
        return Body(fields)

    def query(self, name: str, default: str = "") -> str:
        """A parameter of the query string."""
        return self.request.args.get(name, default)

    def url(self, *parts: object) -> str:
        """The API address of an object."""
        return "/".join([self.base_url, *map(str, parts)])

    def repository_url(self, *parts: object) -> str:
        """The API address of something in the path's repository."""
        return self.url("repos", self.repository["owner"], self.repository["name"], *parts)

    def wants(self, media_type: str) -> bool:
        """Whether the Accept header asks for a GitHub media type, for example ``raw``."""
        accepted = self.request.headers.get("Accept", "")
        kinds = [each.strip().removeprefix("application/vnd.github.") for each in accepted.split(",")]
        return any(kind.split("+")[0].removeprefix("v3.") == media_type for kind in kinds)

    def page(
        self, items: Sequence[Any], shape: Callable[[Any], Any], *, under: str = "", size: int = _PAGE_SIZE
    ) -> Answer:
        """One page of a list, with the Link header to the others.

        Args:
            items: the whole list.
            shape: an item as the client sees it; called for the page's items only.
            under: the field that holds the list beside ``total_count``; empty for a bare list.
            size: how many a page has when the client does not say.
        """
        asked = _whole(self.query("per_page"), 0)
        size = min(asked, _LARGEST_PAGE) if asked else size
        number = max(_whole(self.query("page"), 1), 1)
        shown = [shape(item) for item in items[(number - 1) * size : number * size]]
        payload = {"total_count": len(items), under: shown} if under else shown
        last = max(-(-len(items) // size), 1)
        links = self._links(number, last)
        return Answer(payload=payload, headers={"Link": links} if links else {})

    def _links(self, number: int, last: int) -> str:
        targets: dict[str, int] = {}
        if number > 1:
            targets |= {"prev": min(number - 1, last), "first": 1}
        if number < last:
            targets |= {"next": number + 1, "last": last}
        return ", ".join(f'<{self._page_url(page)}>; rel="{name}"' for name, page in targets.items())

    def _page_url(self, page: int) -> str:
        given = self.request.args.to_dict() | {"page": str(page)}
        return f"{self.request.base_url}?{urlencode(given)}"


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method on one path.

    Attributes:
        method: the HTTP method.
        path: werkzeug's rule; ``owner`` and ``repo`` name a repository, ``org`` an organisation.
        handler: what answers.
        needs: the least permission in the repository; on an organisation's path ADMIN means one of its
            owners, WRITE one of its members, READ any authenticated person.
    """

    method: str
    path: str
    handler: Handler
    needs: Permission


REPOSITORY = "/repos/<owner>/<repo>"
ORGANIZATION = "/orgs/<org>"


def reads(path: str, handler: Handler, needs: Permission = Permission.READ) -> Route:
    """A GET route."""
    return Route(method="GET", path=path, handler=handler, needs=needs)


def writes(method: str, path: str, handler: Handler, needs: Permission = Permission.ADMIN) -> Route:
    """A route that changes something."""
    return Route(method=method, path=path, handler=handler, needs=needs)


def _whole(text: str, default: int) -> int:
    return int(text) if text.isdigit() else default
