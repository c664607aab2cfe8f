"""What CloudFormation says went wrong, with what to do about it."""

from collections.abc import Sequence
from typing import Final

from slipway.ports.account_stacks import AccountStack, StackEvent
from slipway.stages import StageFailed

_CONSEQUENCES: Final = (
    "Resource creation cancelled",
    "Resource update cancelled",
    "Resource deletion cancelled",
)
"""What CloudFormation says of resources that it gave up because another one failed."""

_SHOWN: Final = 5
_GITHUB: Final = "AWS::IAM::OIDCProvider"


def failed_events(events: Sequence[StackEvent], stack: str) -> tuple[StackEvent, ...]:
    """Return the events that say why an operation failed; the stack's own where no resource's does.

    Args:
        events: of the operation, in order.
        stack: name of the stack.
    """
    failed = [each for each in events if each.status.endswith("_FAILED")]
    causes = [each for each in failed if each.resource != stack and not each.reason.startswith(_CONSEQUENCES)]
    return tuple(causes or failed)


def failure_of(name: str, stack: AccountStack | None, events: Sequence[StackEvent]) -> StageFailed:
    """Return the failure of an operation that has ended otherwise than it should.

    Args:
        name: of the stack.
        stack: as it is now; None when it is gone.
        events: of the operation.
    """
    failed = failed_events(events, name)
    status = "gone" if stack is None else stack.status
    told = "; ".join(
        f"{each.resource} ({each.type}): {each.reason or each.status}" for each in failed[:_SHOWN]
    )
    more = f"; and {len(failed) - _SHOWN} more" if len(failed) > _SHOWN else ""
    reason = told or (stack.reason if stack is not None else "") or "CloudFormation gives no reason"
    return StageFailed(f"CloudFormation left {name} in {status}: {reason}{more}", remedy=_remedy(failed))


def _remedy(failed: Sequence[StackEvent]) -> str:
    text = " ".join(each.reason for each in failed).lower()
    if any(each.type == _GITHUB for each in failed) and "exist" in text:
        return "the account knows GitHub's issuer already: run it again with --github-issuer exists"
    if "not authorized" in text or "access denied" in text or "accessdenied" in text:
        return "use credentials that may do this, such as an administrator's of the account, and run it again"
    if "already exist" in text:
        return "remove what has the name, or have CloudFormation import it, and run the command again"
    return "mend what it names and run the command again; what was begun has been taken back"
