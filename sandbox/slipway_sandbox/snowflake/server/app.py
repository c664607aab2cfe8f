"""The routes of Snowflake's protocol.

Every answer is HTTP 200 with `success`, a code and a message in it, an error of a statement too: drivers
retry what comes as an HTTP error. Source: the requests of snowflake-connector-python (network.py, cursor.py).
"""

import gzip
import json
import logging
import re
import secrets
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from werkzeug.wrappers import Request, Response

from slipway_sandbox.snowflake.account import Account
from slipway_sandbox.snowflake.errors import SnowflakeError, malformed, unsupported
from slipway_sandbox.snowflake.running import Running
from slipway_sandbox.snowflake.server import wire
from slipway_sandbox.snowflake.server.login import open_session
from slipway_sandbox.snowflake.server.opened import Opened, OpenSessions
from slipway_sandbox.snowflake.service import describe, execute, new_query_id, statements_of
from slipway_sandbox.snowflake.session import Session

HEALTH: Final = "/_slipway/health"
_VALID_SECONDS: Final = 3600 * 4
_SERVER_VERSION: Final = "10.0.0"
_T = TypeVar("_T")
_log = logging.getLogger("slipway_sandbox.snowflake")


class Application:
    """The WSGI application.

    Args:
        account: what it serves.

    Attributes:
        sessions: those that are open.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self.sessions = OpenSessions()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer one request."""
        return self._respond(Request(environ))(environ, start_response)

    def close(self) -> None:
        """End every session and write everything down."""
        self.sessions.end_all()
        self._account.close()

    def _respond(self, request: Request) -> Response:
        try:
            return _json(self._routed(request))
        except SnowflakeError as error:
            return _json(_failure(error, new_query_id()))
        except Exception:  # noqa: BLE001 - a fault of our own is told to the driver and to the log
            _log.exception("%s %s", request.method, request.path)
            return _json(
                _failure(SnowflakeError(300002, "XX000", "The sandbox itself failed: see its log."), "")
            )

    def _routed(self, request: Request) -> dict[str, Any]:  # noqa: PLR0911 - one line a route
        match request.path:
            case "/session/v1/login-request":
                return self._login(request)
            case "/queries/v1/query-request":
                return self._query(request)
            case "/session":
                return self._end(request)
            case "/queries/v1/abort-request":
                return self._abort(request)
            case "/session/heartbeat" | "/telemetry/send" | "/telemetry/send/sessionless":
                return {"success": True, "data": None, "code": None, "message": None}
            case path if path == HEALTH:
                return {"success": True}
            case path:
                return self._of_one_query(request, path)

    def _of_one_query(self, request: Request, path: str) -> dict[str, Any]:
        if found := re.fullmatch(r"/queries/([-0-9a-f]+)/result", path):
            return self._result_again(request, found[1])
        if found := re.fullmatch(r"/queries/([-0-9a-f]+)/abort-request", path):
            return self._abort_query(request, found[1])
        if found := re.fullmatch(r"/monitoring/queries/([-0-9a-f]+)", path):
            return self._monitored(request, found[1])
        raise unsupported(f"{request.method} {path}")

    def _login(self, request: Request) -> dict[str, Any]:
        session = open_session(self._account, _field(_body(request), "data", dict), request.args)
        _log.info("login of %s as %s", session.user.name, session.role_name)
        return _success(
            {
                "token": self.sessions.add(session),
                "masterToken": secrets.token_urlsafe(32),
                "validityInSeconds": _VALID_SECONDS,
                "masterValidityInSeconds": _VALID_SECONDS,
                "serverVersion": _SERVER_VERSION,
                "sessionId": session.number,
                "parameters": _parameters(session),
                "sessionInfo": {
                    "databaseName": session.database or None,
                    "schemaName": session.schema or None,
                    "warehouseName": session.warehouse or None,
                    "roleName": session.role_name,
                },
            }
        )

    def _query(self, request: Request) -> dict[str, Any]:
        opened = self._opened(request)
        body = _body(request)
        sql = _field(body, "sqlText", str)
        wanted = _wanted(body)
        statements = statements_of(sql)
        if wanted and wanted != max(1, len(statements)):
            raise SnowflakeError(
                8,
                "0A000",
                f"Actual statement count {len(statements)} did not match the desired statement count "
                f"{wanted}.",
            )

        def run() -> dict[str, Any]:
            opened.session.request = request.args.get("requestId", "")
            rows = wire.bound_values(body.get("bindings"))
            if len(statements) > 1:
                if rows:
                    raise unsupported("bindings of several statements in one call")
                return self._several(opened.session, statements)
            return self._one(opened.session, sql, rows, describe_only=bool(body.get("describeOnly")))

        return opened.once(request.args.get("requestId", ""), run)

    def _one(
        self, session: Session, sql: str, rows: list[list[Any]], *, describe_only: bool
    ) -> dict[str, Any]:
        query_id = new_query_id()
        if describe_only:
            described = describe(session, sql, rows[0] if rows else None)
            return _success(wire.description(described) | _state(session, query_id))
        _log.info("%s %s", query_id, sql)
        try:
            result = execute(session, sql, rows, query_id)
        except SnowflakeError as error:
            _log.info("%s failed: %06d (%s): %s", query_id, error.number, error.sqlstate, error.message)
            return _failure(error, query_id)
        return _success(wire.answer(result) | _state(session, query_id))

    def _several(self, session: Session, statements: list[str]) -> dict[str, Any]:
        ids: list[str] = []
        kinds: list[str] = []
        for sql in statements:
            answered = self._one(session, sql, [], describe_only=False)
            if not answered["success"]:
                return answered
            ids.append(answered["data"]["queryId"])
            kinds.append(str(answered["data"]["statementTypeId"]))
        nothing = {"rowtype": [], "total": 0, "queryResultFormat": "json", "rowset": []}
        several = {"resultIds": ",".join(ids), "resultTypes": ",".join(kinds), "statementTypeId": 0xA000}
        return _success(nothing | several | _state(session, new_query_id()))

    def _result_again(self, request: Request, query_id: str) -> dict[str, Any]:
        session = self._opened(request).session
        result = self._account.history.result(query_id, session.user.id, self._account.clock())
        return _success(wire.answer(result) | _state(session, query_id))

    def _abort(self, request: Request) -> dict[str, Any]:
        """End what a request of the same session runs: what drivers send when their time is over."""
        session = self._opened(request).session
        wanted = str(_body(request).get("requestId", ""))
        return self._ended(lambda each: (each.session, each.request) == (session.number, wanted))

    def _abort_query(self, request: Request, query_id: str) -> dict[str, Any]:
        user = self._opened(request).session.user.id
        return self._ended(lambda each: (each.user, each.query_id) == (user, query_id))

    def _ended(self, chosen: Callable[[Running], bool]) -> dict[str, Any]:
        if not self._account.runs.cancel(chosen):
            raise SnowflakeError(605, "57014", "Identified SQL statement is not currently executing.")
        return _success(None)

    def _monitored(self, request: Request, query_id: str) -> dict[str, Any]:
        user = self._opened(request).session.user.id
        query = self._account.history.find(query_id)
        if query is None or query.user_id != user:
            return _success({"queries": []})
        status = "FAILED_WITH_ERROR" if query.error else "SUCCESS"
        return _success({"queries": [{"id": query_id, "status": status}]})

    def _end(self, request: Request) -> dict[str, Any]:
        if request.args.get("delete"):
            self.sessions.end(request.headers.get("Authorization", ""))
        else:
            self._opened(request)
        return _success(None)

    def _opened(self, request: Request) -> Opened:
        return self.sessions.of(request.headers.get("Authorization", ""))


def _body(request: Request) -> dict[str, Any]:
    data = request.get_data()
    try:
        if request.headers.get("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        parsed = json.loads(data)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise malformed(f"its body is no JSON document ({error})") from error
    if not isinstance(parsed, dict):
        raise malformed("its body is no JSON object")
    return parsed


def _field(body: Mapping[str, Any], name: str, kind: type[_T]) -> _T:
    """A field that the protocol demands."""
    value = body.get(name)
    if not isinstance(value, kind):
        raise malformed(f"'{name}' is missing, or no {kind.__name__}")
    return value


def _wanted(body: Mapping[str, Any]) -> int:
    """How many statements the driver expects; 0 for any number."""
    asked = (body.get("parameters") or {}).get("MULTI_STATEMENT_COUNT", 1)
    if not str(asked).isdecimal():
        raise malformed(f"MULTI_STATEMENT_COUNT is {asked!r}")
    return int(asked)


def _parameters(session: Session) -> list[dict[str, object]]:
    return [
        {"name": "AUTOCOMMIT", "value": session.commits_by_itself},
        {"name": "TIMEZONE", "value": session.parameters["TIMEZONE"]},
        {"name": "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY", "value": 3600},
        {"name": "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", "value": 0},
    ]


def _state(session: Session, query_id: str) -> dict[str, Any]:
    return {
        "parameters": _parameters(session),
        "queryId": query_id,
        "finalDatabaseName": session.database or None,
        "finalSchemaName": session.schema or None,
        "finalWarehouseName": session.warehouse or None,
        "finalRoleName": session.role_name,
    }


def _success(data: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"success": True, "code": None, "message": None, "data": data}


def _failure(error: SnowflakeError, query_id: str) -> dict[str, Any]:
    code = f"{error.number:06d}"
    data = {"errorCode": code, "sqlState": error.sqlstate, "queryId": query_id}
    return {"success": False, "code": code, "message": error.message, "data": data}


def _json(document: Mapping[str, Any]) -> Response:
    return Response(json.dumps(document), content_type="application/json")
