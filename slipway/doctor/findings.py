"""What a check has found, and how checks are run: side by side, each within a time limit."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum, unique
from threading import Thread
from time import monotonic

from slipway.model.errors import SlipwayError


@unique
class State(StrEnum):
    """What a finding says."""

    FINE = "fine"
    LACKING = "lacking"
    UNCLEAR = "unclear"
    """It could not be judged: something did not answer."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the report.

    Attributes:
        check: which check says it.
        state: what it says.
        message: one sentence that names the subject.
        remedy: what to do; empty where all is fine.
    """

    check: str
    state: State
    message: str
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is looked at: findings about it carry its name.

    Attributes:
        name: such as `bootstrap dev`.
    """

    name: str

    def fine(self, message: str) -> Finding:
        """All is well."""
        return Finding(check=self.name, state=State.FINE, message=message)

    def lacking(self, message: str, remedy: str) -> Finding:
        """Something is missing."""
        return Finding(check=self.name, state=State.LACKING, message=message, remedy=remedy)

    def unclear(self, message: str, remedy: str) -> Finding:
        """Nobody can say."""
        return Finding(check=self.name, state=State.UNCLEAR, message=message, remedy=remedy)


Look = Callable[[Subject], Iterable[Finding]]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing to look at.

    Attributes:
        name: such as `bootstrap dev`.
        look: finds; whatever it raises as a `SlipwayError` makes the check unclear.
    """

    name: str
    look: Look

    @property
    def subject(self) -> Subject:
        """What it looks at."""
        return Subject(name=self.name)


def examine(checks: Sequence[Check], *, limit: timedelta) -> tuple[Finding, ...]:
    """Run checks side by side.

    Args:
        checks: independent of each other.
        limit: how long each may take; one that takes longer is unclear, and is not waited for.

    Returns:
        Findings in the order of the checks.
    """
    runs = [_Running(check) for check in checks]
    for run in runs:
        run.thread.start()
    until = monotonic() + limit.total_seconds()
    return tuple(finding for run in runs for finding in run.findings(until, limit))


@dataclass
class _Running:
    check: Check
    found: list[Finding] | None = None
    fault: Exception | None = None
    thread: Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = Thread(target=self._run, name=self.check.name, daemon=True)

    def findings(self, until: float, limit: timedelta) -> list[Finding]:
        self.thread.join(max(0.0, until - monotonic()))
        if self.fault is not None:
            raise self.fault
        if self.found is None:
            remedy = "check the network, and run it again with --limit SECONDS"
            return [self.check.subject.unclear(f"no answer within {limit.total_seconds():.0f} s", remedy)]
        return self.found

    def _run(self) -> None:
        try:
            self.found = list(self.check.look(self.check.subject))
        except SlipwayError as error:
            self.found = [self.check.subject.unclear(error.message, error.remedy)]
        except Exception as error:  # noqa: BLE001 - a fault of our own is raised where the checks are waited for
            self.fault = error
