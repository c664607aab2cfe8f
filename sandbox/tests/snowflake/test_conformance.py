"""Statements with the answers that Snowflake's documentation gives, through the real connector."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import Error

from tests.snowflake.conftest import ADMINISTRATOR, RUN

_CASES = Path(__file__).parent / "conformance"
_OF_A_RUN = re.compile(r"\bRUN_(?=\w)", re.IGNORECASE)
"""How the cases write the names of what they make in the account."""
_MADE = re.compile(
    rf"CREATE (?:TRANSIENT )?(DATABASE|ROLE|WAREHOUSE|RESOURCE MONITOR) (?:IF NOT EXISTS )?({RUN}_\w+)"
)


def _cases() -> Iterator[Any]:
    for path in sorted(_CASES.glob("*.yaml")):
        for case in yaml.safe_load(_OF_A_RUN.sub(f"{RUN}_", path.read_text(encoding="utf-8"))):
            yield pytest.param(case, id=f"{path.stem}: {case['case']}")


@pytest.mark.parametrize("case", list(_cases()))
def test_a_case(connection: SnowflakeConnection, case: dict[str, Any]) -> None:
    """Each step in order: rows as text, or the error's number, SQL state and a part of its text."""
    assert case["source"].startswith("https://docs.snowflake.com/en/")
    if case.get("only") == "sandbox" and os.environ.get("SLIPWAY_SNOWFLAKE_ACCOUNT"):
        pytest.skip("says what the sandbox does not do, and a real account does")
    with _cleared(connection, case["steps"]):
        _go_through(connection, case["steps"])


@contextmanager
def _cleared(connection: SnowflakeConnection, steps: list[dict[str, Any]]) -> Iterator[None]:
    """Drop what a case has made in the account, whether it got to its end or not."""
    try:
        yield
    finally:
        cursor = connection.cursor()
        cursor.execute("ROLLBACK")
        cursor.execute(f"USE ROLE {ADMINISTRATOR}")
        for step in reversed(steps):
            if made := _MADE.match(step["sql"]):
                cursor.execute(f"DROP {made[1]} IF EXISTS {made[2]}")


def _go_through(connection: SnowflakeConnection, steps: list[dict[str, Any]]) -> None:
    cursor = connection.cursor()
    for step in steps:
        if "error" in step:
            with pytest.raises(Error) as caught:
                cursor.execute(step["sql"])
            assert (caught.value.errno, caught.value.sqlstate) == tuple(step["error"]), step["sql"]
            assert step.get("says", "") in str(caught.value.msg)
            continue
        cursor.execute(step["sql"])
        rows = cursor.fetchall()
        if "rows" in step:
            assert [[_text(value) for value in row] for row in rows] == step["rows"], step["sql"]
        if "columns" in step:
            assert [column.name for column in cursor.description] == step["columns"], step["sql"]


def test_there_are_enough_statements() -> None:
    """Each with its expected answer or error."""
    steps = [step for case in _cases() for step in case.values[0]["steps"]]
    assert sum("rows" in step or "error" in step for step in steps) >= 120


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def test_a_case_that_fails_leaves_nothing_in_the_account(connection: SnowflakeConnection) -> None:
    """What it would have dropped at its end is dropped all the same, as another role too."""
    steps = [
        {"sql": f"CREATE ROLE {RUN}_LEFT"},
        {"sql": f"CREATE WAREHOUSE {RUN}_LEFT INITIALLY_SUSPENDED = TRUE"},
        {"sql": f"GRANT ROLE {RUN}_LEFT TO ROLE {ADMINISTRATOR}"},
        {"sql": f"USE ROLE {RUN}_LEFT"},
        {"sql": "SELECT nothing"},
    ]
    with pytest.raises(Error, match="invalid identifier"), _cleared(connection, steps):
        _go_through(connection, steps)
    for kind in ("ROLES", "WAREHOUSES"):
        cursor = connection.cursor()
        cursor.execute(f"SHOW {kind} LIKE '{RUN}_LEFT'")
        assert cursor.fetchall() == []
