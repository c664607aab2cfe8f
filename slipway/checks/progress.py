"""How far a run of checks is, told as one story although several checks run side by side."""

import time
from threading import Lock
from typing import Final

from slipway.checks.context import Tell
from slipway.checks.names import CheckName
from slipway.model.counted import counted
from slipway.model.evidence import CheckOutcome, CheckResult
from slipway.ports.reporter import Reporter, Task

_PAUSE: Final = 2.0  # seconds between two words on the same check
_WORDS: Final = {
    CheckResult.PASSED: "passed",
    CheckResult.FAILED: "failed",
    CheckResult.UNJUDGED: "could not be judged",
}


class Progress:
    """Tells a reporter, one thread at a time."""

    def __init__(self, reporter: Reporter, task: Task) -> None:
        self._reporter = reporter
        self._task = task
        self._lock = Lock()
        self._running: dict[CheckName, str] = {}
        self._told = 0.0

    def of(self, check: CheckName) -> Tell:
        """Take what one check tells."""

        def tell(words: str) -> None:
            with self._lock:
                is_new = check not in self._running
                self._running[check] = words
                if not is_new and time.monotonic() - self._told < _PAUSE:
                    return  # a log that nobody watches live has a line for each of them
                self._told = time.monotonic()
                self._task.update("; ".join(f"{name}: {said}" for name, said in self._running.items()))

        return tell

    def ended(self, outcome: CheckOutcome) -> None:
        """Say how a check ended."""
        with self._lock:
            self._running.pop(CheckName(outcome.check), None)
            findings = len(outcome.findings)
            told = f", {counted(findings, 'finding')}" if findings else ""
            self._reporter.step(f"{outcome.check}: {_WORDS[outcome.result]} ({outcome.seconds:.1f} s{told})")
