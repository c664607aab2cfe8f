"""The source control: where changes are reviewed and merged, and where checks say what they found.

Its values are in `slipway.model.release` and `slipway.ports.source_control_results`, what goes wrong is in
`slipway.ports.source_control_errors`. Trees and files of the repository are not read here but through
`slipway.ports.revisions`.
"""

from typing import Protocol

from slipway.model.release import MergedPullRequest
from slipway.ports.source_control_results import (
    Carried,
    CheckReport,
    CheckRunId,
    CombinedStatus,
    CommitStatus,
)


class Changes(Protocol):
    """Tells who made, reviewed and merged what a commit brings."""

    def pull_requests_of(self, commit: str) -> tuple[MergedPullRequest, ...]:
        """The merged pull requests that a commit of the default branch came from; none for a direct push.

        Raises:
            NotFound: there is no such commit.
        """
        ...

    def carried(self, base: str, head: str) -> Carried:
        """Everything that came to the default branch after one commit, up to another.

        Args:
            base: what runs; everything before it is known.
            head: what is to run; nothing is carried when base is the same or newer.

        Raises:
            NotFound: one of them is no commit of the repository.
            HistoriesDiffer: each has commits that the other lacks.
            TooManyCommits: the authors of a pull request cannot all be read.
        """
        ...

    def writers(self, base: str, head: str) -> tuple[str, ...]:
        """Who wrote the commits that one has and the other lacks, co-authors included, sorted.

        Args:
            base: what a change is compared with.
            head: the change's newest commit, merged or not.

        Returns:
            Logins; the e-mail address of whoever has none that is known.

        Raises:
            NotFound: one of them is no commit of the repository.
        """
        ...

    def has_merged(self, commit: str) -> bool:
        """Whether the default branch contains a commit.

        Raises:
            NotFound: there is no such commit.
        """
        ...


class Reports(Protocol):
    """Says on a commit what was found, and reads what others said."""

    def set_status(self, commit: str, status: CommitStatus) -> None:
        """Report a commit status; it takes the place of the one of the same context.

        Raises:
            RightMissing: the token may not write statuses.
        """
        ...

    def combined_status(self, commit: str) -> CombinedStatus:
        """Read the newest status of each context of a commit."""
        ...

    def report_check(self, commit: str, report: CheckReport, run: CheckRunId | None = None) -> CheckRunId:
        """Report a check with its findings; only an app may, a person's token sets a status instead.

        The conclusion is told with the last annotations, so that nothing is merged on half of them.

        Args:
            commit: of which commit.
            report: what is said.
            run: what was reported of this check before; a new run when None.

        Raises:
            RightMissing: the token is a person's, or may not write checks.
        """
        ...


class SourceControl(Changes, Reports, Protocol):
    """All of it, for one repository."""
