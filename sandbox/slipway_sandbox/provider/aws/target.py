"""One resource in one call: whose session, which id, what the program says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from slipway_sandbox.provider.contract import Properties, Session

PARTITION = "aws"

_ABSENT = re.compile(r"NotFound|NoSuch|NonExist|DoesNotExist|^404$")


def is_absent(error: ClientError) -> bool:
    """Whether AWS says that the thing asked for does not exist."""
    return bool(_ABSENT.search(error.response["Error"]["Code"]))


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a materialised type works on.

    Attributes:
        session: the configured provider.
        service: the boto3 service of the type.
        inputs: what the program says, and the parts of the id.
        id: "" while the resource is being created.
    """

    session: Session
    service: str
    inputs: Properties
    id: str = ""

    @property
    def region(self) -> str:
        """The resource's own region, else the provider's."""
        return str(self.inputs.get("region") or self.session.region)

    @property
    def account(self) -> str:
        """The account that owns the resource."""
        return self.session.account

    @property
    def client(self) -> Any:
        """The boto3 client of the type's service."""
        return self.client_of(self.service)

    def client_of(self, service: str) -> Any:
        """The boto3 client of another service in the resource's region."""
        return self.session.client(service, self.region)

    def arn(self, resource: str, service: str = "") -> str:
        """An ARN in the resource's region and account."""
        return f"arn:{PARTITION}:{service or self.service}:{self.region}:{self.account}:{resource}"

    @property
    def tags(self) -> dict[str, str]:
        """All tags that the resource is to have: the provider's defaults under its own."""
        own = self.inputs.get("tags") or {}
        every = {**self.session.default_tags, **(self.inputs.get("tagsAll") or {}), **own}
        return {key: str(value) for key, value in every.items()}

    def given(self, name: str) -> bool:
        """Whether the program says anything of an input."""
        return self.inputs.get(name) is not None


def found(call: Callable[..., Any], **arguments: Any) -> Any | None:
    """A call's answer, None when AWS says that there is no such thing."""
    try:
        return call(**arguments)
    except ClientError as error:
        if is_absent(error):
            return None
        raise
