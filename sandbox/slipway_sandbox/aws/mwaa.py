"""MWAA's API over the Airflow instances of the world: environments, and calls of their REST API.

Owned here: which call means what, and Airflow's answers in the shapes of the MWAA API reference
(https://docs.aws.amazon.com/mwaa/latest/API/). Not owned: what an environment is (`mwaa_environments`), the
instances, and who may call (the front knows the caller's account; like everywhere in the front, IAM policies
are not evaluated).
"""

import base64
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from slipway_sandbox.airflow.place import REST_USER, Purpose, derived_secret
from slipway_sandbox.aws.faults import AwsError
from slipway_sandbox.aws.mwaa_environments import Environment, Environments, members
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


class Mwaa:
    """The environments of all accounts, and the way to the Airflow behind each.

    Args:
        founding: accounts, region, buckets, secrets.
        airflows: stack name -> base URL of its web server.
    """

    def __init__(self, founding: Founding, airflows: Mapping[str, str]) -> None:
        self._secret = founding.airflow_secret
        self._environments = Environments(founding, airflows)

    def answer(self, call: Call, account: str) -> Answer:
        """Answer a request of a caller of ``account``.

        Raises:
            AwsError: there is no such environment in this account, or the operation is not offered.
        """
        kind, _, name = unquote(call.raw_path).strip("/").partition("/")
        match kind, bool(name):
            case "environments", _:
                return self._environment(call, name, account)
            case "tags", True:
                return self._tags(call, name, account)
            case "restapi", True:
                return self._invoked(self._environments.find(name, account), call)
            case "clitoken", True:
                raise _refusal("CreateCliToken")
            case "webtoken", True:
                raise _refusal("CreateWebLoginToken")
            case _:
                raise _refusal(f"{call.method} {call.raw_path}")

    def _environment(self, call: Call, name: str, account: str) -> Answer:
        known = self._environments
        match call.method, bool(name):
            case "GET", False:
                return _json(200, {"Environments": known.names(account)})
            case "GET", True:
                return _json(200, {"Environment": known.described(known.find(name, account))})
            case "PUT", True:
                return _json(200, {"Arn": known.create(name, account, members(call.body))})
            case "PATCH", True:
                return _json(200, {"Arn": known.update(name, account, members(call.body))})
            case "DELETE", True:
                known.delete(name, account)
                return _json(200, {})
            case _:
                raise _refusal(f"{call.method} {call.raw_path}")

    def _tags(self, call: Call, arn: str, account: str) -> Answer:
        with self._environments.tags(arn, account) as tags:
            match call.method:
                case "GET":
                    return _json(200, {"Tags": dict(tags)})
                case "POST":
                    tags.update(members(call.body).get("Tags") or {})
                case "DELETE":
                    for key in [value for name, value in parse_qsl(call.raw_query) if name == "tagKeys"]:
                        tags.pop(key, None)
                case _:
                    raise _refusal(f"{call.method} {call.raw_path}")
        return _json(200, {})

    def _invoked(self, one: Environment, call: Call) -> Answer:
        """InvokeRestApi: Airflow's own answer, or the exception that MWAA makes of it."""
        request = _RestRequest.read(call.body)
        if not one.url:
            message = f"{one.name} is {one.status}: `slipway sandbox up --airflow STACK` starts its Airflow"
            raise AwsError("ValidationException", message)
        secret = derived_secret(self._secret, one.stack, Purpose.REST)
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


def _call_airflow(one: Environment, request: _RestRequest, secret: str) -> tuple[int, Any]:
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
