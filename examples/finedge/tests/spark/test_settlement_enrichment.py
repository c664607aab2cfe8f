"""Settlement enrichment: three file formats become exact, typed lines, and none vanishes."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from settlement_enrichment.main import Arguments, UnreadableLinesError, parse, run
from settlement_enrichment.transforms import LINE_COLUMNS

DAY = date(2026, 3, 6)
VISA = "74000000000000000000001,1001,05,20260304,20260306,1250,EUR,31\n"
MASTERCARD = "MC-0001|1002|205|260304|260306|840|000000000199|000000000004\n"
AMEX = "AX-9; 1003 ;D;2026-03-04;2026-03-06;1,234.50;gbp;12.30\n"


def deliver(folder: Path, *, visa: str = VISA, mastercard: str = MASTERCARD, amex: str = AMEX) -> Arguments:
    """Put a file of each network where the job reads."""
    for network, text in {"visa": visa, "mastercard": mastercard, "amex": amex}.items():
        target = folder / "in" / f"network={network}" / f"date={DAY}"
        target.mkdir(parents=True, exist_ok=True)
        (target / "clearing.txt").write_text(text)
    return Arguments(input=f"{folder}/in", output=f"{folder}/out", rejected=f"{folder}/bad", date=DAY)


AMOUNTS = {  # minor units, currency, what they are
    "cent": ("1", "EUR", "0.01"),
    "beyond_float": ("9007199254740993", "EUR", "90071992547409.93"),  # 2**53 + 1
    "no_minor_unit": ("1500", "JPY", "1500.00"),
    "nothing": ("0", "USD", "0.00"),
}
CREDITS = ["signed;1003;CR;{day};{day};-15.00;EUR;0.00\n", "plain;1003;C;{day};{day};15.00;EUR;0.00\n"]


@pytest.fixture(scope="module")
def arguments(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Arguments:
    """The job has run twice over files that hold every readable case."""
    amounts = "".join(
        f"{name},1001,05,20260304,20260306,{minor},{currency},0\n"
        for name, (minor, currency, _) in AMOUNTS.items()
    )
    credits_ = "".join(line.format(day=DAY) for line in CREDITS)
    delivered = deliver(tmp_path_factory.mktemp("clearing"), visa=VISA + VISA + amounts, amex=AMEX + credits_)
    assert run(spark, delivered) == run(spark, delivered) == 3 + len(AMOUNTS) + len(CREDITS)
    return delivered


@pytest.fixture(scope="module")
def written(spark: SparkSession, arguments: Arguments) -> dict[str, tuple[object, ...]]:
    """What was written, by reference."""
    rows = spark.read.parquet(f"{arguments.output}/date={DAY}").collect()
    found = {row.network_reference: tuple(row[name] for name in LINE_COLUMNS) for row in rows}
    assert len(found) == len(rows), "a repeated line or a second run left a second row"
    return found


def test_each_network_becomes_the_same_columns(written: dict[str, tuple[object, ...]]) -> None:
    traded, settled = date(2026, 3, 4), date(2026, 3, 6)
    assert {name: written[name] for name in ("74000000000000000000001", "MC-0001", "AX-9")} == {
        "74000000000000000000001": (
            "visa", "74000000000000000000001", 1001, "sale", traded, settled,
            Decimal("12.50"), Decimal("0.31"), "EUR", DAY,
        ),
        "MC-0001": (
            "mastercard", "MC-0001", 1002, "refund", traded, settled,
            Decimal("-1.99"), Decimal("0.04"), "USD", DAY,
        ),
        "AX-9": (
            "amex", "AX-9", 1003, "sale", traded, settled,
            Decimal("1234.50"), Decimal("12.30"), "GBP", DAY,
        ),
    }  # fmt: skip


def test_amounts_are_exact(written: dict[str, tuple[object, ...]]) -> None:
    expected = {name: Decimal(amount) for name, (_, _, amount) in AMOUNTS.items()}
    assert {name: written[name][6] for name in AMOUNTS} == expected


def test_a_credit_is_negative_whether_the_network_signs_it_or_not(
    written: dict[str, tuple[object, ...]],
) -> None:
    for name in ("signed", "plain"):
        assert written[name][3] == "refund"
        assert written[name][6] == Decimal("-15.00")


def test_unreadable_lines_fail_the_run_and_are_kept(spark: SparkSession, tmp_path: Path) -> None:
    unreadable = [
        "code,1001,07,20260304,20260306,1250,EUR,31",
        "no_minor_units,1001,05,20260304,20260306,12.50,EUR,31",
        "dinar_has_three_digits,1001,05,20260304,20260306,1250,KWD,31",
        "month_13,1001,05,20261304,20260306,1250,EUR,31",
        "cut_short,1001,05,20260304,20260306,1250",
        ",1001,05,20260304,20260306,1250,EUR,31",
        "no_merchant_number,shop,05,20260304,20260306,1250,EUR,31",
    ]
    arguments = deliver(tmp_path, visa=VISA + "\n".join(unreadable) + "\n")
    with pytest.raises(UnreadableLinesError, match=r"7 lines of 2026-03-06 are unreadable: see .*/bad/"):
        run(spark, arguments)
    kept = spark.read.parquet(f"{arguments.rejected}/date={DAY}").collect()
    assert {row.network_reference or "" for row in kept} == {text.partition(",")[0] for text in unreadable}
    assert not Path(arguments.output).exists()


def test_a_network_without_a_file_fails(spark: SparkSession, tmp_path: Path) -> None:
    arguments = deliver(tmp_path)
    (tmp_path / "in" / "network=amex" / f"date={DAY}" / "clearing.txt").unlink()
    (tmp_path / "in" / "network=amex" / f"date={DAY}").rmdir()
    with pytest.raises(Exception, match=r"PATH_NOT_FOUND.*network=amex"):
        run(spark, arguments)


def test_the_command_line_is_read() -> None:
    argv = ["--input", "i", "--output", "o", "--rejected", "r", "--date", "2026-03-06"]
    assert parse(argv) == Arguments(input="i", output="o", rejected="r", date=DAY)
    with pytest.raises(SystemExit):
        parse([*argv[:-1], "yesterday"])
