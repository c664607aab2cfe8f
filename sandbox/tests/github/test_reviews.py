"""Reviews: who may say what, what is dismissed, and whose review is asked for."""

from typing import Any

import pytest

from tests.github.conftest import OWNER, Server
from tests.github.proposal import People, rule_main, team_of


def test_reviews_are_listed_in_their_order(server: Server, people: People) -> None:
    """State, commit and moment of each."""
    proposal = people.propose()
    proposal.review("bruno", "REQUEST_CHANGES", body="No tests")
    proposal.review("carla", "COMMENT")
    proposal.review("bruno")
    listed = server.ok("GET", f"{proposal.path}/reviews")
    assert [(each["user"]["login"], each["state"]) for each in listed] == [
        ("bruno", "CHANGES_REQUESTED"),
        ("carla", "COMMENTED"),
        ("bruno", "APPROVED"),
    ]
    assert {each["commit_id"] for each in listed} == {proposal.head}
    assert all(each["submitted_at"] for each in listed)
    assert server.ok("GET", f"{proposal.path}/reviews/{listed[0]['id']}")["body"] == "No tests"


@pytest.mark.parametrize(
    ("login", "fields", "error"),
    [
        ("ana", {"event": "APPROVE"}, "Review Can not approve your own pull request"),
        (
            "ana",
            {"event": "REQUEST_CHANGES", "body": "x"},
            "Review Can not request changes on your own pull request",
        ),
        ("bruno", {"event": "REQUEST_CHANGES"}, "Review body can't be blank"),
        ("bruno", {"event": "COMMENT"}, "Review body can't be blank"),
    ],
)
def test_a_review_that_may_not_be(
    server: Server, people: People, login: str, fields: dict[str, str], error: str
) -> None:
    """Nobody judges their own change; a verdict against it says why."""
    proposal = people.propose()
    answer = server.call("POST", f"{proposal.path}/reviews", token=people.token(login), **fields)
    assert (answer.status_code, answer.json()["errors"]) == (422, [error])
    assert server.ok("GET", f"{proposal.path}/reviews") == []


def test_what_is_not_served_or_not_known_is_refused(server: Server, people: People) -> None:
    """Comments on lines by name; a commit that is none of the pull request's; an event of no meaning."""
    proposal, token = people.propose(), people.token("bruno")
    path = f"{proposal.path}/reviews"
    comments = [{"path": "dags/fx.py", "line": 1, "body": "why"}]
    answer = server.call("POST", path, token=token, event="APPROVE", comments=comments)
    assert "does not serve comments on lines" in answer.json()["message"]
    other = people.write("bruno", "elsewhere", "a.txt", "a\n")
    answer = server.call("POST", path, token=token, event="APPROVE", commit_id=other)
    assert answer.json()["message"] == "commitOID is not part of the pull request"
    answer = server.call("POST", path, token=token, event="LIKE")
    assert "is not one of: APPROVE, REQUEST_CHANGES, COMMENT" in answer.json()["message"]


def test_a_pending_review_is_its_authors_only(server: Server, people: People) -> None:
    """Seen by nobody else until it is submitted; it can be thrown away."""
    proposal, token = people.propose(), people.token("bruno")
    path = f"{proposal.path}/reviews"
    made = server.ok("POST", path, token=token)
    assert (made["state"], "submitted_at" in made) == ("PENDING", False)
    assert server.ok("GET", path) == []
    assert len(server.ok("GET", path, token=token)) == 1
    carla = people.token("carla")
    events = f"{path}/{made['id']}/events"
    assert server.call("POST", events, token=carla, event="APPROVE").status_code == 422
    assert server.ok("POST", events, token=token, event="APPROVE")["state"] == "APPROVED"
    assert server.call("DELETE", f"{path}/{made['id']}", token=token).status_code == 422
    second = server.ok("POST", path, token=token)
    server.ok("DELETE", f"{path}/{second['id']}", token=token)
    assert len(server.ok("GET", path, token=token)) == 1


def test_a_review_is_dismissed_with_a_reason(server: Server, people: People) -> None:
    """By somebody who writes; a comment cannot be; protection may name the people."""
    proposal = people.propose()
    review = proposal.review("bruno")
    comment = proposal.review("bruno", "COMMENT")
    path = f"{proposal.path}/reviews/{review['id']}/dismissals"
    reader = server.token_of("reader")
    assert server.call("PUT", path, token=reader, message="m").status_code == 403
    assert server.call("PUT", path, token=people.token("carla")).status_code == 422
    restricted = {"dismissal_restrictions": {"users": ["dora"], "teams": []}}
    fields: dict[str, Any] = {"required_status_checks": None, "enforce_admins": False, "restrictions": None}
    protection = f"{people.repository}/branches/main/protection"
    server.ok("PUT", protection, required_pull_request_reviews=restricted, **fields)
    assert server.call("PUT", path, token=people.token("carla"), message="Too fast").status_code == 403
    dismissed = server.ok("PUT", path, token=people.token("dora"), message="Too fast")
    assert dismissed["state"] == "DISMISSED"
    answer = server.call("PUT", f"{proposal.path}/reviews/{comment['id']}/dismissals", message="m")
    assert answer.json()["message"] == "Can not dismiss a commented pull request review"


def test_a_push_dismisses_approvals_where_the_rules_say_so(server: Server, people: People) -> None:
    """Approvals only, and only once a rule asks for it."""
    proposal = people.propose()
    proposal.review("bruno")
    proposal.review("carla", "REQUEST_CHANGES")

    def states() -> list[str]:
        return [each["state"] for each in server.ok("GET", f"{proposal.path}/reviews")]

    people.write("ana", "feature/fx", "dags/fx.py", "second\n")
    assert states() == ["APPROVED", "CHANGES_REQUESTED"]
    parameters = {"dismiss_stale_reviews_on_push": True}
    rule_main(server, people.repository, {"type": "pull_request", "parameters": parameters})
    people.write("ana", "feature/fx", "dags/fx.py", "third\n")
    assert states() == ["DISMISSED", "CHANGES_REQUESTED"]


def test_reviews_are_asked_for_and_given(server: Server, people: People) -> None:
    """People and teams; whoever answered is asked no more; the author never is."""
    proposal = people.propose()
    people.token("bruno")
    slug = f"{people.repository.rpartition('/')[2]}-approvers"
    team_of(server, people.repository, slug, "dora")
    path = f"{proposal.path}/requested_reviewers"
    asked = server.ok("POST", path, reviewers=["bruno", "carla"], team_reviewers=[slug])
    assert [each["login"] for each in asked["requested_reviewers"]] == ["bruno", "carla"]
    assert [each["slug"] for each in asked["requested_teams"]] == [slug]
    proposal.review("bruno", "COMMENT")
    left = server.ok("GET", path)
    assert ([each["login"] for each in left["users"]], len(left["teams"])) == (["carla"], 1)
    server.ok("DELETE", path, reviewers=["carla"], team_reviewers=[slug])
    assert server.ok("GET", path) == {"users": [], "teams": []}
    own = server.call("POST", path, reviewers=["ana"])
    assert own.json()["message"] == "Review cannot be requested from pull request author."
    unknown = server.call("POST", path, team_reviewers=["nobody"])
    assert f"not a collaborator of the {OWNER}/" in unknown.json()["message"]
