"""What a branch asks of a pull request and of its checks, and what is missing. Pure: facts in, words out.

Source: docs.github.com "Available rules for rulesets" and "About protected branches"; the words are those of
GitHub's answers to a merge (405). Branch protection (`policy`) and rulesets (`rulebook`) both ask here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

OUT_OF_DATE = "Head branch is out of date. Review and try the merge again."


class MergeMethod(StrEnum):
    """How a pull request gets into its base branch."""

    MERGE = "merge"
    SQUASH = "squash"
    REBASE = "rebase"


class CheckState(StrEnum):
    """What is known of a required check; the words of GitHub's refusals."""

    SUCCESS = "successful"
    FAILING = "failing"
    PENDING = "pending"
    IN_PROGRESS = "in progress"
    QUEUED = "queued"
    EXPECTED = "expected"


@dataclass(frozen=True, kw_only=True)
class Report:
    """The newest commit status or check run of one context.

    Attributes:
        app: the app that made the check run; None for a commit status.
    """

    context: str
    state: CheckState
    app: int | None = None


@dataclass(frozen=True, kw_only=True)
class RequiredCheck:
    """A context that must be successful.

    Attributes:
        app: only this app's check run counts; None for anybody's.
    """

    context: str
    app: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReviewNeed:
    """The reviews that a branch asks for."""

    approvals: int
    code_owners: bool
    last_push: bool
    methods: frozenset[MergeMethod] = frozenset(MergeMethod)


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A standing approval of somebody with write access.

    Attributes:
        of_head: whether it was given to the newest commit.
    """

    login: str
    of_head: bool


@dataclass(frozen=True, kw_only=True)
class Owners:
    """Who may approve some of the changed files, by one line of CODEOWNERS.

    Attributes:
        names: as GitHub shows them: a login, or ``organization/team``.
        logins: the people behind the names.
    """

    names: tuple[str, ...]
    logins: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class PullRequestFacts:
    """What a pull request brings when it is merged.

    Attributes:
        head: the commit whose checks count.
        made: the commit that GitHub itself makes and signs, for a merge or a squash.
        approvals: the standing ones.
        objectors: how many with write access request changes.
        last_pusher: who pushed the newest commit.
        owners: of the changed files.
        behind: the base branch has commits that the head lacks.
    """

    method: MergeMethod
    head: str
    last_pusher: str
    made: str = ""
    approvals: tuple[Approval, ...] = ()
    objectors: int = 0
    owners: tuple[Owners, ...] = ()
    behind: bool = False


def review_refusals(need: ReviewNeed, pull: PullRequestFacts) -> list[str]:
    """What reviews are missing, and whether the branch takes this method of merging."""
    said = [] if pull.method in need.methods else [method_refusal(pull.method)]
    if pull.objectors:
        plural = "review" if pull.objectors == 1 else "reviews"
        said.append(f"{pull.objectors} {plural} requesting changes by reviewers with write access.")
    if len(pull.approvals) < need.approvals:
        reviews = "review is" if need.approvals == 1 else "reviews are"
        said.append(f"At least {need.approvals} approving {reviews} required by reviewers with write access.")
    if need.code_owners:
        said += _owner_refusals(pull)
    if need.last_push and not _approved_by_another(pull):
        said.append("New changes require approval from someone other than the last pusher.")
    return said


def _owner_refusals(pull: PullRequestFacts) -> list[str]:
    approvers = {approval.login.lower() for approval in pull.approvals}
    waiting = [owners for owners in pull.owners if not owners.logins & approvers]
    names = sorted({name for owners in waiting for name in owners.names})
    return [f"Waiting on code owner review from {_either(names)}."] if names else []


def _either(names: Sequence[str]) -> str:
    *others, last = names
    if not others:
        return last
    comma = "," if len(others) > 1 else ""
    return f"{', '.join(others)}{comma} and/or {last}"


def _approved_by_another(pull: PullRequestFacts) -> bool:
    pusher = pull.last_pusher.lower()
    return any(approval.of_head and approval.login.lower() != pusher for approval in pull.approvals)


def method_refusal(method: MergeMethod) -> str:
    """What GitHub says to a method of merging that is switched off."""
    shown = {MergeMethod.MERGE: "Merge commits", MergeMethod.SQUASH: "Squash merges"}
    return f"{shown.get(method, 'Rebase merges')} are not allowed on this repository."


def check_refusals(required: Iterable[RequiredCheck], reports: Iterable[Report]) -> list[str]:
    """Which required checks did not succeed: one by its name, several by their number."""
    known, wanted = tuple(reports), tuple(required)
    states = {check.context: _state(check, known) for check in wanted}
    missing = {name: state for name, state in states.items() if state is not CheckState.SUCCESS}
    if not missing:
        return []
    if len(missing) == 1:
        name, state = next(iter(missing.items()))
        return [f'Required status check "{name}" is {state}.']
    several = f"{len(missing)} of {len(states)} required status checks"
    counts: Counter[CheckState] = Counter(missing.values())
    if len(counts) == 1 and CheckState.FAILING not in counts:
        return [f"{several} are {next(iter(counts))}."]
    shown = [f"{counts[state]} {state}" for state in CheckState if counts[state]]
    return [f"{several} have not succeeded: {' and '.join(shown)}."]


def _state(check: RequiredCheck, reports: Sequence[Report]) -> CheckState:
    """A context that both a status and a check run report must be successful in both."""
    fitting = [
        report.state
        for report in reports
        if report.context == check.context and check.app in {None, report.app}
    ]
    if not fitting:
        return CheckState.EXPECTED
    return next((state for state in fitting if state is not CheckState.SUCCESS), CheckState.SUCCESS)
