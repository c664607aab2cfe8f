"""Files by REST: what is read, what a write must prove, and that writers do not lose each other's work."""

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.github.conftest import Clone, Server


def encoded(text: str) -> str:
    """Content as a request carries it."""
    return base64.b64encode(text.encode()).decode()


def put(server: Server, repository: str, path: str, text: str, **fields: Any) -> requests.Response:
    """Write a file."""
    given = {"message": f"Write {path}", "content": encoded(text)} | fields
    return server.call("PUT", f"{repository}/contents/{path}", **given)


def test_a_written_file_is_a_real_commit(server: Server, repository: str, clone: Clone) -> None:
    """What REST writes, git fetches: content, message, author."""
    author = {"name": "Ana", "email": "ana@finedge.example"}
    answer = put(server, repository, "dags/settle.py", "print(1)\n", message="Add DAG", author=author)
    assert answer.status_code == 201
    assert answer.json()["content"]["path"] == "dags/settle.py"
    clone.git("pull", "--quiet")
    assert (clone.folder / "dags/settle.py").read_text() == "print(1)\n"
    log = clone.git("log", "-1", "--format=%H|%an|%ae|%cn|%s").stdout.strip()
    assert log == f"{answer.json()['commit']['sha']}|Ana|ana@finedge.example|Ana|Add DAG"


def test_a_pushed_file_is_read_back(server: Server, repository: str, clone: Clone) -> None:
    """Content in base64 lines, the blob's sha, the raw form."""
    clone.commit("dbt/model.sql", "select 1\n" * 50)
    assert clone.push("main").returncode == 0
    shape = server.ok("GET", f"{repository}/contents/dbt/model.sql")
    assert base64.b64decode(shape["content"]).decode() == "select 1\n" * 50
    assert max(map(len, shape["content"].splitlines())) == 60
    assert shape["sha"] == clone.git("rev-parse", "HEAD:dbt/model.sql").stdout.strip()
    assert (shape["type"], shape["size"], shape["encoding"]) == ("file", 450, "base64")
    headers = {"Authorization": f"Bearer {server.token}", "Accept": "application/vnd.github.raw+json"}
    raw = requests.get(f"{server.url}{repository}/contents/dbt/model.sql", headers=headers, timeout=5)
    assert raw.text == "select 1\n" * 50


def test_a_folder_is_listed_with_whole_paths(server: Server, repository: str) -> None:
    """Files and folders, each by its path from the root."""
    put(server, repository, "dags/a.py", "a")
    put(server, repository, "dags/deep/b.py", "b")
    shown = server.ok("GET", f"{repository}/contents/dags")
    assert [(each["path"], each["type"]) for each in shown] == [("dags/a.py", "file"), ("dags/deep", "dir")]


def test_a_ref_selects_the_version(server: Server, repository: str) -> None:
    """A branch or a commit; an unknown one is named."""
    before = server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"]
    put(server, repository, "new.txt", "new")
    assert server.call("GET", f"{repository}/contents/new.txt?ref={before}").status_code == 404
    assert server.call("GET", f"{repository}/contents/new.txt?ref=main").status_code == 200
    answer = server.call("GET", f"{repository}/contents/new.txt?ref=nowhere")
    assert (answer.status_code, answer.json()["message"]) == (404, "No commit found for the ref nowhere")


def test_replacing_a_file_needs_its_present_sha(server: Server, repository: str) -> None:
    """None: 422. A stale one: 409, so that nobody overwrites what they have not read."""
    first = put(server, repository, "a.txt", "1").json()["content"]["sha"]
    missing = put(server, repository, "a.txt", "2")
    assert (missing.status_code, missing.json()["message"]) == (
        422,
        'Invalid request.\n\n"sha" wasn\'t supplied.',
    )
    assert put(server, repository, "a.txt", "2", sha=first).status_code == 200
    stale = put(server, repository, "a.txt", "3", sha=first)
    assert (stale.status_code, stale.json()["message"]) == (409, f"a.txt does not match {first}")
    assert put(server, repository, "not-there.txt", "1", sha=first).status_code == 409


def test_deleting_a_file_needs_its_present_sha(server: Server, repository: str) -> None:
    """The commit is real; the file is gone afterwards."""
    sha = put(server, repository, "a.txt", "1").json()["content"]["sha"]
    path = f"{repository}/contents/a.txt"
    assert server.call("DELETE", path, message="x", sha="0" * 40).status_code == 409
    assert server.ok("DELETE", path, message="Drop a", sha=sha)["commit"]["message"] == "Drop a"
    assert server.call("GET", path).status_code == 404
    assert server.call("DELETE", path, message="x", sha=sha).status_code == 404


@pytest.mark.parametrize("path", ["a/../b", ".git/config", "a//b"])
def test_a_path_that_leaves_the_tree_is_refused(server: Server, repository: str, path: str) -> None:
    """422 before git sees it."""
    session = requests.Session()
    request = requests.Request(
        "PUT",
        "http://x",
        json={"message": "m", "content": ""},
        headers={"Authorization": f"Bearer {server.token}"},
    ).prepare()
    request.url = f"{server.url}{repository}/contents/{path}"  # requests would tidy it up
    answer = session.send(request, timeout=5)
    assert answer.status_code == 422
    assert "malformed path component" in answer.json()["message"]


def test_a_file_in_the_place_of_a_folder_is_refused(server: Server, repository: str) -> None:
    """Either way round."""
    put(server, repository, "a/b.txt", "1")
    assert put(server, repository, "a", "1").status_code == 422
    assert put(server, repository, "a/b.txt/c.txt", "1").status_code == 422


def test_the_first_commit_of_an_empty_repository(server: Server) -> None:
    """Contents make the default branch; before that, reading says that it is empty."""
    repository = server.new_repository(auto_init=False)
    empty = server.call("GET", f"{repository}/contents/a.txt")
    assert (empty.status_code, empty.json()["message"]) == (404, "This repository is empty.")
    assert put(server, repository, "a.txt", "1").status_code == 201
    assert [each["name"] for each in server.ok("GET", f"{repository}/branches")] == ["main"]


def test_an_unknown_branch_is_named(server: Server, repository: str) -> None:
    """Nothing is written anywhere."""
    answer = put(server, repository, "a.txt", "1", branch="nowhere")
    assert (answer.status_code, answer.json()["message"]) == (404, "Branch nowhere not found")


def test_writers_of_different_files_all_land(server: Server, repository: str) -> None:
    """Ten at a time; a lost update here would be a lost release record later."""
    with ThreadPoolExecutor(10) as pool:
        answers = pool.map(lambda n: put(server, repository, f"f{n}.txt", str(n)), range(20))
    assert {answer.status_code for answer in answers} == {201}
    names = {each["name"] for each in server.ok("GET", f"{repository}/contents")}
    assert names == {f"f{n}.txt" for n in range(20)} | {"README.md"}
    assert len(server.ok("GET", f"{repository}/commits?per_page=100")) == 21


def test_of_writers_of_one_file_one_lands(server: Server, repository: str) -> None:
    """The others get 409 with the sha that they started from."""
    sha = put(server, repository, "a.txt", "0").json()["content"]["sha"]
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda n: put(server, repository, "a.txt", f"by {n}", sha=sha), range(8))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
