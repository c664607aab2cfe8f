"""Rulesets of a repository and of the organisation: shapes, enforcement, bypass."""

from pathlib import Path
from typing import Any

import pytest

from tests.github.conftest import OWNER, Clone, Server

MAIN = {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}
EVERYTHING = {"ref_name": {"include": ["~ALL"], "exclude": []}}
PULL_REQUEST = {"type": "pull_request"}


def rule_main(server: Server, repository: str, *rules: dict[str, Any], **fields: Any) -> Any:
    """A ruleset of the repository for its default branch."""
    given = {"name": "main", "enforcement": "active", "conditions": MAIN, "rules": list(rules)}
    return server.ok("POST", f"{repository}/rulesets", **given | fields)


def test_a_ruleset_is_created_read_changed_and_deleted(server: Server, repository: str) -> None:
    """The id is a number; parameters that a request leaves out have GitHub's defaults."""
    made = rule_main(server, repository, PULL_REQUEST)
    path = f"{repository}/rulesets/{made['id']}"
    shape = server.ok("GET", path)
    assert (shape["source_type"], shape["target"], shape["bypass_actors"]) == ("Repository", "branch", [])
    assert shape["rules"][0]["parameters"]["required_approving_review_count"] == 0
    changed = server.ok("PUT", path, enforcement="disabled")
    assert (changed["enforcement"], changed["name"], len(changed["rules"])) == ("disabled", "main", 1)
    server.ok("DELETE", path)
    assert server.call("GET", path).status_code == 404
    assert server.ok("GET", f"{repository}/rulesets") == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"rules": [{"type": "no_such_rule"}]}, "`no_such_rule` is not a possible value"),
        ({"rules": [{"type": "required_status_checks"}]}, "needs the parameter required_status_checks"),
        (
            {"rules": [{"type": "merge_queue"}]},
            "merge_queue needs the parameter check_response_timeout_minutes",
        ),
        ({"enforcement": "sometimes"}, "is not one of: active, disabled, evaluate"),
        ({"conditions": {"ref_name": {"include": ["main"], "exclude": []}}}, "Validation Failed"),
        ({"bypass_actors": [{"actor_type": "Team"}]}, "needs an actor_id"),
        (
            {
                "rules": [
                    {"type": "commit_message_pattern", "parameters": {"operator": "regex", "pattern": "("}}
                ]
            },
            "has no valid pattern",
        ),
    ],
)
def test_a_ruleset_that_means_nothing_is_refused(
    server: Server, repository: str, fields: dict[str, Any], message: str
) -> None:
    """A rule that nobody enforces would be worse than none."""
    answer = server.call("POST", f"{repository}/rulesets", **{"name": "x", "enforcement": "active"} | fields)
    assert answer.status_code == 422
    assert message in answer.json()["message"]


def test_a_push_against_a_ruleset_is_refused(server: Server, repository: str, clone: Clone) -> None:
    """Also for the organisation's owner, who is on no bypass list."""
    rule_main(server, repository, PULL_REQUEST, {"type": "deletion"}, {"type": "non_fast_forward"})
    clone.commit("a.txt", "a")
    refused = clone.push("main")
    assert refused.returncode == 1
    assert "remote: error: GH013: Repository rule violations found for refs/heads/main." in refused.stderr
    assert "- Changes must be made through a pull request." in refused.stderr
    assert clone.push("main:feature").returncode == 0


def test_whoever_may_bypass_pushes(server: Server, repository: str, clone: Clone, tmp_path: Path) -> None:
    """Always, but not with a bypass that is for pull requests only; nor does a disabled ruleset hold."""
    admin = {"actor_id": 1, "actor_type": "OrganizationAdmin"}
    made = rule_main(
        server, repository, PULL_REQUEST, bypass_actors=[admin | {"bypass_mode": "pull_request"}]
    )
    clone.commit("a.txt", "a")
    assert clone.push("main").returncode == 1
    path = f"{repository}/rulesets/{made['id']}"
    server.ok("PUT", path, bypass_actors=[admin | {"bypass_mode": "always"}])
    assert clone.push("main").returncode == 0
    server.ok("PUT", f"{repository}/collaborators/writer", permission="push")
    other = Clone(tmp_path / "other", server.remote(repository, server.token_of("writer")))
    other.commit("b.txt", "b")
    assert other.push("main").returncode == 1
    server.ok("PUT", path, enforcement="disabled")
    assert other.push("main").returncode == 0


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            {"type": "commit_message_pattern", "parameters": {"operator": "starts_with", "pattern": "FIN-"}},
            "Commit message must start with 'FIN-': 'Change'",
        ),
        (
            {
                "type": "commit_author_email_pattern",
                "parameters": {"operator": "ends_with", "pattern": "@finedge.example", "negate": True},
            },
            "Commit author email must not end with '@finedge.example': 'ana@finedge.example'",
        ),
        (
            {
                "type": "required_status_checks",
                "parameters": {"required_status_checks": [{"context": "slipway/check"}]},
            },
            'Required status check "slipway/check" is expected.',
        ),
        (
            {"type": "file_path_restriction", "parameters": {"restricted_file_paths": ["dags/**/*"]}},
            "File path is restricted: dags/x.py",
        ),
        (
            {"type": "file_extension_restriction", "parameters": {"restricted_file_extensions": ["*.py"]}},
            "File extension is restricted: dags/x.py",
        ),
        ({"type": "update"}, "Cannot update this protected ref."),
        ({"type": "required_signatures"}, "Commits must have verified signatures"),
    ],
)
def test_each_rule_names_what_breaks_it(
    server: Server, repository: str, clone: Clone, rule: dict[str, Any], message: str
) -> None:
    """The message says which commit or file."""
    rule_main(server, repository, rule)
    clone.commit("dags/x.py", "x")
    refused = clone.push("main")
    assert refused.returncode == 1
    assert message in refused.stderr


def test_names_of_new_branches_and_tags(server: Server, repository: str, clone: Clone) -> None:
    """Rules of creation speak of new refs only."""
    name = {"type": "branch_name_pattern", "parameters": {"operator": "regex", "pattern": "^(feature|fix)/"}}
    rule_main(server, repository, name, conditions=EVERYTHING)
    tags: dict[str, Any] = {
        "name": "tags",
        "target": "tag",
        "conditions": EVERYTHING,
        "rules": [{"type": "creation"}],
    }
    server.ok("POST", f"{repository}/rulesets", enforcement="active", **tags)
    clone.commit("a.txt", "a")
    assert clone.push("main").returncode == 0
    assert "Branch name must match" in clone.push("main:wild").stderr
    assert clone.push("main:feature/x").returncode == 0
    clone.git("tag", "v1")
    assert "creations being restricted" in clone.push("v1").stderr


def test_the_organisations_ruleset_holds_in_the_repositories_it_means(
    server: Server, repository: str, clone: Clone
) -> None:
    """By name pattern; the rules of a branch list it."""
    name = repository.rpartition("/")[2]
    conditions: dict[str, Any] = MAIN | {"repository_name": {"include": [name], "exclude": []}}
    given: dict[str, Any] = {
        "name": f"org {name}",
        "target": "branch",
        "enforcement": "active",
        "conditions": conditions,
    }
    made = server.ok("POST", f"/orgs/{OWNER}/rulesets", rules=[PULL_REQUEST], **given)
    assert (made["source_type"], made["source"]) == ("Organization", OWNER)
    shown = server.ok("GET", f"{repository}/rules/branches/main")
    assert [(rule["type"], rule["ruleset_id"]) for rule in shown] == [("pull_request", made["id"])]
    clone.commit("a.txt", "a")
    assert clone.push("main").returncode == 1
    server.ok("DELETE", f"/orgs/{OWNER}/rulesets/{made['id']}")
    assert clone.push("main").returncode == 0
