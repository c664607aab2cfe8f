"""GitHub Apps, as far as check runs need them: an app that is installed in an organisation, and its token.

A real app proves itself by a signed JWT and trades it for a token of its installation. Here an owner of the
organisation asks for that token: ``POST /_slipway/orgs/{org}/apps/{slug}/tokens`` makes the app where it is
missing, installs it in every repository with the right to write, and answers with a token of the account
``{slug}[bot]``.
"""

import re
import secrets

from slipway_sandbox.github.accounts import owner_shape
from slipway_sandbox.github.errors import GithubError, forbidden, invalid
from slipway_sandbox.github.forge import APP_SUFFIX
from slipway_sandbox.github.identity import NodeType, node_id, now
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.rest import CREATED, ORGANIZATION, Answer, Call, writes

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,32}[a-z0-9])?")
_TOKEN_BYTES = 20


def app_shape(call: Call, app: Document) -> Document:
    """An app as part of a check run."""
    return {
        "id": app["id"],
        "slug": app["slug"],
        "node_id": node_id(NodeType.APP, app["id"]),
        "name": app["slug"],
        "owner": owner_shape(call, app["organization"]),
        "description": "",
        "external_url": call.web_url,
        "html_url": f"{call.web_url}/apps/{app['slug']}",
        "created_at": app["created_at"],
        "updated_at": app["created_at"],
        "permissions": {"checks": "write", "contents": "write", "pull_requests": "write"},
        "events": [],
    }


def acting_app(call: Call) -> Document:
    """The app whose token came with the request.

    Raises:
        GithubError: 403, a person's token did.
    """
    slug = call.actor.removesuffix(APP_SUFFIX)
    app = call.forge.records.find(Kind.APP, slug) if call.actor != slug else None
    if app is None:
        raise _no_app()
    return app


def _no_app() -> GithubError:
    return forbidden("You must authenticate via a GitHub App.")


def app_by_id(call: Call, id_: int) -> Document:
    """An app that has made a check run, so that it exists."""
    return next(app for app in call.forge.records.every(Kind.APP) if app["id"] == id_)


def _token(call: Call) -> Answer:
    slug = call.names["slug"]
    if not _SLUG.fullmatch(slug):
        raise invalid("Integration", "slug", "invalid")
    organization = str(call.organization["login"])
    with call.forge.records.transaction():
        app = call.forge.records.find(Kind.APP, slug) or _made(call, slug, organization)
        if app["organization"] != organization:
            raise invalid("Integration", "slug", "already_exists")
        token = f"ghs_{secrets.token_hex(_TOKEN_BYTES)}"
        call.forge.add_token(token, f"{slug}{APP_SUFFIX}")
    return Answer(payload={"token": token, "app": app_shape(call, app)}, status=CREATED)


def _made(call: Call, slug: str, organization: str) -> Document:
    id_ = call.forge.records.next_id()
    body = {"id": id_, "slug": slug, "organization": organization, "created_at": now()}
    return call.forge.records.put(Kind.APP, slug, body=body)


ROUTES = (writes("POST", f"/_slipway{ORGANIZATION}/apps/<slug>/tokens", _token),)
