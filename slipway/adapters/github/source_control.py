"""The source control port: which paths are asked, and how their answers become the port's values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from slipway.adapters.github import wire
from slipway.adapters.github.history import first_parents
from slipway.adapters.github.people import GHOST, author_of, committers, standing_reviews
from slipway.adapters.github.reporting import check_bodies, status_body
from slipway.adapters.github.session import GithubSession
from slipway.adapters.github.settings import GithubSettings
from slipway.model.release import MergedPullRequest
from slipway.ports.source_control import SourceControl
from slipway.ports.source_control_errors import HistoriesDiffer, TooManyCommits
from slipway.ports.source_control_results import (
    Carried,
    CheckReport,
    CheckRunId,
    CombinedStatus,
    CommitStatus,
    DirectCommit,
    StatusState,
)

_MOST_COMMITS: Final = 250
"""Commits of a pull request that GitHub lists; of a larger one it keeps quiet about the rest."""

_PART_OF_IT: Final = frozenset({"behind", "identical"})
"""What GitHub says of a commit that adds nothing to the branch that it is compared with."""


def github_source_control(settings: GithubSettings) -> "GithubSourceControl":
    """Make the port for one repository; nothing is sent yet."""
    return GithubSourceControl(GithubSession(settings), settings.repository)


@dataclass(frozen=True)
class GithubSourceControl(SourceControl):
    """One repository of one GitHub.

    Attributes:
        repository: owner/name.
    """

    _session: GithubSession
    repository: str
    _read: dict[int, MergedPullRequest] = field(default_factory=dict)  # what is merged does not change

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def pull_requests_of(self, commit: str) -> tuple[MergedPullRequest, ...]:
        """Ask which ones a commit came from, and read each of them once."""
        subject = f"pull requests of {self.repository}@{commit}"
        pages = self._session.pages(
            f"{self._path}/commits/{_quoted(commit)}/pulls", wire.Pulls, subject=subject
        )
        numbers = sorted({pull.number for page in pages for pull in page.root if pull.merged_at})
        return tuple(self._merged(number) for number in numbers)

    def carried(self, base: str, head: str) -> Carried:
        """Compare two commits, and ask of each step in between where it came from."""
        steps = self._steps(base, head)
        sources = {step.sha: self.pull_requests_of(step.sha) for step in steps}
        found = {pull.number: pull for pulls in sources.values() for pull in pulls}
        return Carried(
            pull_requests=tuple(found[number] for number in sorted(found)),
            direct=_direct(steps, sources),
        )

    def writers(self, base: str, head: str) -> tuple[str, ...]:
        """Compare two commits, and ask who wrote what is in between."""
        return committers(self._compared(base, head)[1])

    def has_merged(self, commit: str) -> bool:
        """Compare the default branch with a commit: one that is not ahead of it is part of it."""
        subject = f"commit {commit} of {self.repository}"
        default = self._session.get(self._path, wire.Repository, subject=self.repository).default_branch
        path = f"{self._path}/compare/{_quoted(default)}...{_quoted(commit)}"
        pages = self._session.pages(path, wire.Comparison, subject=subject)
        return next(iter(pages)).status in _PART_OF_IT

    def set_status(self, commit: str, status: CommitStatus) -> None:
        """Report a commit status."""
        subject = f"status {status.context} of {self.repository}@{commit}"
        path = f"{self._path}/statuses/{_quoted(commit)}"
        self._session.write("POST", path, status_body(status), wire.Made, subject=subject)

    def combined_status(self, commit: str) -> CombinedStatus:
        """Read the newest status of each context."""
        path, subject = (
            f"{self._path}/commits/{_quoted(commit)}/status",
            f"statuses of {self.repository}@{commit}",
        )
        pages = list(self._session.pages(path, wire.Combined, subject=subject))
        return CombinedStatus(
            state=StatusState(pages[0].state),
            statuses=tuple(_status(status) for page in pages for status in page.statuses),
        )

    def report_check(self, commit: str, report: CheckReport, run: CheckRunId | None = None) -> CheckRunId:
        """Make or update a check run, with as many requests as its annotations need."""
        subject = f"check {report.name} of {self.repository}@{commit}"
        path = f"{self._path}/check-runs"
        first, *rest = check_bodies(report)
        method, place = ("POST", path) if run is None else ("PATCH", f"{path}/{run}")
        id_ = self._session.write(method, place, first | {"head_sha": commit}, wire.Made, subject=subject).id
        for body in rest:
            self._session.write("PATCH", f"{path}/{id_}", body, wire.Made, subject=subject)
        return CheckRunId(id_)

    @property
    def _path(self) -> str:
        return f"/repos/{self.repository}"

    def _steps(self, base: str, head: str) -> tuple[wire.Commit, ...]:
        """The default branch's own commits after base, up to head."""
        status, commits = self._compared(base, head)
        if status == "diverged":
            raise HistoriesDiffer(
                f"{self.repository}: {base} is not part of the history of {head}",
                remedy="release a commit of the default branch that contains what runs, or roll back first",
            )
        return first_parents(commits, commits[-1].sha) if commits else ()

    def _compared(self, base: str, head: str) -> tuple[str, list[wire.Commit]]:
        """How two commits stand to each other, and those that only the second has."""
        subject = f"commits of {self.repository} from {base} to {head}"
        path = f"{self._path}/compare/{_quoted(base)}...{_quoted(head)}"
        pages = list(self._session.pages(path, wire.Comparison, subject=subject))
        return pages[0].status, [commit for page in pages for commit in page.commits]

    def _merged(self, number: int) -> MergedPullRequest:
        if number not in self._read:
            self._read[number] = self._read_merged(number)
        return self._read[number]

    def _read_merged(self, number: int) -> MergedPullRequest:
        path, subject = f"{self._path}/pulls/{number}", f"pull request {self.repository}#{number}"
        pull = self._session.get(path, wire.MergedPull, subject=subject)
        if pull.commits > _MOST_COMMITS:
            raise TooManyCommits(
                f"it has {pull.commits} commits and GitHub lists {_MOST_COMMITS}: not all authors are known",
                subject=subject,
                remedy=f"bring such a change in by pull requests of up to {_MOST_COMMITS} commits",
            )
        commits = self._session.pages(f"{path}/commits", wire.Commits, subject=subject)
        reviews = self._session.pages(f"{path}/reviews", wire.Reviews, subject=subject)
        return _pull_request(
            pull,
            [commit for page in commits for commit in page.root],
            [review for page in reviews for review in page.root],
        )


def _pull_request(
    pull: wire.MergedPull, commits: list[wire.Commit], reviews: list[wire.Review]
) -> MergedPullRequest:
    return MergedPullRequest(
        number=pull.number,
        title=pull.title,
        url=pull.html_url,
        author=_login(pull.user),
        committers=committers(commits),
        reviews=standing_reviews(reviews, pull.head.sha),
        merged_by=_login(pull.merged_by),
        merged_at=pull.merged_at,
        head=pull.head.sha,
        merge_commit=pull.merge_commit_sha,
    )


def _quoted(commit: str) -> str:
    """A commit's name as one part of a path, also where it is a branch with a slash."""
    return quote(commit, safe="")


def _login(account: wire.Account | None) -> str:
    return account.login if account else GHOST


def _direct(
    steps: Iterable[wire.Commit], sources: Mapping[str, tuple[MergedPullRequest, ...]]
) -> tuple[DirectCommit, ...]:
    return tuple(
        DirectCommit(
            sha=step.sha,
            title=step.commit.message.partition("\n")[0],
            author=author_of(step),
            committed_at=step.commit.committer.date,
        )
        for step in steps
        if not sources[step.sha]
    )


def _status(status: wire.Status) -> CommitStatus:
    return CommitStatus(
        context=status.context,
        state=StatusState(status.state),
        description=status.description or "",
        url=status.target_url or "",
    )
