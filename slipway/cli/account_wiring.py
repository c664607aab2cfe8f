"""Opens an account with one's own credentials, or in a role of it that one may take."""

from slipway.adapters.aws import CloudFormationStacks, StsIdentity, assumed, client, own_session
from slipway.cli.account_door import AccountDoor
from slipway.cli.accounts import session_name
from slipway.cli.estate import StackPlace


def open_account(place: StackPlace, role: str | None) -> AccountDoor:
    """Open the account of a stack; without a role, nothing is asked before it is used.

    Args:
        place: of the stack.
        role: name of a role of the account to take; None: one's own credentials are of the account.

    Raises:
        IdentityUnknown: a role is to be taken, and there are no credentials.
    """
    own = own_session(place.region)
    identity = StsIdentity(client(own, "sts"))
    session = own
    if role is not None:
        arn = f"arn:aws:iam::{place.naming.account_id}:role/{role}"
        session = assumed(own, arn, session_name=session_name(identity.caller()))
    return AccountDoor(
        stacks=CloudFormationStacks(client(session, "cloudformation")),
        identity=StsIdentity(client(session, "sts")),
        own=identity,
    )
