"""Who may open a session, what it begins with, and whose answers it may read again."""

import base64
import hashlib
import threading
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.test import Client

from slipway_sandbox.snowflake.account import Account, FirstUser
from slipway_sandbox.snowflake.server.app import Application

_LOGIN = "/session/v1/login-request"
_KEYS = defaultdict[str, rsa.RSAPrivateKey](lambda: rsa.generate_private_key(65537, 2048))
"""Somebody -> the key pair."""


def _public(owner: str) -> str:
    der = (
        _KEYS[owner]
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return base64.b64encode(der).decode()


def _token(user: str, key: str, without: str = "", **claims: object) -> str:
    """The token that a driver makes for a user with somebody's key."""
    digest = hashlib.sha256(base64.b64decode(_public(key))).digest()
    subject = f"SANDBOX.{user}"
    now = datetime.now(UTC)
    told: dict[str, object] = {
        "sub": subject,
        "iss": f"{subject}.SHA256:{base64.b64encode(digest).decode()}",
        "iat": now,
        "exp": now + timedelta(seconds=60),
    } | claims
    return jwt.encode({k: v for k, v in told.items() if k != without}, _KEYS[key], algorithm="RS256")


@dataclass
class _Server:
    """An application in this process, whose clock a test moves."""

    application: Application
    clock: list[datetime]

    def login(self, user: str = "ADMIN", token: str = "", **parameters: object) -> Any:
        """Ask for a session."""
        data = {
            "LOGIN_NAME": user,
            "AUTHENTICATOR": "SNOWFLAKE_JWT",
            "TOKEN": token or _token(user.upper(), user.upper()),
            "SESSION_PARAMETERS": parameters,
        }
        return Client(self.application).post(_LOGIN, json={"data": data}).get_json()

    def opened(self, user: str = "ADMIN", **parameters: object) -> "_Session":
        """A session of a user."""
        answer = self.login(user, "", **parameters)
        assert answer["success"], answer["message"]
        return _Session(Client(self.application), answer["data"]["token"])


@dataclass
class _Session:
    client: Client
    token: str

    def get(self, path: str, token: str | None = None) -> Any:
        """Ask for a document."""
        return self.client.get(path, headers=self._headers(token)).get_json()

    def ask(self, sql: str, **more: object) -> Any:
        """Run a statement; the whole answer."""
        body = {"sqlText": sql, **more}
        return self.client.post("/queries/v1/query-request", json=body, headers=self._headers()).get_json()

    def run(self, sql: str, **more: object) -> Any:
        """Run a statement; its data."""
        answer = self.ask(sql, **more)
        assert answer["success"], answer["message"]
        return answer["data"]

    def rows(self, sql: str) -> list[list[Any]]:
        """Run a query; its rows."""
        return _rows(self.run(sql))

    def end(self) -> Any:
        """Log out."""
        return self.client.post("/session?delete=true", headers=self._headers()).get_json()

    def _headers(self, token: str | None = None) -> dict[str, str]:
        return {"Authorization": f'Snowflake Token="{self.token if token is None else token}"'}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[_Server]:
    """An account with an administrator, whose name is the name of a key."""
    clock = [datetime.now(UTC)]
    account = Account(
        tmp_path / "a.duckdb", FirstUser(name="ADMIN", public_key=_public("ADMIN")), lambda: clock[0]
    )
    application = Application(account)
    yield _Server(application, clock)
    application.close()


def _rows(data: Any) -> list[list[Any]]:
    """The rows of an answer, which are Arrow's for a query and JSON for all else."""
    if "rowset" in data:
        told: list[list[Any]] = data["rowset"]
        return told
    with pa.ipc.open_stream(base64.b64decode(data["rowsetBase64"])) as stream:
        return [list(row.values()) for row in stream.read_all().to_pylist()]


def _code(answer: Any) -> tuple[bool, str]:
    return answer["success"], answer["code"]


def test_a_user_who_is_disabled_or_dropped_goes_on_in_no_session(server: _Server) -> None:
    """Nor logs in; enabled again, both go on."""
    admin = server.opened()
    admin.run(f"CREATE USER other RSA_PUBLIC_KEY = '{_public('OTHER')}'")
    open_session = server.opened("OTHER")
    open_session.run("SELECT 1")
    admin.run("ALTER USER other SET DISABLED = TRUE")
    assert _code(open_session.ask("SELECT 1")) == (False, "390101")
    assert _code(server.login("OTHER")) == (False, "390101")
    admin.run("ALTER USER other SET DISABLED = FALSE")
    open_session.run("SELECT 1")
    admin.run("DROP USER other")
    assert _code(open_session.ask("SELECT 1")) == (False, "390101")


def test_a_token_that_is_not_the_users_opens_nothing(server: _Server) -> None:
    """Another key, another subject, another issuer, a time that is over, no time at all."""
    server.opened().run(f"CREATE USER other RSA_PUBLIC_KEY = '{_public('OTHER')}'")
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    wrong = {
        "another's key": _token("ADMIN", "OTHER"),
        "another's subject": _token("OTHER", "ADMIN"),
        "another issuer": _token("ADMIN", "ADMIN", iss="SANDBOX.ADMIN.SHA256:none"),
        "expired": _token("ADMIN", "ADMIN", iat=hour_ago, exp=hour_ago + timedelta(seconds=60)),
        **{f"no {claim}": _token("ADMIN", "ADMIN", without=claim) for claim in ("exp", "iat", "iss", "sub")},
        "none": "no.token.atall",
    }
    for what, token in wrong.items():
        assert _code(server.login("ADMIN", token)) == (False, "390144"), what
    assert server.login("ADMIN", _token("ADMIN", "ADMIN"))["success"]


def test_what_a_user_is_set_to_holds_for_its_sessions(server: _Server) -> None:
    """Parameters, another name to log in with, and a day after which it cannot."""
    admin = server.opened()
    admin.run(
        f"CREATE USER worker LOGIN_NAME = 'Batch' RSA_PUBLIC_KEY = '{_public('BATCH')}' DAYS_TO_EXPIRY = 2 "
        "QUERY_TAG = 'nightly' LOCK_TIMEOUT = 7 STATEMENT_TIMEOUT_IN_SECONDS = 60"
    )
    assert _code(server.login("WORKER", _token("WORKER", "BATCH"))) == (False, "390144")
    session = server.opened("batch")
    assert session.rows("SELECT CURRENT_USER()") == [["WORKER"]]
    told = {row[0]: (row[1], row[3]) for row in session.rows("SHOW PARAMETERS")}
    assert told["QUERY_TAG"] == ("nightly", "USER")
    assert told["LOCK_TIMEOUT"] == ("7", "USER")
    session.run("ALTER SESSION SET QUERY_TAG = 'now'")
    session.run("ALTER SESSION UNSET QUERY_TAG")
    tag = {row[0]: row[1] for row in session.rows("SHOW PARAMETERS LIKE 'QUERY_TAG'")}
    assert tag == {"QUERY_TAG": "nightly"}
    server.clock[0] += timedelta(days=2)
    assert _code(server.login("batch")) == (False, "390101")
    admin.run("ALTER USER worker SET DAYS_TO_EXPIRY = 1")
    assert server.login("batch")["success"]
    admin.run("ALTER USER worker UNSET DAYS_TO_EXPIRY")
    server.clock[0] += timedelta(days=300)
    assert server.login("batch")["success"]
    for setting in ("LOCK_TIMEOUT = 'soon'", "DAYS_TO_EXPIRY = 'soon'", "TIMEZONE = 'Europe/Vienna'"):
        assert not admin.ask(f"ALTER USER worker SET {setting}")["success"], setting


def test_a_parameter_of_a_login_is_applied_or_refused(server: _Server) -> None:
    """By name; those by which drivers govern themselves are theirs."""
    refused = server.login(WEEK_START=1)
    assert _code(refused) == (False, "000002")
    assert "SESSION_PARAMETERS WEEK_START" in refused["message"]
    assert _code(server.login(AUTOCOMMIT="perhaps")) == (False, "001008")
    session = server.opened(QUERY_TAG="release", CLIENT_PREFETCH_THREADS=4)
    assert session.rows("SHOW PARAMETERS LIKE 'QUERY_TAG'")[0][1] == "release"


def test_without_autocommit_what_is_written_waits_for_commit(server: _Server) -> None:
    """As the driver's autocommit=False asks for at login, or ALTER SESSION later."""
    other, session = server.opened(), server.opened(AUTOCOMMIT=False)
    for opened in (other, session):
        opened.run("CREATE DATABASE IF NOT EXISTS shop")
        opened.run("USE SCHEMA shop.public")
    other.run("CREATE TABLE t (a INT)")

    def seen() -> Any:
        return other.rows("SELECT COUNT(*) FROM t")

    session.run("INSERT INTO t VALUES (1)")
    session.run("INSERT INTO t VALUES (?)", bindings={"1": {"type": "FIXED", "value": ["2", "3"]}})
    assert seen() == [[0]]
    session.run("ROLLBACK")
    session.run("INSERT INTO t VALUES (1)")
    session.run("COMMIT")
    session.run("DELETE FROM t")
    assert seen() == [[1]]
    session.run("CREATE TABLE u (a INT)")
    assert seen() == [[0]], "a definition commits what is open"
    session.run("ALTER SESSION SET AUTOCOMMIT = TRUE")
    session.run("INSERT INTO t VALUES (1)")
    assert seen() == [[1]]


def test_answers_are_for_the_user_who_asked(server: _Server) -> None:
    """By RESULT_SCAN, by the driver's ways to an answer and to its state; never without a session."""
    admin = server.opened()
    admin.run(f"CREATE USER other DEFAULT_WAREHOUSE = compute_wh RSA_PUBLIC_KEY = '{_public('OTHER')}'")
    asked = admin.run("SELECT 'a secret' AS s")["queryId"]
    other, again = server.opened("OTHER"), server.opened()
    scan = f"SELECT * FROM TABLE(RESULT_SCAN('{asked}'))"
    assert again.rows(scan) == [["a secret"]]
    assert _rows(again.get(f"/queries/{asked}/result")["data"]) == [["a secret"]]
    assert again.get(f"/monitoring/queries/{asked}")["data"]["queries"][0]["status"] == "SUCCESS"
    assert _code(other.ask(scan)) == (False, "000709")
    assert _code(other.get(f"/queries/{asked}/result")) == (False, "000709")
    assert other.get(f"/monitoring/queries/{asked}")["data"]["queries"] == []
    for path in (f"/queries/{asked}/result", f"/monitoring/queries/{asked}"):
        assert _code(other.get(path, token="none")) == (False, "390104")


def test_several_statements_with_values_are_refused(server: _Server) -> None:
    """Their values would be lost."""
    session = server.opened()
    value = {"1": {"type": "FIXED", "value": "1"}}
    several = {"parameters": {"MULTI_STATEMENT_COUNT": 2}, "bindings": value}
    answer = session.ask("SELECT ?; SELECT 2", **several)
    assert _code(answer) == (False, "000002")
    assert "bindings of several statements" in answer["message"]


def test_sessions_that_begin_while_others_end_are_kept(server: _Server) -> None:
    """Each is known by its token until it ends, and never after."""
    token, lost, is_ready = _token("ADMIN", "ADMIN"), [], threading.Barrier(4)

    def begin_and_end() -> None:
        is_ready.wait(30)
        for _ in range(15):
            answer = server.login("ADMIN", token)
            session = _Session(Client(server.application), answer["data"]["token"])
            lost.extend([] if session.ask("SELECT 1")["success"] else [session.token])
            assert session.end()["success"]
            assert _code(session.end()) == (False, "390104")

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(begin_and_end) for _ in range(4)]:
            each.result(60)
    assert lost == []
