"""github.BranchProtectionV3: the protection of one existing branch, by the REST routes themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import State
from slipway_sandbox.provider.github.client import github
from slipway_sandbox.provider.github.resource import GithubType
from slipway_sandbox.provider.github.shapes import parts_of

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.github.client import Github

_REVIEW_SWITCHES = {
    "dismissStaleReviews": "dismiss_stale_reviews",
    "requireCodeOwnerReviews": "require_code_owner_reviews",
    "requireLastPushApproval": "require_last_push_approval",
}
_DISMISSERS = {"dismissalUsers": "users", "dismissalTeams": "teams", "dismissalApps": "apps"}
_NAMES = {"users": "login", "teams": "slug", "apps": "slug"}


class BranchProtectionV3(GithubType):
    """The protection of a branch; the id is ``repository:branch``."""

    replace_on = frozenset({"repository", "branch"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Protect the branch."""
        del name
        id_ = f"{inputs['repository']}:{inputs['branch']}"
        self.update(session, id_, {}, inputs)
        return State(id=id_, outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """As it is."""
        del inputs
        api = github(session)
        found = api.find_tagged(_path(api, id_))
        if found is None:
            return None
        rule, etag = found
        repository, branch = parts_of(id_, "repository", "branch")
        return State(
            id=id_, outputs=_outputs(rule) | {"repository": repository, "branch": branch, "etag": etag}
        )

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Replace the protection; signatures have a route of their own."""
        del old
        api = github(session)
        api.request("PUT", _path(api, id_), json=_body(new))
        signatures = f"{_path(api, id_)}/required_signatures"
        api.request("POST" if new.get("requireSignedCommits") else "DELETE", signatures)

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Leave the branch unprotected."""
        del inputs
        api = github(session)
        api.remove(_path(api, id_))


def _path(api: Github, id_: str) -> str:
    repository, branch = parts_of(id_, "repository", "branch")
    return api.repository(repository, "branches", branch, "protection")


def _body(inputs: Properties) -> Properties:
    return {
        "enforce_admins": bool(inputs.get("enforceAdmins")),
        "required_conversation_resolution": bool(inputs.get("requireConversationResolution")),
        "required_status_checks": _checks(inputs.get("requiredStatusChecks")),
        "required_pull_request_reviews": _reviews(inputs.get("requiredPullRequestReviews")),
        "restrictions": _people(inputs.get("restrictions")),
    }


def _people(block: Properties | None) -> Properties | None:
    return None if block is None else {kind: block.get(kind) or [] for kind in _NAMES}


def _checks(block: Properties | None) -> Properties | None:
    """A check is ``context`` or ``context:app id``."""
    if block is None:
        return None
    checks = []
    for text in block.get("checks") or []:
        context, _, app = text.rpartition(":")
        checks.append(
            {"context": context, "app_id": int(app)} if app.isdigit() and context else {"context": text}
        )
    return {"strict": bool(block.get("strict")), "checks": checks, "contexts": block.get("contexts") or []}


def _reviews(block: Properties | None) -> Properties | None:
    if block is None:
        return None
    dismissers = {kind: block.get(name) or [] for name, kind in _DISMISSERS.items()}
    return {
        "required_approving_review_count": block.get("requiredApprovingReviewCount", 1),
        **{ours: bool(block.get(theirs)) for theirs, ours in _REVIEW_SWITCHES.items()},
        "dismissal_restrictions": dismissers if any(dismissers.values()) else {},
        "bypass_pull_request_allowances": _people(block.get("bypassPullRequestAllowances")),
    }


def _outputs(rule: Any) -> Properties:
    checks, reviews = rule.get("required_status_checks"), rule.get("required_pull_request_reviews")
    restrictions = rule.get("restrictions")
    return {
        "enforceAdmins": rule["enforce_admins"]["enabled"],
        "requireConversationResolution": rule["required_conversation_resolution"]["enabled"],
        "requireSignedCommits": rule["required_signatures"]["enabled"],
        "requiredStatusChecks": checks
        and {
            "strict": checks["strict"],
            "contexts": checks["contexts"],
            "checks": [_check(check) for check in checks["checks"]],
        },
        "requiredPullRequestReviews": reviews and _reviews_outputs(reviews),
        "restrictions": restrictions and _names(restrictions),
    }


def _check(check: Any) -> str:
    return f"{check['context']}:{check['app_id']}" if check["app_id"] else str(check["context"])


def _reviews_outputs(reviews: Any) -> Properties:
    dismissers = _names(reviews.get("dismissal_restrictions") or {})
    return {
        "requiredApprovingReviewCount": reviews["required_approving_review_count"],
        **{theirs: reviews[ours] for theirs, ours in _REVIEW_SWITCHES.items()},
        **{name: dismissers[kind] for name, kind in _DISMISSERS.items()},
        "bypassPullRequestAllowances": _names(reviews.get("bypass_pull_request_allowances") or {}),
    }


def _names(people: Any) -> dict[str, list[str]]:
    return {kind: [person[name] for person in people.get(kind, [])] for kind, name in _NAMES.items()}
