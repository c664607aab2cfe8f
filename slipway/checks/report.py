"""What a run of checks says, and what the shell is told."""

from dataclasses import dataclass

from slipway.checks.names import CheckName
from slipway.checks.outcomes import MISSING, SKIPPED
from slipway.lineage.impact import Impact
from slipway.model.errors import ExitCode
from slipway.model.evidence import CheckOutcome, CheckResult, CheckRun, CheckShard


@dataclass(frozen=True, kw_only=True)
class Report:
    """A run.

    Attributes:
        run: how each check ended: of a shard, those that it had a part of.
        impact: what the change can touch, with the paths that lead there; None where shards were joined.
        not_needed: checks that the change has no subject for.
        workspace: the data team's name for it; None when neither revision's catalog can be read.
        shard: the run as evidence of a shard; None when it is that of everything.
    """

    run: CheckRun
    impact: Impact | None
    not_needed: tuple[CheckName, ...]
    workspace: str | None
    shard: CheckShard | None = None

    @property
    def evidence(self) -> CheckRun | CheckShard:
        """The run, as it is kept."""
        return self.shard or self.run

    @property
    def elsewhere(self) -> tuple[CheckName, ...]:
        """Checks that the change needs and that other shards have a part of, and this one does not."""
        here = {outcome.check for outcome in self.run.outcomes}
        return tuple(n for n in CheckName if self.shard and n not in here and n not in self.not_needed)

    @property
    def skipped(self) -> tuple[CheckOutcome, ...]:
        """Checks that the change needs and the person left out."""
        return tuple(filter(is_left_out, self.run.outcomes))

    @property
    def asked(self) -> tuple[CheckOutcome, ...]:
        """Checks that were run: the verdict on this run is theirs."""
        return tuple(outcome for outcome in self.run.outcomes if not is_left_out(outcome))

    @property
    def is_whole(self) -> bool:
        """Whether every check that the change needs was asked for: a part of them is no evidence."""
        return not self.skipped

    @property
    def exit_code(self) -> ExitCode:
        """Findings go first: they are the author's to mend, whatever else is missing."""
        if any(outcome.result is CheckResult.FAILED for outcome in self.asked):
            return ExitCode.FINDINGS
        unjudged = [outcome for outcome in self.asked if outcome.result is CheckResult.UNJUDGED]
        if any(_has(outcome, MISSING) for outcome in unjudged):
            return ExitCode.ENVIRONMENT
        return ExitCode.FINDINGS if unjudged else ExitCode.OK

    @classmethod
    def joined(cls, run: CheckRun, workspace: str | None) -> "Report":
        """Report what all shards found together.

        Args:
            run: of all of them.
            workspace: the data team's name for it.
        """
        there = {outcome.check for outcome in run.outcomes}
        return cls(
            run=run,
            impact=None,
            not_needed=tuple(name for name in CheckName if name not in there),
            workspace=workspace,
        )


def is_left_out(outcome: CheckOutcome) -> bool:
    """Whether the change needs the check and the person did not ask for it."""
    return _has(outcome, SKIPPED)


def _has(outcome: CheckOutcome, rule: str) -> bool:
    return any(finding.rule == rule for finding in outcome.findings)
