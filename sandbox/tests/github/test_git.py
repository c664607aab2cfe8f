"""Git over HTTP with the real client, and git's objects by REST."""

import os
import subprocess
from pathlib import Path

from tests.github.conftest import Clone, Server


def test_clone_push_and_fetch(server: Server, repository: str, clone: Clone, tmp_path: Path) -> None:
    """What one clone pushes, another one has; tags too."""
    sha = clone.commit("a.txt", "a")
    clone.git("tag", "v1")
    pushed = clone.push("main", "v1")
    assert pushed.returncode == 0, pushed.stderr
    other = Clone(tmp_path / "other", server.remote(repository))
    assert other.git("rev-parse", "HEAD", "v1").stdout.split() == [sha, sha]
    assert server.ok("GET", f"{repository}/tags")[0]["name"] == "v1"


def test_a_large_push_goes_through(repository: str, clone: Clone) -> None:
    """Above http.postBuffer git sends chunks without a length."""
    assert repository
    clone.folder.joinpath("big.bin").write_bytes(os.urandom(3_000_000))
    clone.commit("note.txt", "big")
    pushed = clone.push("main")
    assert pushed.returncode == 0, pushed.stderr


def test_a_shallow_and_a_partial_clone(server: Server, repository: str, clone: Clone, tmp_path: Path) -> None:
    """What CI uses; protocol version 2 and filters work."""
    clone.commit("a.txt", "a")
    clone.push("main")
    for flags in (["--depth=1"], ["--filter=blob:none"]):
        target = tmp_path / flags[0].strip("-")[:5]
        command = ["git", "clone", "--quiet", *flags, server.remote(repository), str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert (target / "a.txt").read_text() == "a"


def test_git_needs_a_token_and_permission(server: Server, repository: str, clone: Clone) -> None:
    """A wrong token cannot fetch; a reader cannot push."""
    wrong = server.remote(repository, "ghp_wrong")
    fetched = clone.git("ls-remote", wrong)
    assert fetched.returncode == 128
    assert "Authentication failed" in fetched.stderr
    reader = server.remote(repository, server.token_of("reader"))
    clone.commit("a.txt", "a")
    assert clone.git("ls-remote", reader).returncode == 0
    refused = clone.git("push", reader, "main")
    assert refused.returncode == 128
    assert "403" in refused.stderr


def test_an_unknown_repository_is_not_found(server: Server, clone: Clone) -> None:
    """Git says so in its own words."""
    done = clone.git("ls-remote", server.remote("/repos/finedge/nowhere"))
    assert done.returncode == 128
    assert "not found" in done.stderr


def test_refs_by_rest(server: Server, repository: str) -> None:
    """Create, read, list, move, delete, each refused when it makes no sense."""
    tip = server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"]
    made = server.ok("POST", f"{repository}/git/refs", ref="refs/heads/feature/x", sha=tip)
    assert (made["ref"], made["object"]["type"]) == ("refs/heads/feature/x", "commit")
    again = server.call("POST", f"{repository}/git/refs", ref="refs/heads/feature/x", sha=tip)
    assert (again.status_code, again.json()["message"]) == (422, "Reference already exists")
    nowhere = server.call("POST", f"{repository}/git/refs", ref="refs/heads/y", sha="1" * 40)
    assert nowhere.json()["message"] == "Object does not exist"
    assert server.call("POST", f"{repository}/git/refs", ref="main", sha=tip).status_code == 422
    found = server.ok("GET", f"{repository}/git/matching-refs/heads/feature")
    assert [each["ref"] for each in found] == ["refs/heads/feature/x"]
    server.ok("DELETE", f"{repository}/git/refs/heads/feature/x")
    assert server.call("GET", f"{repository}/git/ref/heads/feature/x").status_code == 404
    assert server.call("DELETE", f"{repository}/git/refs/heads/feature/x").status_code == 422


def test_a_commit_built_from_parts(server: Server, repository: str) -> None:
    """Blob, tree, commit, ref: the way to change many files at once."""
    tip = server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"]
    base = server.ok("GET", f"{repository}/git/commits/{tip}")["tree"]["sha"]
    blob = server.ok("POST", f"{repository}/git/blobs", content="aGk=", encoding="base64")["sha"]
    entries = [
        {"path": "bin/run", "mode": "100755", "type": "blob", "sha": blob},
        {"path": "a.txt", "mode": "100644", "type": "blob", "content": "a"},
        {"path": "README.md", "mode": "100644", "type": "blob", "sha": None},
    ]
    tree = server.ok("POST", f"{repository}/git/trees", base_tree=base, tree=entries)["sha"]
    commit = server.ok("POST", f"{repository}/git/commits", message="Build", tree=tree, parents=[tip])["sha"]
    server.ok("PATCH", f"{repository}/git/refs/heads/main", sha=commit)
    shown = server.ok("GET", f"{repository}/git/trees/main?recursive=1")["tree"]
    assert {(each["path"], each["mode"]) for each in shown} == {
        ("a.txt", "100644"),
        ("bin", "040000"),
        ("bin/run", "100755"),
    }
    back = server.call("PATCH", f"{repository}/git/refs/heads/main", sha=tip)
    assert (back.status_code, back.json()["message"]) == (422, "Update is not a fast forward")
    assert (
        server.ok("PATCH", f"{repository}/git/refs/heads/main", sha=tip, force=True)["object"]["sha"] == tip
    )


def test_the_log_and_a_comparison(server: Server, repository: str, clone: Clone) -> None:
    """Commits newest first, by path too; what a branch adds, with its files."""
    clone.git("switch", "--quiet", "-c", "feature/fx")
    first = clone.commit("dags/fx.py", "1\n2\n", "Add FX")
    second = clone.commit("README.md", "changed\n", "Say more")
    clone.push("feature/fx")
    log = server.ok("GET", f"{repository}/commits?sha=feature/fx")
    assert [each["sha"] for each in log][:2] == [second, first]
    assert [each["sha"] for each in server.ok("GET", f"{repository}/commits?sha={second}&path=dags")] == [
        first
    ]
    detail = server.ok("GET", f"{repository}/commits/{first}")
    assert detail["files"][0] | {"sha": "", "contents_url": ""} == {
        "filename": "dags/fx.py",
        "status": "added",
        "additions": 2,
        "deletions": 0,
        "changes": 2,
        "sha": "",
        "contents_url": "",
    }
    compared = server.ok("GET", f"{repository}/compare/main...feature/fx")
    assert (compared["status"], compared["ahead_by"], compared["behind_by"]) == ("ahead", 2, 0)
    assert [each["filename"] for each in compared["files"]] == ["README.md", "dags/fx.py"]


def test_branches_with_slashes(server: Server, repository: str, clone: Clone) -> None:
    """Escaped or not, as clients differ; renamed with what hangs on the name."""
    clone.push("main:feature/x")
    for path in ("feature/x", "feature%2Fx"):
        assert server.ok("GET", f"{repository}/branches/{path}")["name"] == "feature/x"
    assert server.call("GET", f"{repository}/branches/nowhere").status_code == 404
    server.ok("POST", f"{repository}/branches/main/rename", new_name="trunk")
    assert server.ok("GET", repository)["default_branch"] == "trunk"
    assert {each["name"] for each in server.ok("GET", f"{repository}/branches")} == {"trunk", "feature/x"}


def test_git_finds_a_renamed_repository(server: Server, repository: str, clone: Clone) -> None:
    """A clone made before the rename goes on working."""
    server.ok("PATCH", repository, name=f"{repository.rpartition('/')[2]}-new")
    clone.commit("a.txt", "a")
    pushed = clone.push("main")
    assert pushed.returncode == 0, pushed.stderr
