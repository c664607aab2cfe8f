"""Finds the check runs that let a commit be released."""

from collections.abc import Iterator, Mapping

from slipway.model.digest import Digest
from slipway.model.errors import SlipwayError
from slipway.model.events import Event, EventKind
from slipway.model.evidence import CheckRun
from slipway.ports.ledger import LedgerStore
from slipway.ports.revisions import Revision
from slipway.release.gates.verdicts import EvidenceReader


class RunUnfit(SlipwayError):  # noqa: N818 - it says what is the case
    """A check run that says nothing for this release."""


def passed_runs(
    ledger: LedgerStore, evidence: EvidenceReader, revision: Revision, base: Revision
) -> Mapping[Digest, CheckRun]:
    """Find the runs that passed on a commit's tree, against its base.

    Args:
        ledger: whose events of the kind CHECKED are about trees and commits.
        evidence: the runs.
        revision: what is released.
        base: what it is released upon: a run against anything else looked at another difference.
    """
    runs = {digest: evidence.get(digest) for digest in set(_named(ledger, revision))}
    return {
        digest: run
        for digest, run in sorted(runs.items())
        if isinstance(run, CheckRun) and _fits(run, revision, base)
    }


def believed_run(run: CheckRun, revision: Revision, base: Revision, *, source: str) -> CheckRun:
    """Judge a check run that somebody brings along, such as one that `slipway check --evidence` wrote.

    Args:
        run: what was brought.
        revision: what is released.
        base: what it is released upon.
        source: where it comes from, for errors.

    Raises:
        RunUnfit: it is of another tree or base, or did not pass.
    """
    if _fits(run, revision, base):
        return run
    wanted = f"tree {revision.tree[:12]} against {base.commit[:12]}"
    found = f"tree {run.tree[:12]} against {run.base[:12]}"
    raise RunUnfit(
        f"{source} holds no passed check run on {wanted}: it is on {found}"
        + ("" if run.passed else ", and not every check passed"),
        remedy=f"slipway check --base {base.commit[:12]} at {revision.commit[:12]}",
    )


def _named(ledger: LedgerStore, revision: Revision) -> Iterator[Digest]:
    for subject in (revision.tree, revision.commit):
        for entry in ledger.about(subject):
            event = Event.model_validate_json(entry.event)
            if event.kind is EventKind.CHECKED:
                yield from event.evidence


def _fits(run: CheckRun, revision: Revision, base: Revision) -> bool:
    return run.tree == revision.tree and run.base == base.commit and run.passed and bool(run.outcomes)
