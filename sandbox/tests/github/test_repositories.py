"""Repositories, their names, settings and topics."""

import requests

from slipway_sandbox.github.records import Kind, Records
from tests.github.conftest import OWNER, Server


def test_a_new_repository_has_githubs_settings(server: Server) -> None:
    """What the provider takes for defaults must be what the server says."""
    shape = server.ok("GET", server.new_repository(description="Pipelines"))
    assert shape["default_branch"] == "main"
    assert shape["visibility"] == "public"
    assert shape["private"] is False
    assert shape["description"] == "Pipelines"
    assert (shape["allow_squash_merge"], shape["allow_auto_merge"]) == (True, False)
    assert shape["squash_merge_commit_title"] == "COMMIT_OR_PR_TITLE"
    assert shape["owner"]["login"] == shape["organization"]["login"] == OWNER
    assert shape["clone_url"] == f"{server.url}/{shape['full_name']}.git"
    assert shape["permissions"]["admin"] is True


def test_settings_change_one_by_one(server: Server, repository: str) -> None:
    """A PATCH leaves alone what it does not name."""
    server.ok("PATCH", repository, visibility="private", allow_merge_commit=False)
    shape = server.ok("PATCH", repository, delete_branch_on_merge=True)
    assert (shape["private"], shape["allow_merge_commit"], shape["delete_branch_on_merge"]) == (
        True,
        False,
        True,
    )


def test_the_default_branch_must_exist(server: Server, repository: str) -> None:
    """422 that names it; afterwards a clone checks it out."""
    refused = server.call("PATCH", repository, default_branch="trunk")
    assert refused.status_code == 422
    assert "The branch trunk was not found" in refused.json()["message"]
    tip = server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"]
    server.ok("POST", f"{repository}/git/refs", ref="refs/heads/trunk", sha=tip)
    assert server.ok("PATCH", repository, default_branch="trunk")["default_branch"] == "trunk"


def test_a_taken_name_is_refused(server: Server, repository: str) -> None:
    """In any case of letters."""
    name = repository.rpartition("/")[2]
    answer = server.call("POST", f"/orgs/{OWNER}/repos", name=name.upper())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["message"] == "name already exists on this account"


def test_a_renamed_repository_answers_under_both_names(server: Server, repository: str) -> None:
    """A redirect leads from the former name, for REST and for git, until somebody takes it."""
    new = f"{repository.rpartition('/')[2]}-renamed"
    server.ok("PATCH", repository, name=new)
    headers = {"Authorization": f"Bearer {server.token}"}
    moved = requests.get(server.url + repository, headers=headers, allow_redirects=False, timeout=5)
    assert moved.status_code == 301
    assert server.ok("GET", repository)["name"] == new
    assert server.ok("PATCH", f"{repository}", description="moved")["description"] == "moved"
    assert server.ok("GET", f"{repository}/contents/README.md")["path"] == "README.md"
    server.ok("POST", f"/orgs/{OWNER}/repos", name=repository.rpartition("/")[2], description="another")
    assert server.ok("GET", repository)["description"] == "another"


def test_an_archived_repository_is_read_only(server: Server, repository: str) -> None:
    """403 until it is taken out of the archive."""
    server.ok("PATCH", repository, archived=True)
    refused = server.call("PUT", f"{repository}/topics", names=["data"])
    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "Repository was archived so is read-only.",
    )
    assert server.call("PATCH", repository, description="x").status_code == 403
    assert server.call("DELETE", f"{repository}/labels/bug").status_code == 403
    assert server.ok("PATCH", repository, archived=False)["archived"] is False


def test_a_deleted_repository_is_gone_with_its_objects(server: Server, repository: str) -> None:
    """404, an empty list of what hung on it, and a free name."""
    server.ok("PUT", f"{repository}/environments/prod")
    folder = server.home / "git" / f"{repository.removeprefix('/repos/')}.git"
    assert folder.is_dir()
    server.ok("DELETE", repository)
    assert server.call("GET", repository).status_code == 404
    assert not folder.exists()
    server.ok("POST", f"/orgs/{OWNER}/repos", name=repository.rpartition("/")[2])
    assert server.ok("GET", f"{repository}/environments")["total_count"] == 0


def test_topics_are_replaced_as_a_whole(server: Server, repository: str) -> None:
    """In lower case, each once; a bad one is named."""
    assert server.ok("PUT", f"{repository}/topics", names=["Data", "data", "etl"])["names"] == ["data", "etl"]
    refused = server.call("PUT", f"{repository}/topics", names=["no spaces"])
    assert refused.status_code == 422
    assert "'no spaces'" in refused.json()["errors"][0]["message"]


def test_what_the_sandbox_has_not_is_refused_by_name(server: Server) -> None:
    """A license file that silently does not appear would be a lie."""
    answer = server.call("POST", f"/orgs/{OWNER}/repos", name="licensed", license_template="mit")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["message"] == "the sandbox has no license templates"


def test_a_list_shows_what_the_caller_may_see(server: Server) -> None:
    """Private repositories stay hidden from strangers."""
    hidden, shown = server.new_repository(private=True), server.new_repository()
    stranger = server.token_of("stranger")
    seen = server.ok("GET", f"/orgs/{OWNER}/repos?per_page=100&direction=desc", token=stranger)
    names = {each["name"] for each in seen}
    assert shown.rpartition("/")[2] in names
    assert hidden.rpartition("/")[2] not in names


def test_a_redirect_keeps_the_query(server: Server, repository: str) -> None:
    """Else a client that asks for a ref by a former name would get another one."""
    tip = server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"]
    server.ok("PATCH", repository, name=f"{repository.rpartition('/')[2]}-moved")
    answer = server.call("GET", f"{repository}/contents/README.md?ref={tip}")
    assert answer.json()["url"].endswith(f"-moved/contents/README.md?ref={tip}")


def test_variables_are_not_for_everybody(server: Server, repository: str) -> None:
    """A reader of a public repository does not see them."""
    server.ok("POST", f"{repository}/actions/variables", name="REGION", value="eu")
    reader = server.token_of("reader")
    assert server.call("GET", f"{repository}/actions/variables", token=reader).status_code == 403


def test_a_variable_is_not_renamed_over_another(server: Server, repository: str) -> None:
    """409, as for a new one with a taken name; both keep their values. A new value alone is no renaming."""
    path = f"{repository}/actions/variables"
    server.ok("POST", path, name="REGION", value="eu")
    server.ok("POST", path, name="ZONE", value="a")
    assert server.call("PATCH", f"{path}/ZONE", name="region").status_code == 409
    server.ok("PATCH", f"{path}/ZONE", name="zone", value="b")
    found = server.ok("GET", path)["variables"]
    assert [(each["name"], each["value"]) for each in found] == [("REGION", "eu"), ("ZONE", "b")]


def test_nothing_of_a_deleted_repository_stays(server: Server, repository: str) -> None:
    """Variables, secrets and keys of its environments go with it: their ids could not be found again."""
    prod = server.ok("PUT", f"{repository}/environments/prod")["id"]
    server.ok("POST", f"{repository}/environments/prod/variables", name="REGION", value="eu")
    server.ok("GET", f"{repository}/environments/prod/secrets/public-key")
    server.ok("DELETE", repository)
    (database,) = server.home.rglob("github.sqlite")
    records = Records(database)
    left = {key for kind in (Kind.VARIABLE, Kind.KEY_PAIR) for key, _ in records.items(kind)}
    records.close()
    assert {key for key in left if key.startswith(f"environment.{prod}")} == set()
