"""What is called plain is left alone by every transform: else it would be translated by half."""

from pathlib import Path

import pytest
import sqlglot
import yaml
from sqlglot import exp

from slipway_sandbox.snowflake.sql import translate
from slipway_sandbox.snowflake.sql.functions import with_own_functions

_CASES = Path(__file__).parent / "conformance"
_MORE = (
    "SELECT a, -b, (a + b) * 2 / c FROM t AS x WHERE a IN (1, 2) AND NOT b IS NULL OR c = 'x' LIMIT 3",
    "SELECT COUNT(*), MIN(a), MAX(b), AVG(c) FROM (SELECT * FROM t WHERE a <> TRUE) AS q GROUP BY a",
)


def _queries() -> list[str]:
    steps = [
        step["sql"]
        for path in sorted(_CASES.glob("*.yaml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))
        for step in case["steps"]
        if step["sql"].startswith("SELECT") and "error" not in step
    ]
    return [*steps, *_MORE]


def _all_transforms(tree: exp.Expr) -> str:
    own = (translate._number_of_text, translate._counted)
    for transform in own:
        tree = tree.transform(transform, copy=False)
    tree = translate._cased(with_own_functions(tree))
    for transform in translate._TRANSFORMS:
        tree = tree.transform(transform, copy=False)
    return tree.sql(dialect="duckdb")


@pytest.mark.parametrize("sql", _queries())
def test_a_plain_statement_is_translated_the_same_either_way(sql: str) -> None:
    """The short way and the whole way give one text."""
    short = translate.translated(sqlglot.parse_one(sql, read="snowflake")).sql(dialect="duckdb")
    assert short == _all_transforms(sqlglot.parse_one(sql, read="snowflake"))


def test_some_are_plain_and_some_are_not() -> None:
    """The test above would pass if nothing were ever plain."""
    plain = [sql for sql in _queries() if translate.is_plain(sqlglot.parse_one(sql, read="snowflake"))]
    assert len(plain) > len(_MORE)
    assert not translate.is_plain(sqlglot.parse_one("SELECT seq.nextval", read="snowflake"))
    assert not translate.is_plain(sqlglot.parse_one("SELECT PARSE_JSON(a):b FROM t", read="snowflake"))
