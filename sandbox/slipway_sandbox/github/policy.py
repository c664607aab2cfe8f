"""One change of one ref, who makes it, and what branch protection says. Pure: facts in, refusals out.

Source: docs.github.com "About protected branches", and the messages that `git push` shows there. Rulesets are
`rulebook`'s.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any

from slipway_sandbox.github.gitobjects import Commit
from slipway_sandbox.github.identity import Permission
from slipway_sandbox.github.records import Document
from slipway_sandbox.github.requirements import (
    OUT_OF_DATE,
    PullRequestFacts,
    Report,
    RequiredCheck,
    ReviewNeed,
    check_refusals,
    review_refusals,
)

BRANCHES = "refs/heads/"
TAGS = "refs/tags/"
THROUGH_PULL_REQUEST = "Changes must be made through a pull request."
NO_FORCE_PUSH = "Cannot force-push to this branch"
NO_DELETION = "Cannot delete this branch"


class Change(Enum):
    """What happens to a ref."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, kw_only=True)
class ChangedFile:
    """A file that a push writes; its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True, kw_only=True)
class RefUpdate:
    """One ref's change, with what it brings.

    Attributes:
        ref: the full name.
        fast_forward: false when commits of the ref would be lost.
        commits: the commits that the ref did not have; the newest first.
        files: what those commits write.
        reports: what was reported of the new commit, or of the head of the pull request.
        pull: the pull request that is merged; None for a direct change.
    """

    ref: str
    change: Change
    fast_forward: bool = True
    commits: tuple[Commit, ...] = ()
    files: tuple[ChangedFile, ...] = ()
    reports: tuple[Report, ...] = ()
    pull: PullRequestFacts | None = None

    @property
    def short(self) -> str:
        """The branch's or tag's name."""
        return self.ref.removeprefix(BRANCHES).removeprefix(TAGS)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who changes the ref.

    Attributes:
        level: what they may do in the repository.
        teams: the ids of their teams, those above included.
        slugs: the slugs of the same.
    """

    login: str
    level: Permission
    owns_organization: bool = False
    teams: frozenset[int] = field(default_factory=frozenset)
    slugs: frozenset[str] = field(default_factory=frozenset)

    def is_among(self, people: Mapping[str, Any] | None) -> bool:
        """Whether an allowance of users and teams names the actor."""
        if not people:
            return False
        users = {login.lower() for login in people.get("users", ())}
        return self.login.lower() in users or bool(self.slugs & set(people.get("teams", ())))


@lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    """Ruby's File.fnmatch with FNM_PATHNAME, as GitHub uses: `*` and `?` stop at a slash, `**/` does not."""
    pieces = re.findall(r"\*\*/|\*+|\?|\[[^\]]*\]|\\.|.", glob, re.DOTALL)
    return re.compile("".join(_fragment(piece) for piece in pieces), re.DOTALL)


def _fragment(piece: str) -> str:
    if piece == "**/":
        return "(?:.*/)?"
    if piece.startswith("*"):
        return "[^/]*"
    if piece == "?":
        return "[^/]"
    if piece.startswith("[") and piece.endswith("]"):
        inside = piece[1:-1].replace("\\", "\\\\")
        return f"[^{inside[1:]}]" if inside[:1] in {"!", "^"} else f"[{inside}]"
    return re.escape(piece[-1])


def matches(glob: str, name: str) -> bool:
    """Whether a name is meant by a pattern of branch protection or of a ruleset."""
    return _pattern(glob).fullmatch(name) is not None


def governing(rules: Iterable[Document], branch: str) -> Document | None:
    """The one protection rule that holds for a branch: the exact one, else the oldest that matches."""
    fitting = [rule for rule in rules if matches(rule["pattern"], branch)]
    exact = [rule for rule in fitting if rule["pattern"] == branch]
    return next(iter(exact or fitting), None)


def protection_refusals(rule: Document, update: RefUpdate, actor: Actor) -> list[str]:
    """What a protection rule says against a change; empty when it may happen.

    Administrators are excused where the rule is not enforced for them, but for deletion and force pushes.
    """
    excused = actor.level >= Permission.ADMIN and not rule["enforce_admins"]
    match update.change:
        case Change.DELETE:
            return [] if rule["allow_deletions"] else [NO_DELETION]
        case Change.CREATE:
            return [] if excused else _creation_refusals(rule, actor)
        case Change.UPDATE:
            forced = [] if update.fast_forward or _may_force(rule, actor) else [NO_FORCE_PUSH]
            return forced if excused else [*forced, *_update_refusals(rule, update, actor)]


def _creation_refusals(rule: Document, actor: Actor) -> list[str]:
    restricted = rule["restrictions"] is not None and rule["block_creations"]
    if restricted and not actor.is_among(rule["restrictions"]):
        return ["You're not authorized to create this branch."]
    return []


def _update_refusals(rule: Document, update: RefUpdate, actor: Actor) -> list[str]:
    reviews, checks = rule["required_pull_request_reviews"], rule["required_status_checks"]
    said: list[str] = []
    if rule["lock_branch"]:
        said.append("Cannot change this locked branch")
    if reviews is not None and not actor.is_among(reviews["bypass_pull_request_allowances"]):
        said += through_review(_review_need(reviews), update)
    if rule["restrictions"] is not None and not actor.is_among(rule["restrictions"]):
        said.append("You're not authorized to push to this branch.")
    if checks is not None:
        said += required_check_refusals(_required(checks["checks"]), update, strict=checks["strict"])
    if rule["required_linear_history"]:
        said += linear_refusals(update)
    if rule["required_signatures"]:
        said += signature_refusals(update)
    return said


def _may_force(rule: Document, actor: Actor) -> bool:
    return rule["allow_force_pushes"] or actor.is_among(rule["force_push_bypassers"])


def _review_need(reviews: Document) -> ReviewNeed:
    return ReviewNeed(
        approvals=reviews["required_approving_review_count"],
        code_owners=reviews["require_code_owner_reviews"],
        last_push=reviews["require_last_push_approval"],
    )


def _required(checks: Iterable[Document]) -> list[RequiredCheck]:
    """App -1 stands for any."""
    apps = ((check["context"], check["app_id"]) for check in checks)
    return [RequiredCheck(context=context, app=None if app in {None, -1} else app) for context, app in apps]


def through_review(need: ReviewNeed, update: RefUpdate) -> list[str]:
    """A direct change is refused as a whole, a pull request for the reviews that it lacks."""
    return [THROUGH_PULL_REQUEST] if update.pull is None else review_refusals(need, update.pull)


def required_check_refusals(
    required: Iterable[RequiredCheck], update: RefUpdate, *, strict: bool
) -> list[str]:
    """Checks that did not succeed; strict ones must have run on a head that has all of the base branch."""
    behind = strict and update.pull is not None and update.pull.behind
    return [*([OUT_OF_DATE] if behind else []), *check_refusals(required, update.reports)]


def linear_refusals(update: RefUpdate) -> list[str]:
    """Merge commits, where history must be a line."""
    merges = [commit.sha[:7] for commit in update.commits if len(commit.parents) > 1]
    return [f"This branch must not contain merge commits: {', '.join(merges)}"] if merges else []


def signature_refusals(update: RefUpdate) -> list[str]:
    """Commits without a signature; GitHub signs the one that it makes itself."""
    made = update.pull.made if update.pull else ""
    unsigned = [commit.sha[:7] for commit in update.commits if not commit.signed and commit.sha != made]
    return [f"Commits must have verified signatures: {', '.join(unsigned)}"] if unsigned else []
