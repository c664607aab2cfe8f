"""What may be called is what answers as Snowflake does: a case for each, and no argument that is left out."""

import re
from pathlib import Path

import pytest
import yaml
from sqlglot.errors import SqlglotError

from slipway_sandbox.snowflake.errors import SnowflakeError
from slipway_sandbox.snowflake.sql.parser import read_text
from slipway_sandbox.snowflake.sql.translate import duckdb_text, translated
from slipway_sandbox.snowflake.sql.vocabulary import FUNCTIONS, REFUSED_BY_NAME

_CASES = Path(__file__).parent / "conformance"
_MOST_ARGUMENTS = 6
_PRECISION = frozenset({"CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"})
"""Their argument is how many digits of a second there are at least: here always six."""

_OF_QUERIES = frozenset({"EXISTS"})
"""Their argument is a query, whose commas are its own."""


def _answered() -> list[str]:
    """The statements of the conformance suite that have an answer."""
    return [
        step["sql"]
        for path in sorted(_CASES.glob("*.yaml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))
        for step in case["steps"]
        if "error" not in step
    ]


_ACTING = {
    "SYSTEM$ABORT_TRANSACTION": "test_aborting.py",
    "SYSTEM$CANCEL_ALL_QUERIES": "test_cancelling.py",
    "SYSTEM$CANCEL_QUERY": "test_cancelling.py",
}
"""Functions that need a second session, and the tests that have one."""


def test_every_function_that_may_be_called_has_an_answer_in_the_suite() -> None:
    """A name is not let through because DuckDB happens to know it."""
    words = set(re.findall(r"[\w$]+", " ".join(_answered()).upper()))
    assert set(FUNCTIONS) - words - REFUSED_BY_NAME == set(_ACTING)
    for name, file in _ACTING.items():
        assert name in (Path(__file__).parent / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - _PRECISION - _OF_QUERIES - REFUSED_BY_NAME))
def test_no_argument_is_left_out(name: str) -> None:
    """Whatever a call may be given is in what DuckDB is told, or the call is refused."""
    for count in range(1, _MOST_ARGUMENTS + 1):
        columns = [f"ARGUMENT_{number}" for number in range(count)]
        try:
            text = duckdb_text(translated(read_text(f"SELECT {name}({', '.join(columns)})")))
        except (SqlglotError, SnowflakeError, NotImplementedError):
            continue
        told = re.sub(r"_fs_\w+", "", text).upper()
        assert [each for each in columns if each not in told] == [], text


@pytest.mark.parametrize("sql", sorted({sql for sql in _answered() if sql.startswith("SELECT")}))
def test_a_query_that_is_written_down_can_be_read_again(sql: str) -> None:
    """Views and defaults are kept as sqlglot writes them."""
    tree = read_text(sql)
    assert read_text(tree.sql(dialect="snowflake")) is not None
