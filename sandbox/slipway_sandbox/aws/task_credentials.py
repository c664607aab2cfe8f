"""Credentials for the tasks of an Airflow, as ECS gives them to MWAA's workers: fresh ones at each request.

Source: the container credential provider of the SDKs,
https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import hmac
import json
from typing import Final

from moto.sts.models import sts_backends

from slipway_sandbox.airflow.place import Purpose, derived_secret, execution_role
from slipway_sandbox.aws.identity import PARTITION
from slipway_sandbox.aws.wire import Answer, Environ
from slipway_sandbox.world import Founding

_SESSION_SECONDS: Final = 3600
_SESSION_NAME: Final = "airflow"


class TaskCredentials:
    """Sessions of the execution roles.

    Args:
        founding: the stacks with an Airflow, and the secret that their tokens derive from.
    """

    def __init__(self, founding: Founding) -> None:
        self._founding = founding

    def answer(self, environ: Environ) -> Answer:
        """Answer ``GET .../<stack>`` with the token that this stack's tasks were started with."""
        stack = str(environ["PATH_INFO"]).rpartition("/")[2]
        if stack not in self._founding.dag_buckets:
            return _json(404, {"code": "NotFound", "message": f"there is no Airflow of {stack}"})
        expected = derived_secret(self._founding.airflow_secret, stack, Purpose.CREDENTIALS)
        given = str(environ.get("HTTP_AUTHORIZATION", ""))
        if not hmac.compare_digest(given.encode(), expected.encode()):
            return _json(
                403, {"code": "AccessDenied", "message": f"the token is not that of {stack}'s tasks"}
            )
        return _json(200, self._session(stack))

    def _session(self, stack: str) -> dict[str, str]:
        account = self._founding.accounts[stack]
        arn = f"arn:aws:iam::{account}:role/{execution_role(stack)}"
        session = sts_backends[account][PARTITION].assume_role(
            self._founding.region, _SESSION_NAME, arn, None, _SESSION_SECONDS, None
        )
        return {
            "AccessKeyId": session.access_key_id,
            "SecretAccessKey": session.secret_access_key,
            "Token": session.session_token,
            "Expiration": session.expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "RoleArn": arn,
        }


def _json(status: int, document: dict[str, str]) -> Answer:
    return Answer.of(status, json.dumps(document).encode(), [("Content-Type", "application/json")])
