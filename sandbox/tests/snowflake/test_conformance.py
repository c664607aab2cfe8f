"""Statements with the answers that Snowflake's documentation gives, through the real connector."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import Error

_CASES = Path(__file__).parent / "conformance"


def _cases() -> Iterator[Any]:
    for path in sorted(_CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{path.stem}: {case['case']}")


@pytest.mark.parametrize("case", list(_cases()))
def test_a_case(connection: SnowflakeConnection, case: dict[str, Any]) -> None:
    """Each step in order: rows as text, or the error's number, SQL state and a part of its text."""
    assert case["source"].startswith("https://")
    if case.get("only") == "sandbox" and os.environ.get("SLIPWAY_SNOWFLAKE_ACCOUNT"):
        pytest.skip("says what the sandbox does not do, and a real account does")
    cursor = connection.cursor()
    for step in case["steps"]:
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
