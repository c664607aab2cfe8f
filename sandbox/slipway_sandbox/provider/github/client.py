"""How the materialised GitHub types reach the sandbox's GitHub server: REST, a token, one owner.

Owned here: sending requests, following the pages of a list, turning refusals into faults. Not owned: what
the paths mean.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

    from slipway_sandbox.provider.contract import Session

TIMEOUT_SECONDS = 60
API_VERSION = "2022-11-28"
PAGE_SIZE = "100"  # the most that GitHub gives


class Github:
    """A session with one GitHub server as one person, for the repositories of one owner.

    Attributes:
        base_url: where the REST paths start; with or without ``/api/v3``, the server knows both.
        owner: the organisation whose objects are meant when a path leaves it open.
    """

    def __init__(self, base_url: str, token: str, owner: str) -> None:
        import requests  # noqa: PLC0415  0.1 s that a preview never needs

        self._unreachable = requests.RequestException
        self.base_url = base_url.rstrip("/")
        self.owner = owner
        self._http = requests.Session()
        self._http.headers["Authorization"] = f"Bearer {token}"
        self._http.headers["Accept"] = "application/vnd.github+json"
        self._http.headers["X-GitHub-Api-Version"] = API_VERSION

    def request(
        self, method: str, path: str, *, json: Any = None, params: Mapping[str, str] | None = None
    ) -> Any:
        """The answer's decoded body, None when it is empty.

        Raises:
            ProviderFault: the server refused or does not answer; the message is its own.
        """
        return _body(self._send(method, path, json=json, params=params))

    def find(self, path: str, *, params: Mapping[str, str] | None = None) -> Any | None:
        """GET that answers None when the object does not exist."""
        found = self.find_tagged(path, params=params)
        return None if found is None else found[0]

    def find_tagged(
        self, path: str, *, params: Mapping[str, str] | None = None, accept: str = ""
    ) -> tuple[Any, str] | None:
        """GET with the object's ETag, of another media type if asked; None when it does not exist."""
        response = self._send("GET", path, params=params, absent_is_fine=True, accept=accept)
        if response.status_code == HTTPStatus.NOT_FOUND:
            return None
        return _body(response), response.headers.get("ETag", "")

    def exists(self, path: str) -> bool:
        """Whether a GET finds something, also where it answers without a body."""
        return self._send("GET", path, absent_is_fine=True).status_code != HTTPStatus.NOT_FOUND

    def list(self, path: str) -> list[Any]:
        """Every item of a paged list."""
        items: list[Any] = []
        params: Mapping[str, str] | None = {"per_page": PAGE_SIZE}
        while path:
            response = self._send("GET", path, params=params)
            items.extend(response.json())
            path, params = response.links.get("next", {}).get("url", ""), None
        return items

    def remove(self, path: str, *, json: Any = None) -> None:
        """DELETE; an object that is gone already is fine."""
        self._send("DELETE", path, json=json, absent_is_fine=True)

    def repository(self, name: str, *rest: str) -> str:
        """The path of a repository of the owner, or of something in it; each part is escaped."""
        return "/".join(["/repos", _escaped(self.owner), _escaped(name), *map(_escaped, rest)])

    def path_of_ref(self, repository: str, branch: str) -> str:
        """The path of a branch's ref; the slashes of its name stay."""
        return self.repository(repository, "git", "ref", "heads", *branch.split("/"))

    def organization(self, *rest: str) -> str:
        """The path of the owner, or of something in it; each part is escaped."""
        return "/".join(["/orgs", _escaped(self.owner), *map(_escaped, rest)])

    def _send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        absent_is_fine: bool = False,
        accept: str = "",
    ) -> requests.Response:
        url = path if path.startswith("http") else self.base_url + path
        try:
            headers = {"Accept": accept} if accept else None
            response = self._http.request(
                method, url, json=json, params=params, headers=headers, timeout=TIMEOUT_SECONDS
            )
        except self._unreachable as error:
            raise ProviderFault(
                f"GitHub at {self.base_url} does not answer: {error}",
                remedy="see `slipway sandbox status`, then `slipway sandbox logs github`",
            ) from error
        absent = response.status_code == HTTPStatus.NOT_FOUND
        if not response.ok and not (absent and absent_is_fine):
            raise ProviderFault(f"GitHub refused {method} {path}: {_complaint(response)}")
        return response


def github(session: Session) -> Github:
    """The GitHub side of a provider session.

    Raises:
        ProviderFault: the session is not one of the github package.
    """
    if not isinstance(session.github, Github):
        raise ProviderFault(f"the provider of package {session.package!r} has no GitHub session")
    return session.github


def _escaped(part: str) -> str:
    return quote(part, safe="")


def _body(response: requests.Response) -> Any:
    return response.json() if response.content else None


def _complaint(response: requests.Response) -> str:
    """The status, the message and the field errors of GitHub's error shape."""
    try:
        error = response.json()
    except ValueError:
        return f"{response.status_code} {response.text[:200]}"
    details = [str(item.get("message") or item) for item in error.get("errors") or []]
    return "; ".join([f"{response.status_code} {error.get('message', '')}", *details])
