"""The WSGI application: who calls, which engine answers, and what went wrong in words a client reads."""

import json
import logging
import re
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.iam.models import iam_backends

from slipway_sandbox.airflow.settings import CREDENTIALS_PATH
from slipway_sandbox.aws import faults, trust
from slipway_sandbox.aws.acting import acting_as
from slipway_sandbox.aws.cloudformation import SIGNING_NAME as CLOUDFORMATION
from slipway_sandbox.aws.cloudformation import CloudFormation
from slipway_sandbox.aws.dispatch import Moto
from slipway_sandbox.aws.dynamodb.engine import DynamoDb
from slipway_sandbox.aws.emr_serverless import SIGNING_NAME as EMR_SERVERLESS
from slipway_sandbox.aws.emr_serverless import EmrServerless
from slipway_sandbox.aws.faults import AwsError
from slipway_sandbox.aws.identity import PARTITION, Caller, Directory
from slipway_sandbox.aws.mwaa import SIGNING_NAME, Mwaa
from slipway_sandbox.aws.task_credentials import TaskCredentials
from slipway_sandbox.aws.wire import Answer, Call, Environ

HEALTH_PATH = "/_slipway/health"

_LOG = logging.getLogger(__name__)
_REFUSED_PATHS = ("/moto-api", "/_moto")
_CODE = re.compile(r"[0-9]{6}")
"""What a device shows; nobody here knows which device is whose, so any code will do."""
_TAG = re.compile(r"Tags\.member\.\d+\.Key")
_ACCOUNT_KEY = "slipway.account"
_NOT_OFFERED = frozenset(
    {"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "GetFederationToken", "GetSessionToken"}
)
"""moto answers these with keys that belong to nobody, or of any role that an unsigned request names."""

StartResponse = Callable[..., Any]


class Front:
    """One URL for every account.

    Args:
        directory: knows the credentials.
        moto: answers every service but DynamoDB.
        dynamodb: answers DynamoDB and its streams.
        mwaa: answers MWAA.
        emr_serverless: answers EMR Serverless.
        cloudformation: answers CloudFormation.
        credentials: gives tasks of an Airflow their role's credentials.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        moto: Moto,
        dynamodb: DynamoDb,
        mwaa: Mwaa,
        emr_serverless: EmrServerless,
        cloudformation: CloudFormation,
        credentials: TaskCredentials,
    ) -> None:
        self._directory = directory
        self._moto = moto
        self._dynamodb = dynamodb
        self._mwaa = mwaa
        self._emr_serverless = emr_serverless
        self._cloudformation = cloudformation
        self._credentials = credentials

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; never raises."""
        if environ["PATH_INFO"] == HEALTH_PATH:
            return _send(_healthy(), start_response)
        if environ["PATH_INFO"].startswith(f"{CREDENTIALS_PATH}/"):
            return _send(self._credentials.answer(environ), start_response)
        _strip_impersonation(environ)
        started = time.perf_counter()
        try:
            call = Call.read(environ)
        except ValueError as error:
            return _send(_malformed(str(error)), start_response)
        answer = self._guarded(call)
        _LOG.info(_log_line(call, answer, time.perf_counter() - started))
        return _send(answer, start_response)

    def _guarded(self, call: Call) -> Answer:
        try:
            return self._answer(call)
        except AwsError as fault:
            return faults.answer_of(call, fault)
        except Exception as error:  # noqa: BLE001 - an engine's bug must reach the client as an AWS error
            _LOG.error("%s %s failed\n%s", call.scope.service, call.action, traceback.format_exc())
            message = (
                f"the sandbox failed in {call.scope.service} {call.action}: {type(error).__name__}: {error}"
            )
            return faults.answer_of(call, AwsError("InternalFailure", message, status=500))

    def _answer(self, call: Call) -> Answer:
        if call.raw_path.startswith(_REFUSED_PATHS):
            raise AwsError("AccessDenied", "moto's own interface is not part of the sandbox", status=403)
        action = call.form.get("Action") or call.query.get("Action")
        _refuse_unoffered(action)
        caller = self._directory.identify(call)
        call.environ[_ACCOUNT_KEY] = caller.account
        if call.target.startswith("DynamoDB"):
            return self._dynamodb.answer(call, caller.account)
        if call.scope.service == SIGNING_NAME:
            return self._mwaa.answer(call, caller.account)
        if call.scope.service == EMR_SERVERLESS:
            return self._emr_serverless.answer(call, caller.account)
        if call.scope.service == CLOUDFORMATION:
            return self._cloudformation.answer(call, caller.account)
        if action == "AssumeRole":
            _check_trust(call.form or call.query, caller)
        with acting_as(caller, call):
            return self._moto.answer(call, caller.account)


def _refuse_unoffered(action: str | None) -> None:
    """Refuse by name, before the signature is asked for: federation requests have none."""
    if action in _NOT_OFFERED:
        message = f"the sandbox does not support sts {action}: assume a role instead"
        raise AwsError("NotImplemented", message, status=501)


def _check_trust(fields: Mapping[str, str], caller: Caller) -> None:
    """AssumeRole needs a role that exists and trusts the caller; AWS does not say which of the two failed."""
    arn = fields.get("RoleArn", "")
    message = f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
    refused = AwsError("AccessDenied", message, status=403)
    policy = _trust_policy(arn)
    if policy is None:
        raise refused
    request = trust.Request(
        caller=caller,
        external_id=fields.get("ExternalId"),
        session_name=fields.get("RoleSessionName", ""),
        with_device="SerialNumber" in fields and _CODE.fullmatch(fields.get("TokenCode", "")) is not None,
        tags=_session_tags(fields),
    )
    try:
        allowed = trust.may_assume(policy, request)
    except trust.UnknownConditionError as error:
        message = f"the sandbox cannot evaluate the condition {error} in the trust policy of {arn}"
        raise AwsError("NotImplemented", message, status=501) from error
    if not allowed:
        raise refused


def _session_tags(fields: Mapping[str, str]) -> dict[str, str]:
    names = {field.removesuffix(".Key"): value for field, value in fields.items() if _TAG.fullmatch(field)}
    return {name: fields.get(f"{member}.Value", "") for member, name in names.items()}


def _trust_policy(arn: str) -> Mapping[str, Any] | None:
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""  # noqa: PLR2004 - arn:aws:iam::ACCOUNT:role/NAME
    if account not in list(iam_backends):
        return None
    roles = iam_backends[account][PARTITION].roles.values()
    role = next((one for one in roles if one.arn == arn), None)
    return None if role is None else json.loads(role.assume_role_policy_document)


def _strip_impersonation(environ: Environ) -> None:
    """Drop headers by which a client could choose its account."""
    for name in [name for name in environ if name.startswith("HTTP_X_MOTO_")]:
        del environ[name]


def _healthy() -> Answer:
    return Answer.of(200, b'{"status": "ok"}\n', [("Content-Type", "application/json")])


def _malformed(reason: str) -> Answer:
    body = json.dumps({"__type": "IncompleteSignature", "message": reason}).encode()
    headers = [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-ErrorType", "IncompleteSignature")]
    return Answer.of(400, body, headers)


def _send(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    start_response(f"{answer.status} {'OK' if answer.status < 400 else 'Error'}", list(answer.headers))  # noqa: PLR2004 - HTTP
    return [answer.body]


def _log_line(call: Call, answer: Answer, seconds: float) -> str:
    account = call.environ.get(_ACCOUNT_KEY, "-")
    return f"{answer.status} {account} {call.scope.service} {call.action} {seconds * 1000:.0f} ms"
