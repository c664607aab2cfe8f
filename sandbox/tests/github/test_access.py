"""Who gets in, and how the server refuses: always in GitHub's error shape."""

import base64

import pytest
import requests

from tests.github.conftest import ENGINEER, OWNER, Server


def test_health_needs_no_token(server: Server) -> None:
    """The supervisor waits for it before anybody has read the token."""
    assert requests.get(f"{server.url}/_slipway/health", timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "Requires authentication"),
        ("Bearer ghp_wrong", "Bad credentials"),
        ("token ghp_wrong", "Bad credentials"),
        ("Digest abc", "Bad credentials"),
        ("Basic %%%", "Bad credentials"),
    ],
)
def test_a_request_without_a_good_token_is_refused(server: Server, header: str, message: str) -> None:
    """401 with GitHub's words, for no token and for a wrong one."""
    headers = {"Authorization": header} if header else {}
    answer = requests.get(f"{server.url}/user", headers=headers, timeout=5)
    assert answer.status_code == 401
    assert answer.json()["message"] == message
    assert answer.json()["documentation_url"].startswith("https://docs.github.com/")


@pytest.mark.parametrize("prefix", ["", "/api/v3"])
@pytest.mark.parametrize("scheme", ["Bearer", "token", "Basic"])
def test_every_scheme_and_both_roots_lead_to_the_engineer(server: Server, prefix: str, scheme: str) -> None:
    """Clients with a base URL of their own ask below /api/v3."""
    secret = server.token
    if scheme == "Basic":
        secret = base64.b64encode(f"anybody:{server.token}".encode()).decode()
    answer = requests.get(
        f"{server.url}{prefix}/user", headers={"Authorization": f"{scheme} {secret}"}, timeout=5
    )
    assert answer.json()["login"] == ENGINEER
    assert answer.json()["url"] == f"{server.url}{prefix}/users/{ENGINEER}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/repos/finedge/x/deployments"),
        ("POST", "/graphql"),
        ("PUT", "/user"),
        ("GET", "/nothing/here"),
    ],
)
def test_what_is_not_served_is_named(server: Server, method: str, path: str) -> None:
    """501, not 404: a client takes 404 for an object that does not exist."""
    answer = server.call(method, path)
    assert answer.status_code == 501
    assert answer.json()["message"] == f"The sandbox's GitHub does not serve {method} {path}"


def test_a_body_that_is_no_json_is_refused(server: Server) -> None:
    """400, as GitHub."""
    headers = {"Authorization": f"Bearer {server.token}"}
    answer = requests.post(f"{server.url}/orgs/{OWNER}/repos", data="{", headers=headers, timeout=5)
    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")


def test_a_field_of_the_wrong_type_is_refused_by_name(server: Server) -> None:
    """422 that names field and value."""
    answer = server.call("POST", f"/orgs/{OWNER}/repos", name="x", private="yes")
    assert answer.status_code == 422
    assert "For 'properties/private', \"yes\" is not a boolean." in answer.json()["message"]


def test_a_stranger_does_not_learn_that_a_private_repository_exists(server: Server) -> None:
    """404 for reading it, and for git."""
    repository = server.new_repository(private=True)
    stranger = server.token_of("mallory")
    assert server.call("GET", repository, token=stranger).status_code == 404
    discovery = f"{repository.removeprefix('/repos')}.git/info/refs?service=git-upload-pack"
    assert server.call("GET", discovery, token=stranger).status_code == 404


def test_a_reader_may_not_change_settings(server: Server, repository: str) -> None:
    """403 with GitHub's words."""
    reader = server.token_of("auditor-one")
    answer = server.call("PATCH", repository, token=reader, description="mine")
    assert (answer.status_code, answer.json()["message"]) == (403, "Must have admin rights to Repository.")


def test_only_an_owner_makes_teams_and_other_peoples_tokens(server: Server) -> None:
    """What belongs to the organisation is its owners' to change."""
    somebody = server.token_of("ana")
    assert server.call("POST", f"/orgs/{OWNER}/teams", token=somebody, name="mine").status_code == 403
    assert server.call("POST", "/admin/users/bob/authorizations", token=somebody).status_code == 403


def test_a_stranger_does_not_see_teams(server: Server) -> None:
    """404; a member does."""
    server.ok("POST", f"/orgs/{OWNER}/teams", name="Insiders")
    somebody = server.token_of("oscar")
    assert server.call("GET", f"/orgs/{OWNER}/teams/insiders", token=somebody).status_code == 404
    assert server.call("GET", f"/orgs/{OWNER}/rulesets", token=somebody).status_code == 404
    server.ok("PUT", f"/orgs/{OWNER}/memberships/oscar")
    assert server.ok("GET", f"/orgs/{OWNER}/teams/insiders", token=somebody)["name"] == "Insiders"


def test_an_unchanged_object_is_not_sent_again(server: Server, repository: str) -> None:
    """ETag and If-None-Match: 304."""
    headers = {"Authorization": f"Bearer {server.token}"}
    first = requests.get(server.url + repository, headers=headers, timeout=5)
    again = requests.get(
        server.url + repository, headers=headers | {"If-None-Match": first.headers["ETag"]}, timeout=5
    )
    assert (again.status_code, again.content) == (304, b"")


def test_lists_are_paged_with_link_headers(server: Server) -> None:
    """Clients follow rel=next until there is none."""
    path = server.new_repository()
    for number in range(5):
        server.ok("POST", f"{path}/labels", name=f"label-{number}", color="ff0000")
    names, pages, url = [], 0, f"{server.url}{path}/labels?per_page=2"
    while url:
        answer = requests.get(url, headers={"Authorization": f"Bearer {server.token}"}, timeout=5)
        names += [label["name"] for label in answer.json()]
        pages, url = pages + 1, answer.links.get("next", {}).get("url", "")
    assert (pages, names) == (3, [f"label-{number}" for number in range(5)])
