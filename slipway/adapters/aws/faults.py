"""From botocore's exceptions to the ports': which code means what, and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from slipway.model.errors import DependencyError

_Fault = TypeVar("_Fault", bound=DependencyError)

_DENIED: Final = frozenset(
    {"403", "AccessDenied", "AccessDeniedException", "KMSAccessDeniedException", "UnauthorizedOperation"}
)
_EXPIRED: Final = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
)
_ABSENT: Final = frozenset({"NoSuchBucket", "ResourceNotFoundException", "NotFoundException"})


def code_of(error: ClientError) -> str:
    """Return the code of an error that AWS answered."""
    return str(error.response.get("Error", {}).get("Code", ""))


def is_failed_condition(error: ClientError) -> bool:
    """Whether a conditional write of DynamoDB found its condition unfulfilled."""
    return code_of(error) == "ConditionalCheckFailedException"


@contextmanager
def asking(
    kind: type[_Fault],
    subject: str,
    *,
    refused: type[_Fault] | None = None,
    absent: type[_Fault] | None = None,
) -> Iterator[None]:
    """Turn what botocore raises inside the block into the port's error.

    Args:
        kind: the error.
        subject: what was asked for, such as `the lease of prod/settlements`.
        refused: the error where AWS has answered, or would have, had there been credentials; else `kind`.
        absent: the error where there are no credentials; else what is raised where AWS refuses.
    """
    denied = refused or kind
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        text = error.response.get("Error", {}).get("Message", "")
        raise denied(f"{subject}: AWS answers {code}: {text}", remedy=_remedy(code)) from error
    except NoCredentialsError as error:
        raise (absent or denied)(f"{subject}: there are no AWS credentials", remedy=_LOG_IN) from error
    except BotoCoreError as error:
        raise kind(
            f"{subject}: AWS does not answer: {' '.join(str(error).split())}",
            remedy="check the network and AWS_ENDPOINT_URL, then run the command again",
        ) from error


_LOG_IN: Final = (
    'log in (aws sso login, or export credentials; for a sandbox, eval "$(slipway sandbox env)"), '
    "then run the command again"
)


def _remedy(code: str) -> str:
    if code in _DENIED:
        return "use credentials that may do this; `aws sts get-caller-identity` says whose these are"
    if code in _EXPIRED:
        return _LOG_IN
    if code in _ABSENT:
        return "bring up the stack that makes it: pulumi up -s shared, then the environment's"
    return "run the command again; if it fails again, ask the platform team"
