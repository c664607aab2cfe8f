"""Who is acting, as STS says: the only source that cannot be talked into another answer."""

from typing import Any

from slipway.adapters.aws.faults import asking
from slipway.model.principal import Caller, UserId
from slipway.ports.identity import Identity, IdentityRefused, IdentityUnknown, NoCredentials


class StsIdentity(Identity):
    """Asks GetCallerIdentity, which needs no permission.

    Args:
        client: of STS.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def caller(self) -> Caller:
        """Ask whose the credentials are."""
        subject = "whose credentials these are"
        with asking(IdentityUnknown, subject, refused=IdentityRefused, absent=NoCredentials):
            answer = self._client.get_caller_identity()
        return Caller(arn=answer["Arn"], user_id=UserId(answer["UserId"]), account=answer["Account"])
