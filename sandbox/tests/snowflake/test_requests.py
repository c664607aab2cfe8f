"""A driver that has lost an answer asks again under the same id."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from slipway_sandbox.snowflake.account import FIRST_WAREHOUSE, Account, FirstUser
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind
from slipway_sandbox.snowflake.server.app import Application
from slipway_sandbox.snowflake.session import Session


class _Driver(Client):
    """A client with the token of its session."""

    token = ""

    @property
    def headers(self) -> dict[str, str]:
        """What it sends with each request."""
        return {"Authorization": f'Snowflake Token="{self.token}"'}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[_Driver]:
    """An application with one open session."""
    account = Account(tmp_path / "a.duckdb", FirstUser(name="ADMIN", public_key=""))
    user = account.catalogue.find(ACCOUNT, ObjectKind.USER, "ADMIN")
    role = account.catalogue.find(ACCOUNT, ObjectKind.ROLE, "ACCOUNTADMIN")
    assert user is not None
    assert role is not None
    application = Application(account)
    session = Session(account, user, role.id)
    session.warehouse = FIRST_WAREHOUSE
    driver = _Driver(application)
    driver.token = application.sessions.add(session)
    yield driver
    application.close()


def _ask(client: _Driver, sql: str, request_id: str) -> Any:
    path = f"/queries/v1/query-request?requestId={request_id}"
    return client.post(path, json={"sqlText": sql}, headers=client.headers).get_json()


def test_a_request_that_comes_again_runs_once(client: _Driver) -> None:
    """Else a swap whose answer was lost would be swapped back."""
    _ask(client, "CREATE DATABASE shop", "1")
    _ask(client, "CREATE TABLE t (a INT)", "2")
    first = _ask(client, "INSERT INTO t VALUES (1)", "3")
    assert _ask(client, "INSERT INTO t VALUES (1)", "3") == first
    _ask(client, "INSERT INTO t VALUES (1)", "4")
    counted = _ask(client, "DELETE FROM t", "5")
    assert counted["data"]["rowset"] == [["2"]]


def test_a_session_that_is_not_open_is_told_so(client: _Driver) -> None:
    """With the code on which drivers log in again."""
    answer = client.post("/queries/v1/query-request", json={"sqlText": "SELECT 1"}).get_json()
    assert (answer["success"], answer["code"]) == (False, "390104")


def test_an_unknown_route_is_refused_by_name(client: _Driver) -> None:
    """Never a 404, which drivers read as something else."""
    answer = client.get("/queries/v1/nosuch")
    assert answer.status_code == 200
    assert "GET /queries/v1/nosuch" in answer.get_json()["message"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"no json", "no JSON document"),
        (b"[1]", "no JSON object"),
        (b"{}", "'sqlText' is missing"),
        (b'{"sqlText": 1}', "'sqlText' is missing"),
        (
            b'{"sqlText": "SELECT 1", "parameters": {"MULTI_STATEMENT_COUNT": "many"}}',
            "MULTI_STATEMENT_COUNT",
        ),
        (
            b'{"sqlText": "SELECT ?", "bindings": {"2": {"type": "FIXED", "value": "1"}}}',
            "not numbered from 1",
        ),
        (
            b'{"sqlText": "SELECT ?", "bindings": {"1": {"type": "FIXED", "value": "x"}}}',
            "no value of type FIXED",
        ),
        (b'{"sqlText": "SELECT ?", "bindings": {"1": {"value": "x"}}}', "each with a type"),
        (b'{"sqlText": "SELECT ?", "bindings": {"1": 7}}', "each with a type"),
    ],
)
def test_a_malformed_request_is_told_what_is_wrong(client: _Driver, body: bytes, says: str) -> None:
    """With the status of every answer, and a session that goes on."""
    answer = client.post("/queries/v1/query-request", data=body, headers=client.headers)
    assert answer.status_code == 200
    told = answer.get_json()
    assert (told["success"], told["code"], told["data"]["sqlState"]) == (False, "001008", "22023")
    assert says in told["message"]
    assert _ask(client, "SELECT 1 AS one", "after")["success"]


def test_a_body_that_is_not_what_its_header_says(client: _Driver) -> None:
    """gzip that is none, or ends too early."""
    headers = {"Content-Encoding": "gzip", **client.headers}
    for data in (b"plain", b"\x1f\x8b\x08\x00"):
        answer = client.post("/session/v1/login-request", data=data, headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (200, "001008")
