"""EMR Serverless' applications of all accounts; moto keeps a third of what they are told, and no tags.

Owned here: applications, their states and tags, in the shapes of the API reference
(https://docs.aws.amazon.com/emr-serverless/latest/APIReference/). Not owned: jobs, which are refused by name.
"""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from slipway_sandbox.aws.faults import AwsError
from slipway_sandbox.aws.wire import Answer, Call

SIGNING_NAME: Final = "emr-serverless"
"""What its requests are signed for."""

_REQUIRED: Final = ("releaseLabel", "type", "clientToken")
_FIXED: Final = frozenset({"name", "type", "tags"})
"""What UpdateApplication does not take."""

_AT_REST: Final = frozenset({"CREATED", "STOPPED"})
_ENGINES: Final = {"SPARK": "Spark", "HIVE": "Hive"}
_ID_BYTES: Final = 8
_DEFAULTS: Final[Mapping[str, Any]] = {
    "architecture": "X86_64",
    "autoStartConfiguration": {"enabled": True},
    "autoStopConfiguration": {"enabled": True, "idleTimeoutMinutes": 15},
    "tags": {},
}


@dataclass(kw_only=True)
class _Application:
    """One application.

    Attributes:
        id: its id.
        account: whose it is.
        region: where it is.
        told: the members that it was created or changed with.
        state: what it says of itself.
        since: when it was created, in seconds of the epoch.
    """

    id: str
    account: str
    region: str
    told: dict[str, Any]
    state: str = "CREATED"
    since: float = field(default_factory=time.time)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:emr-serverless:{self.region}:{self.account}:/applications/{self.id}"

    @property
    def described(self) -> dict[str, Any]:
        """What GetApplication tells."""
        about = {"applicationId": self.id, "arn": self.arn, "state": self.state}
        return {**about, "createdAt": self.since, "updatedAt": self.since, **self.told}


class EmrServerless:
    """The applications of all accounts."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._all: dict[str, _Application] = {}

    def answer(self, call: Call, account: str) -> Answer:
        """Answer a request of a caller of ``account``.

        Raises:
            AwsError: there is no such application in this account, or the operation is not offered.
        """
        kind, _, rest = unquote(call.raw_path).strip("/").partition("/")
        with self._lock:
            if kind == "tags" and rest:
                return self._tags(call, rest.rpartition("/")[2], account)
            if kind == "applications":
                id_, _, verb = rest.partition("/")
                return self._application(call, id_, verb, account)
        raise _unsupported(call)

    def _application(self, call: Call, id_: str, verb: str, account: str) -> Answer:
        match call.method, bool(id_), verb:
            case "POST", False, _:
                return self._created(call, account)
            case "GET", False, _:
                mine = [one.described for one in self._all.values() if one.account == account]
                return _json({"applications": [{"id": each["applicationId"], **each} for each in mine]})
            case "GET", True, "":
                return _json({"application": self._find(id_, account).described})
            case "PATCH", True, "":
                return self._updated(call, self._find(id_, account))
            case "DELETE", True, "":
                del self._all[_at_rest(self._find(id_, account)).id]
                return _json({})
            case "POST", True, "start" | "stop":
                self._find(id_, account).state = "STARTED" if verb == "start" else "STOPPED"
                return _json({})
            case _:
                raise _unsupported(call)

    def _created(self, call: Call, account: str) -> Answer:
        given = _members(call)
        if missing := [member for member in _REQUIRED if not given.get(member)]:
            raise _invalid(f"missing: {', '.join(missing)}")
        engine = _ENGINES.get(str(given["type"]).upper())
        if engine is None:
            raise _invalid(f"type {given['type']} is none of {', '.join(_ENGINES)}")
        told = {**_DEFAULTS, **_without_token(given), "type": engine}
        id_ = f"00{secrets.token_hex(_ID_BYTES)}"
        one = _Application(id=id_, account=account, region=call.scope.region, told=told)
        self._all[id_] = one
        return _json({"applicationId": id_, "name": told.get("name"), "arn": one.arn})

    def _updated(self, call: Call, one: _Application) -> Answer:
        given = _without_token(_members(call))
        if fixed := sorted(_FIXED & given.keys()):
            raise _invalid(f"UpdateApplication does not take {', '.join(fixed)}")
        _at_rest(one).told |= given
        return _json({"application": one.described})

    def _tags(self, call: Call, id_: str, account: str) -> Answer:
        tags = self._find(id_, account).told.setdefault("tags", {})
        match call.method:
            case "GET":
                return _json({"tags": tags})
            case "POST":
                tags.update(_members(call).get("tags") or {})
            case "DELETE":
                for key in [value for name, value in parse_qsl(call.raw_query) if name == "tagKeys"]:
                    tags.pop(key, None)
            case _:
                raise _unsupported(call)
        return _json({})

    def _find(self, id_: str, account: str) -> _Application:
        one = self._all.get(id_)
        if one is None or one.account != account:
            message = f"Application {id_} does not exist"
            raise AwsError("ResourceNotFoundException", message, status=404)
        return one


def _at_rest(one: _Application) -> _Application:
    """An application that may be changed or deleted.

    Raises:
        AwsError: it has started.
    """
    if one.state not in _AT_REST:
        raise _invalid(
            f"Application {one.id} is {one.state}; it has to be one of {', '.join(sorted(_AT_REST))}"
        )
    return one


def _members(call: Call) -> dict[str, Any]:
    try:
        given = json.loads(call.body or b"{}")
    except ValueError as error:
        raise _invalid(f"the request is no JSON: {error}") from error
    if not isinstance(given, dict):
        raise _invalid("the request is no object")
    return given


def _without_token(given: Mapping[str, Any]) -> dict[str, Any]:
    return {member: value for member, value in given.items() if member != "clientToken"}


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)


def _unsupported(call: Call) -> AwsError:
    message = (
        f"the sandbox does not support emr-serverless {call.method} {call.raw_path}: it runs no Spark jobs"
    )
    return AwsError("NotImplemented", message, status=501)


def _json(document: Mapping[str, Any]) -> Answer:
    return Answer.of(200, json.dumps(document).encode(), (("Content-Type", "application/json"),))
