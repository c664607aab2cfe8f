"""What a person reads when a server that is surveyed does not answer, or answers with an error.

Exceptions of boto3, requests and the Snowflake client end here.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import requests
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from slipway_sandbox.provider.contract import ProviderFault
from slipway_sandbox.supervisor.faults import DependencyError
from slipway_sandbox.supervisor.servers import Server


@contextmanager
def asking(server: Server, url: str) -> Iterator[None]:
    """Ask a server.

    Raises:
        DependencyError: it does not answer, or refuses.
    """
    remedy = f"see `slipway sandbox status`, then `slipway sandbox logs {server}`"
    try:
        yield
    except (ClientError, ResponseParserError, requests.HTTPError) as error:
        said = str(error).splitlines()[0]
        raise DependencyError(f"{server} at {url} answers with an error: {said}", remedy=remedy) from error
    except ProviderFault as fault:
        raise DependencyError(fault.message, remedy=remedy) from fault
    except (BotoCoreError, requests.RequestException) as error:
        raise DependencyError(f"{server} at {url} does not answer", remedy=remedy) from error
