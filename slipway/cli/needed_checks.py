"""Which checks the change that a release carries needs: what its check runs have to have in them."""

from collections.abc import Sequence

from slipway.checks.change import Change
from slipway.checks.context import ChangedWorkspace
from slipway.checks.select import checks_for
from slipway.model.evidence import CheckRun
from slipway.ports.revisions import Revisions
from slipway.release.building import Draft


def needed_checks(revisions: Revisions, drafted: Draft) -> tuple[str, ...]:
    """Work them out from git's objects, as `slipway check` does, and from nothing that anybody has brought.

    Args:
        revisions: the repository.
        drafted: the commit and what it is compared with.
    """
    change = Change(
        base=drafted.base,
        head=drafted.commit.revision,
        before=revisions.files(drafted.base.commit),
        after=drafted.commit.files,
    )
    changed = ChangedWorkspace(change=change, workspace=drafted.commit.workspace, before=drafted.before)
    return tuple(name.value for name in checks_for(changed))


def unchecked(needed: Sequence[str], runs: Sequence[CheckRun]) -> tuple[str, ...]:
    """Those that no run has; what of several runs each has counts together."""
    run = {outcome.check for each in runs for outcome in each.outcomes}
    return tuple(name for name in needed if name not in run)
