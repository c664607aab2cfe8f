"""People and organisations: /user, /users, /orgs, membership, and the two admin calls that make test people.

``POST /admin/users/{login}/authorizations`` is GitHub Enterprise Server's way to a token for somebody else;
with it a test or a demonstration can act as an approver.
"""

import re
import secrets

from slipway_sandbox.github.errors import forbidden, invalid, not_found
from slipway_sandbox.github.forge import Forge
from slipway_sandbox.github.identity import NodeType, node_id
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.rest import CREATED, NOTHING, ORGANIZATION, Answer, Body, Call, reads, writes

_NOREPLY = re.compile(r"(?:\d+\+)?(?P<login>[^@+]+)@users\.noreply\.github\.com", re.IGNORECASE)
_WEB_FLOW = "noreply@github.com"
_ROLES = ("member", "admin")
_TOKEN_BYTES = 20


def noreply_address(login: str) -> str:
    """The address of GitHub's that stands for a person in commits."""
    return f"{login}@users.noreply.github.com"


def account_of(forge: Forge, email: str) -> str | None:
    """Whose address it is: one of GitHub's own, or one that somebody added."""
    if email.lower() == _WEB_FLOW:
        return "web-flow"
    own = _NOREPLY.fullmatch(email)
    if own:
        return own["login"]
    found = forge.records.find(Kind.EMAIL, email)
    return found["login"] if found else None


def simple_user(call: Call, login: str) -> Document:
    """A person as part of another object."""
    user = call.forge.user(login)
    return {
        "login": user["login"],
        "id": user["id"],
        "node_id": node_id(NodeType.USER, user["id"]),
        "avatar_url": "",
        "gravatar_id": "",
        "url": call.url("users", user["login"]),
        "html_url": f"{call.web_url}/{user['login']}",
        "type": "Bot" if user["login"].endswith("[bot]") else "User",
        "site_admin": False,
    }


def simple_organization(call: Call, organization: Document) -> Document:
    """An organisation as part of another object."""
    login = organization["login"]
    return {
        "login": login,
        "id": organization["id"],
        "node_id": node_id(NodeType.ORGANIZATION, organization["id"]),
        "url": call.url("orgs", login),
        "repos_url": call.url("orgs", login, "repos"),
        "members_url": call.url("orgs", login, "members{/member}"),
        "avatar_url": "",
        "description": organization.get("description"),
    }


def owner_shape(call: Call, login: str) -> Document:
    """The owner of a repository: an organisation in the guise of a user, as GitHub has it."""
    organization = call.forge.find_organization(login)
    if organization is None:
        return simple_user(call, login)
    kept = ("login", "id", "node_id", "avatar_url", "url")
    shape = simple_organization(call, organization)
    return {name: shape[name] for name in kept} | {
        "gravatar_id": "",
        "html_url": f"{call.web_url}/{login}",
        "type": "Organization",
        "site_admin": False,
    }


def _full_user(call: Call, login: str) -> Document:
    user = call.forge.user(login)
    return simple_user(call, login) | {
        "name": user.get("name"),
        "company": None,
        "blog": "",
        "location": None,
        "email": user.get("email"),
        "bio": None,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": user["created_at"],
        "updated_at": user["updated_at"],
    }


def _me(call: Call) -> Answer:
    return Answer(payload=_full_user(call, call.actor))


def _email_shape(address: Document) -> Document:
    return {"email": address["email"], "primary": False, "verified": True, "visibility": None}


def _emails(call: Call) -> Answer:
    mine = [each for each in call.forge.records.every(Kind.EMAIL) if each["login"] == call.actor]
    return call.page(mine, _email_shape)


def _add_emails(call: Call) -> Answer:
    """Addresses of the caller's commits; nobody is there to verify them."""
    addresses = call.body().words("emails")
    with call.forge.records.transaction():
        if any(account_of(call.forge, address) not in {None, call.actor} for address in addresses):
            raise invalid("UserEmail", "email", "already_exists")
        added = [
            call.forge.records.put(Kind.EMAIL, address, body={"email": address, "login": call.actor})
            for address in addresses
        ]
    return Answer(payload=[_email_shape(each) for each in added], status=CREATED)


def _user(call: Call) -> Answer:
    login = call.names["login"]
    organization = call.forge.find_organization(login)
    if organization is not None:
        return Answer(payload=owner_shape(call, login) | {"name": login})
    return Answer(payload=_full_user(call, login))


def _user_by_id(call: Call) -> Answer:
    wanted = call.names["id"]
    users = call.forge.records.every(Kind.USER)
    found = next((user for user in users if str(user["id"]) == wanted), None)
    if found is None:
        raise not_found()
    return Answer(payload=_full_user(call, found["login"]))


def _organization(call: Call) -> Answer:
    organization = call.organization
    return Answer(
        payload=simple_organization(call, organization)
        | {
            "name": organization.get("name", organization["login"]),
            "html_url": f"{call.web_url}/{organization['login']}",
            "created_at": organization["created_at"],
            "updated_at": organization["updated_at"],
            "type": "Organization",
            "plan": {"name": "enterprise", "space": 0, "private_repos": 999999},
            "default_repository_permission": "read",
            "members_can_create_repositories": True,
            "two_factor_requirement_enabled": False,
            "web_commit_signoff_required": False,
            "public_repos": len(call.forge.repositories_of(organization["login"])),
        }
    )


def _my_organizations(call: Call) -> Answer:
    organizations = call.forge.records.every(Kind.ORGANIZATION)
    mine = [
        each
        for each in organizations
        if call.forge.records.find(Kind.ORGANIZATION_MEMBER, each["id"], call.actor)
    ]
    return call.page(mine, lambda each: simple_organization(call, each))


def _members(call: Call) -> Answer:
    members = call.forge.records.every(Kind.ORGANIZATION_MEMBER, call.organization["id"])
    role = call.query("role", "all")
    shown = [member for member in members if role in {"all", member["role"]}]
    return call.page(shown, lambda member: simple_user(call, member["login"]))


def _member(call: Call) -> Document:
    key = (call.organization["id"], call.names["login"])
    found = call.forge.records.find(Kind.ORGANIZATION_MEMBER, *key)
    if found is None:
        raise not_found()
    return found


def _is_member(call: Call) -> Answer:
    _member(call)
    return NOTHING


def _membership_shape(call: Call, member: Document) -> Document:
    return {
        "url": call.url("orgs", call.organization["login"], "memberships", member["login"]),
        "state": "active",
        "role": member["role"],
        "organization_url": call.url("orgs", call.organization["login"]),
        "user": simple_user(call, member["login"]),
        "organization": simple_organization(call, call.organization),
    }


def _get_membership(call: Call) -> Answer:
    return Answer(payload=_membership_shape(call, _member(call)))


def _put_membership(call: Call) -> Answer:
    role = call.body().choice("role", _ROLES, "member")
    call.forge.set_member(call.organization, call.forge.user(call.names["login"]), role)
    return Answer(payload=_membership_shape(call, _member(call)))


def _remove_membership(call: Call) -> Answer:
    member = _member(call)
    records = call.forge.records
    with records.transaction():
        records.remove(Kind.ORGANIZATION_MEMBER, call.organization["id"], member["login"])
        for team in records.every(Kind.TEAM):
            if team["organization_id"] == call.organization["id"]:
                records.remove(Kind.TEAM_MEMBER, team["id"], member["login"])
    return NOTHING


def _add_organization(call: Call) -> Answer:
    _require_site_admin(call)
    body = call.body()
    login = body.required("login")
    if call.forge.find_organization(login):
        raise invalid("Organization", "login", "already_exists")
    made = call.forge.add_organization(login, body.text("admin", call.actor))
    return Answer(payload=simple_organization(call, made), status=CREATED)


def _impersonate(call: Call) -> Answer:
    _require_site_admin(call)
    login = call.forge.user(call.names["login"])["login"]
    token = f"ghp_{secrets.token_hex(_TOKEN_BYTES)}"
    call.forge.add_token(token, login)
    body: Body = call.body()
    shape = {"token": token, "scopes": body.words("scopes"), "user": simple_user(call, login)}
    return Answer(payload=shape, status=CREATED)


def _require_site_admin(call: Call) -> None:
    """The sandbox's engineer is its site administrator: the owner of any organisation."""
    organizations = call.forge.records.every(Kind.ORGANIZATION)
    if not any(call.forge.is_owner(call.actor, each) for each in organizations):
        raise forbidden("Must be a site administrator.")


ROUTES = (
    reads("/user", _me),
    reads("/user/orgs", _my_organizations),
    reads("/user/emails", _emails),
    writes("POST", "/user/emails", _add_emails),
    reads("/users/<login>", _user),
    reads("/user/<id>", _user_by_id),
    reads(ORGANIZATION, _organization),
    reads(f"{ORGANIZATION}/members", _members),
    reads(f"{ORGANIZATION}/members/<login>", _is_member),
    writes("DELETE", f"{ORGANIZATION}/members/<login>", _remove_membership),
    reads(f"{ORGANIZATION}/memberships/<login>", _get_membership),
    writes("PUT", f"{ORGANIZATION}/memberships/<login>", _put_membership),
    writes("DELETE", f"{ORGANIZATION}/memberships/<login>", _remove_membership),
    writes("POST", "/admin/organizations", _add_organization),
    writes("POST", "/admin/users/<login>/authorizations", _impersonate),
)
