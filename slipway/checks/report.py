"""What a run of checks says, and what the shell is told."""

from dataclasses import dataclass

from slipway.checks.names import CheckName
from slipway.checks.outcomes import MISSING, SKIPPED
from slipway.lineage.impact import Impact
from slipway.model.errors import ExitCode
from slipway.model.evidence import CheckOutcome, CheckResult, CheckRun


@dataclass(frozen=True, kw_only=True)
class Report:
    """A run.

    Attributes:
        run: the evidence.
        impact: what the change can touch, with the paths that lead there.
        not_needed: checks that the change has no subject for.
        workspace: the data team's name for it; None when neither revision's catalog can be read.
    """

    run: CheckRun
    impact: Impact
    not_needed: tuple[CheckName, ...]
    workspace: str | None

    @property
    def skipped(self) -> tuple[CheckOutcome, ...]:
        """Checks that the change needs and the person left out."""
        return tuple(outcome for outcome in self.run.outcomes if _has(outcome, SKIPPED))

    @property
    def is_whole(self) -> bool:
        """Whether every check that the change needs was asked for: a part of them is no evidence."""
        return not self.skipped

    @property
    def exit_code(self) -> ExitCode:
        """Findings go first: they are the author's to mend, whatever else is missing."""
        asked = [outcome for outcome in self.run.outcomes if not _has(outcome, SKIPPED)]
        if any(outcome.result is CheckResult.FAILED for outcome in asked):
            return ExitCode.FINDINGS
        unjudged = [outcome for outcome in asked if outcome.result is CheckResult.UNJUDGED]
        if any(_has(outcome, MISSING) for outcome in unjudged):
            return ExitCode.ENVIRONMENT
        return ExitCode.FINDINGS if unjudged else ExitCode.OK


def _has(outcome: CheckOutcome, rule: str) -> bool:
    return any(finding.rule == rule for finding in outcome.findings)
