"""Money is exact: DuckDB computes what Python's decimals compute by Snowflake's rules."""

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway_sandbox.snowflake.account import FIRST_WAREHOUSE, Account, FirstUser
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind
from slipway_sandbox.snowflake.errors import SnowflakeError
from slipway_sandbox.snowflake.service import execute
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql import numbers
from slipway_sandbox.snowflake.sql.types import SqlType, number


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session in this process: hundreds of statements in a moment."""
    account = Account(tmp_path_factory.mktemp("account") / "a.duckdb", FirstUser(name="ADMIN", public_key=""))
    user = account.catalogue.find(ACCOUNT, ObjectKind.USER, "ADMIN")
    role = account.catalogue.find(ACCOUNT, ObjectKind.ROLE, "ACCOUNTADMIN")
    assert user is not None
    assert role is not None
    opened = Session(account, user, role.id)
    opened.warehouse = FIRST_WAREHOUSE
    yield opened
    opened.close()
    account.close()


def _value(session: Session, sql: str) -> Decimal | None:
    value: Decimal | None = execute(session, sql, None, "q").table.columns[0][0].as_py()
    return value


def _decimals(precision: int, scale: int) -> st.SearchStrategy[Decimal]:
    most = 10**precision - 1
    return st.integers(-most, most).map(lambda units: Decimal(units).scaleb(-scale))


def _rounded(value: Decimal, scale: int) -> Decimal:
    with localcontext() as context:
        context.prec = 80
        return value.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (number(12, 2), number(12, 2)),
        (number(18, 2), number(9, 4)),
        (number(9), number(5, 5)),
        (number(12, 8), number(6)),
    ],
)
def test_quotients(session: Session, left: SqlType, right: SqlType) -> None:
    """Division: the scale of the rule, rounded half away from zero."""
    scale = numbers.quotient(left, right).scale

    @given(_decimals(left.precision, left.scale), _decimals(right.precision, right.scale))
    def judge(upper: Decimal, lower: Decimal) -> None:
        sql = f"SELECT '{upper:f}'::{left.snowflake} / '{lower:f}'::{right.snowflake}"
        if lower == 0:
            with pytest.raises(SnowflakeError, match="Division by zero"):
                _value(session, sql)
            return
        with localcontext() as context:
            context.prec = 80
            assert _value(session, sql) == _rounded(upper / lower, scale)

    judge()


@given(values=st.lists(_decimals(12, 2), min_size=1, max_size=8))
def test_sums_and_averages(session: Session, values: list[Decimal]) -> None:
    """Whatever the order and number of rows."""
    rows = ", ".join(f"('{value:f}'::NUMBER(12,2))" for value in values)
    assert _value(session, f"SELECT SUM(a) FROM (VALUES {rows}) AS t (a)") == sum(values)
    with localcontext() as context:
        context.prec = 80
        mean = sum(values, Decimal(0)) / len(values)
    assert _value(session, f"SELECT AVG(a) FROM (VALUES {rows}) AS t (a)") == _rounded(mean, 8)


@given(left=_decimals(12, 8), right=_decimals(12, 8))
def test_products_beyond_twelve_digits_are_rounded(session: Session, left: Decimal, right: Decimal) -> None:
    """Sixteen digits after the point become twelve."""
    sql = f"SELECT '{left:f}'::NUMBER(12,8) * '{right:f}'::NUMBER(12,8)"
    assert _value(session, sql) == _rounded(left * right, 12)


@pytest.mark.parametrize(
    ("computed", "told"),
    [
        (numbers.sum_of_two(number(12, 2), number(10, 4)), "NUMBER(15,4)"),
        (numbers.product(number(12, 2), number(12, 2)), "NUMBER(24,4)"),
        (numbers.product(number(18, 8), number(18, 8)), "NUMBER(32,12)"),
        (numbers.product(number(38, 2), number(38, 2)), "NUMBER(38,4)"),
        (numbers.quotient(number(12, 2), number(12, 2)), "NUMBER(20,8)"),
        (numbers.quotient(number(38), number(38)), "NUMBER(38,6)"),
        (numbers.quotient(number(20, 15), number(5)), "NUMBER(20,15)"),
        (numbers.total(number(12, 2)), "NUMBER(38,2)"),
        (numbers.average(number(12, 2)), "NUMBER(38,8)"),
        (numbers.rounded(number(12, 4), 2), "NUMBER(13,2)"),
        (numbers.united(number(12, 2), number(5, 4)), "NUMBER(14,4)"),
    ],
)
def test_the_rules_of_types(computed: SqlType, told: str) -> None:
    """Examples of docs.snowflake.com/en/sql-reference/operators-arithmetic, computed by hand."""
    assert computed.snowflake == told


def test_an_average_of_an_average_in_one_query(session: Session) -> None:
    """Expressions inside expressions are made exact from the inside out."""
    sql = """
        WITH t AS (SELECT 1 AS g, 1.00::NUMBER(12,2) AS a UNION ALL SELECT 1, 2 UNION ALL SELECT 2, 5),
             m AS (SELECT g, AVG(a) AS mean FROM t GROUP BY g)
        SELECT AVG(mean) / 3 FROM m WHERE mean > (SELECT AVG(a) / 10 FROM t)
    """
    assert _value(session, sql) == Decimal("1.083333333333")


@given(value=_decimals(14, 4), digits=st.integers(-3, 6))
def test_floor_and_ceil_with_digits(session: Session, value: Decimal, digits: int) -> None:
    """To so many digits, or to so many places before the point; not by way of floating point."""
    step = Decimal(1).scaleb(-min(digits, 4))
    for name, rounding in (("FLOOR", ROUND_FLOOR), ("CEIL", ROUND_CEILING)):
        wanted = (value / step).to_integral_value(rounding) * step
        assert _value(session, f"SELECT {name}('{value:f}'::NUMBER(14,4), {digits})") == wanted


@given(values=st.lists(_decimals(12, 2), min_size=1, max_size=7))
def test_medians(session: Session, values: list[Decimal]) -> None:
    """The middle one, or exactly between the middle two, with three digits more than the values have."""
    rows = ", ".join(f"('{value:f}'::NUMBER(12,2))" for value in values)
    ordered, half = sorted(values), len(values) // 2
    wanted = ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2
    found = _value(session, f"SELECT MEDIAN(a) FROM (VALUES {rows}) AS t (a)")
    assert found == wanted
    assert str(found).partition(".")[2] == f"{wanted:.5f}".partition(".")[2]
    percentile = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a)"
    assert _value(session, f"SELECT {percentile} FROM (VALUES {rows}) AS t (a)") == wanted


@pytest.mark.parametrize(
    ("json", "told"),
    [
        ("0.285", "0.29"),
        ("1.005", "1.01"),
        ("123456789012.345", "123456789012.35"),
        ('"12345678901234567.89"', "12345678901234567.89"),
        ("9007199254740993", "9007199254740993.00"),
        ("1e3", "1000.00"),
        ("true", "1.00"),
        ("null", None),
    ],
)
def test_a_number_in_json(session: Session, json: str, told: str | None) -> None:
    """Cast as it is written, at the top and inside."""
    wanted = None if told is None else Decimal(told)
    assert _value(session, f"SELECT PARSE_JSON('{json}')::NUMBER(38,2)") == wanted
    inside = f"(SELECT PARSE_JSON('{{\"a\": [{json}]}}') AS v)"
    assert _value(session, f"SELECT v:a[0]::NUMBER(38,2) FROM {inside}") == wanted
    flat = f"SELECT f.value::NUMBER(38,2) FROM {inside}, LATERAL FLATTEN(input => v:a) f"
    assert _value(session, flat) == wanted


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT PARSE_JSON('{\"a\": 12345678901234567.89}'):a::NUMBER(38,2)",
        "SELECT PARSE_JSON('{\"a\": 1234567890.1234567}'):a::NUMBER(38,7)",
        "SELECT PARSE_JSON('100000000000000000.01')::NUMBER(38,2)",
        "SELECT FLOOR(a, b) FROM (SELECT 1.25 AS a, 1 AS b)",
        "SELECT TO_CHAR(1234.5, '9,999.00')",
    ],
)
def test_what_would_lose_digits_is_refused_by_name(session: Session, sql: str) -> None:
    """A number in JSON of more digits than floating point has, digits that vary, a format."""
    with pytest.raises(SnowflakeError, match=r"JSON, which may have lost digits|FLOOR of a NUMBER|ToChar"):
        _value(session, sql)
