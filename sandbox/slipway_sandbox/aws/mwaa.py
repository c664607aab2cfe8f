"""MWAA's API over the Airflow instances of the world: environments, and calls of their REST API.

Owned here: which environments an account has, and Airflow's answers in the shapes of the MWAA API reference
(https://docs.aws.amazon.com/mwaa/latest/API/). Not owned: the instances, and who may call (the front knows
the caller's account; like everywhere in the front, IAM policies are not evaluated).
"""

import base64
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode, urlsplit

from slipway_sandbox.airflow.place import (
    DAGS_PREFIX,
    REST_USER,
    Purpose,
    derived_secret,
    environment_name,
    execution_role,
)
from slipway_sandbox.airflow.version import airflow_version
from slipway_sandbox.aws.faults import AwsError
from slipway_sandbox.aws.wire import Answer, Call
from slipway_sandbox.world import Founding

SIGNING_NAME: Final = "airflow"
"""What MWAA's requests are signed for (botocore: `signingName`)."""

_TIME_LIMIT_SECONDS: Final = 10.0
"""User guide, "Using the Apache Airflow REST API", considerations: a call may take ten seconds."""

_METHODS: Final = frozenset({"GET", "PUT", "POST", "PATCH", "DELETE"})
_CLIENT_ERROR: Final = 400
_SERVER_ERROR: Final = 500
_JSON: Final = (("Content-Type", "application/json"),)


@dataclass(frozen=True, kw_only=True)
class _Environment:
    """One MWAA environment and the Airflow behind it.

    Attributes:
        stack: whose it is.
        account: in which account.
        url: base URL of the web server.
        bucket: the bucket of its DAG files.
    """

    stack: str
    account: str
    url: str
    bucket: str

    @property
    def name(self) -> str:
        """Its name in the API."""
        return environment_name(self.stack)


class Mwaa:
    """The environments of all accounts.

    Args:
        founding: accounts, region, buckets.
        airflows: stack name -> base URL of its web server.
    """

    def __init__(self, founding: Founding, airflows: Mapping[str, str]) -> None:
        self._founding = founding
        self._since = time.time()
        self._environments = [
            _Environment(
                stack=stack, account=founding.accounts[stack], url=url, bucket=founding.dag_buckets[stack]
            )
            for stack, url in airflows.items()
        ]

    def answer(self, call: Call, account: str) -> Answer:
        """Answer a request of a caller of ``account``.

        Raises:
            AwsError: there is no such environment in this account, or the operation is not offered.
        """
        kind, _, name = unquote(call.raw_path).strip("/").partition("/")
        match call.method, kind, bool(name):
            case "GET", "environments", False:
                names = [one.name for one in self._environments if one.account == account]
                return _json(200, {"Environments": names})
            case "GET", "environments", True:
                return _json(200, {"Environment": self._described(self._environment(name, account))})
            case "POST", "restapi", True:
                return self._invoked(self._environment(name, account), call)
            case "POST", "clitoken", True:
                raise _refusal("CreateCliToken")
            case "POST", "webtoken", True:
                raise _refusal("CreateWebLoginToken")
            case _:
                raise _refusal(f"{call.method} {call.raw_path}")

    def _environment(self, name: str, account: str) -> _Environment:
        for one in self._environments:
            if one.name == name and one.account == account:
                return one
        raise AwsError("ResourceNotFoundException", f"Environment {name} not found.", status=404)

    def _described(self, one: _Environment) -> dict[str, Any]:
        region = self._founding.region
        return {
            "Name": one.name,
            "Arn": f"arn:aws:airflow:{region}:{one.account}:environment/{one.name}",
            "Status": "AVAILABLE",
            "AirflowVersion": airflow_version(),
            "CreatedAt": self._since,
            "SourceBucketArn": f"arn:aws:s3:::{one.bucket}",
            "DagS3Path": DAGS_PREFIX,
            "ExecutionRoleArn": f"arn:aws:iam::{one.account}:role/{execution_role(one.stack)}",
            "WebserverUrl": urlsplit(one.url).netloc,
            "WebserverAccessMode": "PUBLIC_ONLY",
            "EnvironmentClass": "mw1.micro",
            "Schedulers": 1,
            "Tags": {},
        }

    def _invoked(self, one: _Environment, call: Call) -> Answer:
        """InvokeRestApi: Airflow's own answer, or the exception that MWAA makes of it."""
        request = _RestRequest.read(call.body)
        secret = derived_secret(self._founding.airflow_secret, one.stack, Purpose.REST)
        status, answer = _call_airflow(one, request, secret)
        document = {"RestApiStatusCode": status, "RestApiResponse": answer}
        if status >= _SERVER_ERROR:
            return _fault("RestApiServerException", document)
        if status >= _CLIENT_ERROR:
            return _fault("RestApiClientException", document)
        return _json(200, document)


@dataclass(frozen=True, kw_only=True)
class _RestRequest:
    method: str
    path: str
    query: Mapping[str, Any]
    body: Any

    @staticmethod
    def read(body: bytes) -> "_RestRequest":
        """Read the body of InvokeRestApi.

        Raises:
            AwsError: a member is missing or wrong.
        """
        try:
            given = json.loads(body or b"{}")
            method, path = given["Method"], given["Path"]
            query = given.get("QueryParameters") or {}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise AwsError("ValidationException", f"InvokeRestApi needs Method and Path: {error}") from error
        if method not in _METHODS or not str(path).startswith("/") or not isinstance(query, dict):
            message = f"not a call of Airflow's REST API: Method {method!r}, Path {path!r}"
            raise AwsError("ValidationException", message)
        return _RestRequest(method=method, path=path, query=query, body=given.get("Body"))


def _call_airflow(one: _Environment, request: _RestRequest, secret: str) -> tuple[int, Any]:
    place = urlsplit(one.url)
    token = base64.b64encode(f"{REST_USER}:{secret}".encode()).decode()
    headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
    target = f"/api/v1{quote(request.path, safe='/~:%+')}"
    target += f"?{urlencode(request.query, doseq=True)}" if request.query else ""
    body = None if request.body is None else json.dumps(request.body)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=_TIME_LIMIT_SECONDS)
    try:
        connection.request(request.method, target, body, headers)
        answer = connection.getresponse()
        return answer.status, _document(answer.read())
    except (OSError, http.client.HTTPException) as error:
        message = f"the Airflow of {one.name} does not answer: {type(error).__name__}: {error}"
        raise AwsError("InternalServerException", message, status=500) from error
    finally:
        connection.close()


def _document(body: bytes) -> Any:
    """Airflow's answer; a DELETE has none, and a page that is no JSON is passed on as text."""
    if not body:
        return {}
    try:
        return json.loads(body)
    except ValueError:
        return {"detail": body.decode("utf-8", "replace")}


def _refusal(operation: str) -> AwsError:
    message = f"the sandbox does not support airflow {operation}: use InvokeRestApi"
    return AwsError("NotImplemented", message, status=501)


def _fault(code: str, document: Mapping[str, Any]) -> Answer:
    """An exception with members; the model gives both of them HTTP status 400."""
    return Answer.of(_CLIENT_ERROR, json.dumps(document).encode(), (*_JSON, ("x-amzn-ErrorType", code)))


def _json(status: int, document: Mapping[str, Any]) -> Answer:
    return Answer.of(status, json.dumps(document).encode(), _JSON)
