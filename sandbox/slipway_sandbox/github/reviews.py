"""Reviews of pull requests, and whose review is asked for.

Source: docs.github.com, REST API, "Pull request reviews" and "Review requests". Comments on lines are not
served: a review that brings some is refused by name.
"""

from typing import Any

from slipway_sandbox.github import pull_book
from slipway_sandbox.github.accounts import simple_user
from slipway_sandbox.github.enforcement import actor_of, protection_of
from slipway_sandbox.github.errors import GithubError, forbidden, not_found, unprocessable
from slipway_sandbox.github.identity import NodeType, Permission, node_id, now
from slipway_sandbox.github.pull_book import ReviewState
from slipway_sandbox.github.pull_shapes import association, pull_shape, requested_shape, web_url
from slipway_sandbox.github.pulls import PULL, the_pull
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.rest import CREATED, Answer, Body, Call, reads, writes

_EVENTS = {
    "APPROVE": ReviewState.APPROVED,
    "REQUEST_CHANGES": ReviewState.CHANGES_REQUESTED,
    "COMMENT": ReviewState.COMMENTED,
}
_REVIEW = f"{PULL}/reviews/<int:id>"
_REQUESTED = f"{PULL}/requested_reviewers"


def _refused(reason: str) -> GithubError:
    """As GitHub answers a review that may not be: the reason is a bare text among the errors."""
    errors: list[Any] = [reason]
    return GithubError(unprocessable("").status, "Unprocessable Entity", errors)


def _shape(call: Call, pull: Document, review: Document) -> Document:
    page = f"{web_url(call, pull)}#pullrequestreview-{review['id']}"
    address = call.repository_url("pulls", pull["number"])
    shape = {
        "id": review["id"],
        "node_id": node_id(NodeType.REVIEW, call.repository["id"], review["id"]),
        "user": simple_user(call, review["user"]),
        "body": review["body"],
        "state": review["state"],
        "html_url": page,
        "pull_request_url": address,
        "_links": {"html": {"href": page}, "pull_request": {"href": address}},
        "commit_id": review["commit_id"],
        "author_association": association(call, review["user"]),
    }
    return shape | ({"submitted_at": review["submitted_at"]} if review["submitted_at"] else {})


def _list(call: Call) -> Answer:
    """Everybody's; one that is not submitted yet is its author's only."""
    pull = the_pull(call)
    seen = [
        review
        for review in pull_book.reviews_of(call.forge, call.repository, pull)
        if review["state"] != ReviewState.PENDING or review["user"] == call.actor
    ]
    return call.page(seen, lambda review: _shape(call, pull, review))


def _the_review(call: Call) -> Document:
    key = (call.repository["id"], call.names["number"], call.names["id"])
    found = call.forge.records.find(Kind.REVIEW, *key)
    if found is None:
        raise not_found()
    return found


def _get(call: Call) -> Answer:
    return Answer(payload=_shape(call, the_pull(call), _the_review(call)))


def _create(call: Call) -> Answer:
    body = call.body()
    if body.rows("comments"):
        raise unprocessable("The sandbox's GitHub does not serve comments on lines")
    with call.forge.records.transaction():
        pull = the_pull(call)
        review = {
            "id": call.forge.records.next_id(),
            "user": call.actor,
            "body": body.text("body"),
            "state": ReviewState.PENDING,
            "commit_id": _reviewed_commit(call, pull, body),
            "submitted_at": None,
        }
        if "event" in body:
            review = _submitted(call, pull, review, body)
        pull_book.save_review(call.forge, call.repository, pull, review)
    return Answer(payload=_shape(call, pull, review))


def _reviewed_commit(call: Call, pull: Document, body: Body) -> str:
    sha, head = body.text("commit_id", pull["head"]["sha"]), str(pull["head"]["sha"])
    git = call.forge.git(call.repository)
    if git.object_type(sha) != "commit" or not git.is_ancestor(sha, head):
        raise unprocessable("commitOID is not part of the pull request")
    return sha


def _submitted(call: Call, pull: Document, review: Document, body: Body) -> Document:
    """The review with its verdict; whoever was asked for it has answered."""
    state = _EVENTS[body.choice("event", tuple(_EVENTS), "")]
    text = body.text("body", review["body"])
    verdict = {ReviewState.APPROVED: "approve", ReviewState.CHANGES_REQUESTED: "request changes on"}.get(
        state
    )
    if verdict and call.actor == pull["user"]:
        raise _refused(f"Review Can not {verdict} your own pull request")
    if not text and state is not ReviewState.APPROVED:
        raise _refused("Review body can't be blank")
    if pull["state"] != "open" and verdict:
        raise _refused("Review Can not review a pull request that is not open")
    asked = [login for login in pull["requested_reviewers"] if login != call.actor]
    if asked != pull["requested_reviewers"]:
        pull_book.save(call.forge, call.repository, pull | {"requested_reviewers": asked})
    return review | {"state": state, "body": text, "submitted_at": now()}


def _own_pending(call: Call) -> Document:
    review = _the_review(call)
    if review["user"] != call.actor or review["state"] != ReviewState.PENDING:
        raise unprocessable("Can not change a review that is submitted, or another person's")
    return review


def _submit(call: Call) -> Answer:
    with call.forge.records.transaction():
        pull, body = the_pull(call), call.body()
        body.required("event")
        review = _submitted(call, pull, _own_pending(call), body)
        pull_book.save_review(call.forge, call.repository, pull, review)
    return Answer(payload=_shape(call, pull, review))


def _delete(call: Call) -> Answer:
    with call.forge.records.transaction():
        pull, review = the_pull(call), _own_pending(call)
        call.forge.records.remove(Kind.REVIEW, call.repository["id"], pull["number"], review["id"])
    return Answer(payload=_shape(call, pull, review))


def _dismiss(call: Call) -> Answer:
    message = call.body().required("message")
    with call.forge.records.transaction():
        pull, review = the_pull(call), _the_review(call)
        _check_may_dismiss(call, pull)
        if review["state"] not in {ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED}:
            raise unprocessable(f"Can not dismiss a {str(review['state']).lower()} pull request review")
        dismissed = review | {"state": ReviewState.DISMISSED, "dismissal_message": message}
        pull_book.save_review(call.forge, call.repository, pull, dismissed)
    return Answer(payload=_shape(call, pull, dismissed))


def _check_may_dismiss(call: Call, pull: Document) -> None:
    """Branch protection may name the people who dismiss; administrators are always among them."""
    rule = protection_of(call.forge, call.repository, pull["base"]["ref"])
    reviews = rule["required_pull_request_reviews"] if rule else None
    named = reviews["dismissal_restrictions"] if reviews else None
    actor = actor_of(call.forge, call.actor, call.repository)
    if named is not None and actor.level < Permission.ADMIN and not actor.is_among(named):
        raise forbidden("You are not authorized to dismiss reviews on this branch.")


def _requested(call: Call) -> Answer:
    return Answer(payload=requested_shape(call, the_pull(call)))


def _request(call: Call) -> Answer:
    body = call.body()
    with call.forge.records.transaction():
        pull = the_pull(call)
        people, teams = _reviewers(call, pull, body), _teams(call, body)
        pull["requested_reviewers"] = list(dict.fromkeys([*pull["requested_reviewers"], *people]))
        pull["requested_teams"] = list(dict.fromkeys([*pull["requested_teams"], *teams]))
        pull_book.save(call.forge, call.repository, pull)
    return Answer(payload=pull_shape(call, pull), status=CREATED)


def _reviewers(call: Call, pull: Document, body: Body) -> list[str]:
    logins = [str(call.forge.user(login)["login"]) for login in body.words("reviewers")]
    if pull["user"] in logins:
        raise unprocessable("Review cannot be requested from pull request author.")
    if any(call.forge.permission_of(login, call.repository) < Permission.READ for login in logins):
        raise _no_collaborator(call)
    return logins


def _teams(call: Call, body: Body) -> list[int]:
    organization = call.forge.find_organization(call.repository["owner"]) or {}
    found = [call.forge.team_by_slug(organization, slug) for slug in body.words("team_reviewers")]
    if None in found:
        raise _no_collaborator(call)
    return [team["id"] for team in found if team]


def _no_collaborator(call: Call) -> GithubError:
    name = f"{call.repository['owner']}/{call.repository['name']}"
    return unprocessable(
        "Reviews may only be requested from collaborators. One or more of the users or teams you specified "
        f"is not a collaborator of the {name} repository."
    )


def _withdraw(call: Call) -> Answer:
    body = call.body()
    with call.forge.records.transaction():
        pull = the_pull(call)
        people, teams = set(body.words("reviewers")), set(_teams(call, body))
        pull["requested_reviewers"] = [each for each in pull["requested_reviewers"] if each not in people]
        pull["requested_teams"] = [each for each in pull["requested_teams"] if each not in teams]
        pull_book.save(call.forge, call.repository, pull)
    return Answer(payload=pull_shape(call, pull))


_READ, _WRITE = Permission.READ, Permission.WRITE

ROUTES = (
    reads(f"{PULL}/reviews", _list),
    writes("POST", f"{PULL}/reviews", _create, _READ),
    reads(_REVIEW, _get),
    writes("DELETE", _REVIEW, _delete, _READ),
    writes("POST", f"{_REVIEW}/events", _submit, _READ),
    writes("PUT", f"{_REVIEW}/dismissals", _dismiss, _WRITE),
    reads(_REQUESTED, _requested),
    writes("POST", _REQUESTED, _request, _WRITE),
    writes("DELETE", _REQUESTED, _withdraw, _WRITE),
)
