"""PyGithub, written by others against the real GitHub, understands this server's shapes."""

from collections.abc import Iterator

import github
import pytest
from github.Repository import Repository

from tests.github.conftest import ENGINEER, OWNER, Server


@pytest.fixture
def client(server: Server) -> Iterator[github.Github]:
    """A client with a base URL, as for GitHub Enterprise."""
    with github.Github(
        base_url=f"{server.url}/api/v3",
        auth=github.Auth.Token(server.token),
        seconds_between_requests=None,  # it pauses for github.com's sake
        seconds_between_writes=None,
    ) as made:
        yield made


@pytest.fixture
def theirs(client: github.Github, repository: str) -> Repository:
    """The test's repository, as PyGithub has it."""
    return client.get_repo(repository.removeprefix("/repos/"))


def test_organisation_and_people(client: github.Github) -> None:
    """Who one is, and the organisation with its repositories."""
    assert client.get_user().login == ENGINEER
    organization = client.get_organization(OWNER)
    made = organization.create_repo("pygithub-made", private=True, auto_init=True)
    assert "pygithub-made" in {each.name for each in organization.get_repos()}
    made.edit(description="changed", default_branch="main")
    made.replace_topics(["a", "b"])
    assert (client.get_repo(f"{OWNER}/pygithub-made").description, made.get_topics()) == (
        "changed",
        ["a", "b"],
    )
    made.delete()
    with pytest.raises(github.UnknownObjectException):
        client.get_repo(f"{OWNER}/pygithub-made")


def test_files_and_history(theirs: Repository) -> None:
    """Write, read, replace, delete; stale writes are told apart."""
    theirs.create_file("dags/a.py", "Add", "one\n", branch="main")
    found = theirs.get_contents("dags/a.py")
    assert not isinstance(found, list)
    assert found.decoded_content == b"one\n"
    theirs.update_file("dags/a.py", "Change", "two\n", found.sha)
    with pytest.raises(github.GithubException) as stale:
        theirs.update_file("dags/a.py", "Change", "three\n", found.sha)
    assert stale.value.status == 409
    assert [commit.commit.message for commit in theirs.get_commits()][:2] == ["Change", "Add"]
    listed = theirs.get_contents("dags")
    assert isinstance(listed, list)
    theirs.delete_file("dags/a.py", "Drop", listed[0].sha)
    assert theirs.get_commits(path="dags/a.py")[0].commit.message == "Drop"


def test_git_data(theirs: Repository) -> None:
    """A commit from parts, a branch at it, the comparison with main."""
    base = theirs.get_branch("main").commit
    entry = github.InputGitTreeElement("x/y.txt", "100644", "blob", content="y")
    tree = theirs.create_git_tree([entry], theirs.get_git_tree(base.sha))
    commit = theirs.create_git_commit("Build", tree, [theirs.get_git_commit(base.sha)])
    ref = theirs.create_git_ref("refs/heads/feature/x", commit.sha)
    assert theirs.compare("main", "feature/x").ahead_by == 1
    assert {branch.name for branch in theirs.get_branches()} == {"main", "feature/x"}
    ref.delete()
    assert {branch.name for branch in theirs.get_branches()} == {"main"}


def test_branch_protection(theirs: Repository) -> None:
    """Protect, read back, change a part, unprotect."""
    main = theirs.get_branch("main")
    main.edit_protection(strict=True, contexts=["slipway/check"], required_approving_review_count=2)
    protection = theirs.get_branch("main").get_protection()
    assert protection.required_status_checks.contexts == ["slipway/check"]
    assert protection.required_pull_request_reviews.required_approving_review_count == 2
    main.edit_required_pull_request_reviews(require_code_owner_reviews=True)
    assert main.get_required_pull_request_reviews().require_code_owner_reviews is True
    main.set_admin_enforcement()
    assert main.get_admin_enforcement() is True
    main.remove_protection()
    assert theirs.get_branch("main").protected is False


def test_teams_and_access(client: github.Github, theirs: Repository) -> None:
    """A team, its members and what it may do; collaborators beside it."""
    organization = client.get_organization(OWNER)
    team = organization.create_team(f"{theirs.name} Approvers", privacy="closed")
    team.add_membership(client.get_user("ana"), role="maintainer")
    team.update_team_repository(theirs, "push")
    assert {member.login for member in team.get_members(role="maintainer")} == {ENGINEER, "ana"}
    permission = team.get_repo_permission(theirs)
    assert permission is not None
    assert permission.push is True
    theirs.add_to_collaborators("bruno", "triage")
    assert theirs.get_collaborator_permission("bruno") == "read"
    assert {each.slug for each in theirs.get_teams()} == {team.slug}
    team.delete()


def test_environments_and_actions(theirs: Repository) -> None:
    """Environments with reviewers; variables; a secret encrypted by PyNaCl."""
    environment = theirs.create_environment("prod", wait_timer=5, prevent_self_review=True)
    assert {rule.type for rule in environment.protection_rules} == {"wait_timer", "required_reviewers"}
    assert [each.name for each in theirs.get_environments()] == ["prod"]
    assert theirs.create_variable("REGION", "eu").value == "eu"
    theirs.create_secret("KEY", "value")
    assert [each.name for each in theirs.get_secrets()] == ["KEY"]
    theirs.delete_environment("prod")
    theirs.create_label("incident", "ff0000", "Bad")
    assert theirs.get_label("incident").description == "Bad"


def test_pull_requests_from_review_to_merge(theirs: Repository, server: Server) -> None:
    """Open, review, check, merge; the commit names its pull request."""
    theirs.add_to_collaborators("bruno", "push")
    tip = theirs.get_branch("main").commit.sha
    theirs.create_git_ref("refs/heads/feature/x", tip)
    theirs.create_file("a.txt", "Add a", "a", branch="feature/x")
    pull = theirs.create_pull(base="main", head="feature/x", title="Add a", body="Because")
    assert (pull.mergeable, pull.mergeable_state, pull.get_files()[0].filename) == (True, "clean", "a.txt")
    pull.create_review_request(["bruno"])
    assert [user.login for user in pull.get_review_requests()[0]] == ["bruno"]
    with pytest.raises(github.GithubException, match="Can not approve your own pull request"):
        pull.create_review(event="APPROVE")
    with github.Github(
        base_url=f"{server.url}/api/v3", auth=github.Auth.Token(server.token_of("bruno"))
    ) as reviewer:
        review = reviewer.get_repo(theirs.full_name).get_pull(pull.number).create_review(event="APPROVE")
    assert [(each.user.login, each.state) for each in pull.get_reviews()] == [("bruno", "APPROVED")]
    assert review.commit_id == pull.head.sha
    head = theirs.get_commit(pull.head.sha)
    head.create_status("success", "https://ci.example", "Checked", "slipway/check")
    assert (head.get_combined_status().state, head.get_statuses()[0].context) == ("success", "slipway/check")
    merged = pull.merge(merge_method="squash", sha=pull.head.sha)
    assert merged.merged is True
    assert [each.number for each in theirs.get_commit(merged.sha).get_pulls()] == [pull.number]
    assert theirs.get_pull(pull.number).merged_by.login == ENGINEER


def test_check_runs(theirs: Repository, server: Server) -> None:
    """Written by an app, read by anybody."""
    app = server.ok("POST", f"/_slipway/orgs/{OWNER}/apps/pygithub-ci/tokens")["token"]
    sha = theirs.get_branch("main").commit.sha
    with github.Github(base_url=f"{server.url}/api/v3", auth=github.Auth.Token(app)) as writer:
        run = writer.get_repo(theirs.full_name).create_check_run("check", sha, status="in_progress")
        run.edit(conclusion="success", output={"title": "Fine", "summary": "Nothing found"})
    runs = theirs.get_commit(sha).get_check_runs()
    assert [(each.name, each.conclusion, each.output.title) for each in runs] == [
        ("check", "success", "Fine")
    ]
    assert theirs.get_commit(sha).get_check_suites()[0].conclusion == "success"
