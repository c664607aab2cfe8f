"""Data audits: what is promised of a candidate is judged and told in every case, never passed over."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from slipway.model.contract import Band, Contract, PromisedColumn
from slipway.model.environment import Environment
from slipway.model.evidence import DataAudit
from slipway.model.snowflake_objects import Column, Table
from slipway.ports.warehouse_results import (
    ColumnSum,
    Fingerprint,
    GroupSums,
    KeyFaults,
    MissingValues,
    TableColumn,
)
from slipway.rollout.audits import Figures, audits
from slipway.rollout.splits import Split, named_sums

URI = "snowflake://FINEDGE.MARTS.REVENUE"
TABLE = Table.of("FINEDGE_DEV", "MARTS", "REVENUE")
ID, AMOUNT, CURRENCY = Column("ID"), Column("AMOUNT"), Column("CURRENCY")
NARROW = Band(below=Decimal("0.1"), above=Decimal("0.1"))


def _print(rows: int, total: str | None = None, *, columns: tuple[Column, ...] = (ID, AMOUNT)) -> Fingerprint:
    """A table whose amounts have a sum; without one they are of a type that has none."""
    sums = () if total is None else (ColumnSum(column=AMOUNT, total=Decimal(total)),)
    return Fingerprint(table=TABLE, columns=columns, rows=rows, hash=0, sums=sums)


def _contract(sums: Band = NARROW, *, amounts: bool = True) -> Contract:
    columns = (
        PromisedColumn(name=ID, type="NUMBER(38,0)", required=True, is_amount=False),
        PromisedColumn(name=AMOUNT, type="", required=True, is_amount=amounts),
    )
    return Contract(path="contracts/revenue.odcs.yaml", columns=columns, key=(ID,), sums=sums)


def _told(candidate: Fingerprint, production: Fingerprint | None, **fields: Any) -> dict[str, DataAudit]:
    """Rows and control sums, by the figure."""
    figures = Figures(
        environment=Environment.DEV,
        table=URI,
        contract=fields.get("contract", _contract()),
        columns=tuple(TableColumn(name=each, type="NUMBER(38,0)", nullable=False) for each in (ID, AMOUNT)),
        key=KeyFaults(repeated=0, incomplete=0),
        candidate=candidate,
        production=production,
    )
    return {each.audit: each for each in audits(figures) if each.audit in {"row-band", "control-sum"}}


def test_a_control_sum_stays_in_its_band() -> None:
    """The limits themselves are allowed."""
    for total, passed in {"100": True, "110": True, "90": True, "110.01": False, "89.99": False}.items():
        assert _told(_print(10, total), _print(10, "100"))["control-sum"].passed is passed


@pytest.mark.parametrize(
    ("candidate", "production", "said"),
    [
        (
            _print(10, "100"),
            _print(10),
            "of dev: it has no NUMBER of that name, and is 100 on",
        ),
        (
            _print(10),
            _print(10, "100"),
            "of the candidate: it has no NUMBER of that name, and is 100 on",
        ),
        (_print(10), _print(10), "of the candidate: it has no NUMBER of that name; keep it a NUMBER"),
        (_print(10), _print(10, columns=(ID,)), "of the candidate: it has no NUMBER of that name; keep it"),
        (_print(10), None, "of the candidate: it has no NUMBER of that name; keep it a NUMBER"),
    ],
)
def test_a_promised_amount_that_has_no_sum_fails_by_name(
    candidate: Fingerprint, production: Fingerprint | None, said: str
) -> None:
    """A FLOAT, a column that was dropped: a control that was not made is none that has passed."""
    told = _told(candidate, production)["control-sum"]
    assert not told.passed
    assert f"{URI}: sum of AMOUNT cannot be read {said}" in told.message


@pytest.mark.parametrize("production", [None, _print(10, columns=(ID, Column("OLD_NAME")))])
def test_an_amount_that_is_new_is_let_in_and_said_so(production: Fingerprint | None) -> None:
    """Also one that was renamed: production has none of that name."""
    told = _told(_print(10, "100"), production)["control-sum"]
    assert told.passed
    assert "is 100, compared with nothing: the column is new in this release" in told.message


def test_the_first_rows_of_an_empty_table_are_let_in_and_said_so() -> None:
    """A part of nothing is nothing: no band of it would ever let a row in."""
    told = _told(_print(10, "100"), _print(0, "0"))
    assert all(each.passed for each in told.values())
    assert told["row-band"].message == f"{URI}: rows is 10, of the first rows: dev has none"
    assert "sum of AMOUNT is 100, of the first rows" in told["control-sum"].message
    assert all(each.passed for each in _told(_print(0, "0"), _print(0, "0")).values())


def test_a_table_that_would_be_emptied_is_refused() -> None:
    """The other way round nothing is first."""
    assert not any(each.passed for each in _told(_print(0, "0"), _print(10, "100")).values())


def test_a_sum_of_zero_has_a_band_that_is_no_part_of_it() -> None:
    """Postings that balance: the message says how to declare how far they may be off."""
    refused = _told(_print(10, "3"), _print(10, "0"))["control-sum"]
    assert not refused.passed
    assert "sum of AMOUNT is 3, 3 more than dev's 0" in refused.message
    assert "say how far it may move with absolute, in the contract's band" in refused.message
    wide = _contract(NARROW.model_copy(update={"absolute": Decimal(5)}))
    for total, passed in (("3", True), ("-5", True), ("5.01", False)):
        told = _told(_print(10, total), _print(10, "0"), contract=wide)["control-sum"]
        assert told.passed is passed
        assert "-10.0 % to +10.0 %, or by 5, is allowed" in told.message


def test_without_promised_amounts_every_exact_column_is_compared() -> None:
    """Where there is no contract; where there is one that names none, none is a control sum."""
    assert not _told(_print(10, "200"), _print(10, "100"), contract=None)["control-sum"].passed
    assert "control-sum" not in _told(_print(10, "200"), _print(10, "100"), contract=_contract(amounts=False))


def _contract_audits(*, nullable: bool, lacking: int | None, type_: str = "NUMBER(18,2)") -> DataAudit:
    """The audit of AMOUNT, which the contract requires."""
    missing = () if lacking is None else (MissingValues(column=AMOUNT, rows=lacking),)
    figures = Figures(
        environment=Environment.DEV,
        table=URI,
        contract=_contract(),
        columns=(
            TableColumn(name=ID, type="NUMBER(38,0)", nullable=False),
            TableColumn(name=AMOUNT, type=type_, nullable=nullable),
        ),
        key=None,
        candidate=replace(_print(10, "100"), missing=missing),
        production=None,
    )
    return next(each for each in audits(figures) if each.audit == "contract" and "AMOUNT" in each.expected)


def test_a_required_column_without_values_fails_by_name_and_number() -> None:
    """No column of a key: nobody else counts it."""
    told = _contract_audits(nullable=True, lacking=3)
    assert not told.passed
    assert told.message == (
        f"{URI} column AMOUNT is NUMBER(18,2), with no value in 3 of 10 rows; contracts/revenue.odcs.yaml "
        "promises any type NOT NULL"
    )


def test_not_null_is_kept_by_the_column_or_by_its_rows() -> None:
    """dbt declares no column NOT NULL where no constraint says so; evidence says which of the two it was."""
    assert _contract_audits(nullable=False, lacking=None).found == "AMOUNT NUMBER(18,2) NOT NULL"
    by_rows = _contract_audits(nullable=True, lacking=0)
    assert by_rows.passed
    assert by_rows.found == "AMOUNT NUMBER(18,2), with no value in 0 of 10 rows"


def test_what_was_not_counted_is_no_proof() -> None:
    """A required column that may lack values, and of which nobody has looked."""
    assert not _contract_audits(nullable=True, lacking=None).passed


def _in_each(
    candidate: dict[str, str], production: dict[str, str] | None, *, rows: int = 10
) -> dict[str, DataAudit]:
    """Control sums by their names."""
    known = Split(
        by=(CURRENCY,),
        candidate=_exact(candidate),
        production=None if production is None else _exact(production),
    )
    figures = Figures(
        environment=Environment.DEV,
        table=URI,
        contract=_contract(),
        columns=(),
        key=None,
        candidate=_print(10, "1"),
        production=None if production is None else _print(rows, "1"),
        splits={AMOUNT: known},
    )
    told = (each for each in audits(figures) if each.audit == "control-sum")
    return {each.message.removeprefix(f"{URI}: ").partition(" is ")[0]: each for each in told}


def _exact(sums: dict[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(total) for name, total in sums.items()}


def test_a_currency_that_doubles_is_found_however_small_a_part_of_all_it_is() -> None:
    """Of all currencies together it would be 5 % more, inside the band."""
    told = _in_each({"in EUR": "9500", "in USD": "1000"}, {"in EUR": "9500", "in USD": "500"})
    assert {name: each.passed for name, each in told.items()} == {
        "sum of AMOUNT in EUR": True,
        "sum of AMOUNT in USD": False,
    }
    assert told["sum of AMOUNT in USD"].message == (
        f"{URI}: sum of AMOUNT in USD is 1,000, +100.0 % against dev's 500; -10.0 % to +10.0 % is allowed"
    )


def test_money_that_changes_its_currency_is_found() -> None:
    """The total is the same to the cent."""
    told = _in_each({"in JPY": "10000"}, {"in EUR": "10000"})
    assert not told["sum of AMOUNT in EUR"].passed
    assert "sum of AMOUNT in EUR is 0, -100.0 % against" in told["sum of AMOUNT in EUR"].message
    assert told["sum of AMOUNT in JPY"].passed
    assert "compared with nothing: dev has no row of it" in told["sum of AMOUNT in JPY"].message


@pytest.mark.parametrize(("production", "rows"), [(None, 10), ({}, 0)])
def test_first_rows_are_told_in_each_currency(production: dict[str, str] | None, rows: int) -> None:
    """There is nothing to compare them with."""
    told = _in_each({"in EUR": "1", "in USD": "2"}, production, rows=rows)
    assert sorted(told) == ["sum of AMOUNT in EUR", "sum of AMOUNT in USD"]
    assert all(each.passed for each in told.values())


def test_tables_without_a_row_are_told_of_too() -> None:
    """An amount that is promised is never passed over in silence."""
    assert list(_in_each({}, {})) == ["sum of AMOUNT"]


def test_only_what_looks_like_a_currency_code_is_told_by_its_value() -> None:
    """Evidence lasts for years and has no row's values in it."""
    groups = [
        GroupSums(values=(value,), sums=(ColumnSum(column=AMOUNT, total=total),))
        for value, total in (
            ("EUR", Decimal(1)),
            ("eur", Decimal(2)),
            ("Ana Silva", Decimal(3)),
            (None, Decimal(4)),
            ("USD", None),
        )
    ]
    assert named_sums(groups, AMOUNT, [CURRENCY], CURRENCY) == {
        "in EUR": Decimal(1),
        "in what is no currency code": Decimal(5),
        "without a currency": Decimal(4),
        "in USD": Decimal(0),
    }


def test_what_a_contract_splits_by_is_named_by_its_codes() -> None:
    """Beside the currency, or without one; what is no short code is told together."""
    country, desk = Column("COUNTRY"), Column("DESK")
    groups = [
        GroupSums(values=values, sums=(ColumnSum(column=AMOUNT, total=Decimal(1)),))
        for values in (("EUR", "DE"), ("EUR", None), ("EUR", "Ana Silva"), ("USD", "Ben Okafor"))
    ]
    assert named_sums(groups, AMOUNT, [CURRENCY, country], CURRENCY) == {
        "in EUR, of COUNTRY DE": Decimal(1),
        "in EUR, without COUNTRY": Decimal(1),
        "in EUR, of a COUNTRY that is no code": Decimal(1),
        "in USD, of a COUNTRY that is no code": Decimal(1),
    }
    (one,) = named_sums([GroupSums(values=("fx-2",), sums=groups[0].sums)], AMOUNT, [desk], None)
    assert one == "of DESK fx-2"


def test_a_sum_that_is_split_into_rows_is_refused_with_what_to_do() -> None:
    """A key is nothing to split by: no band would hold, and nobody would read the audits."""
    (told,) = _in_each({f"of X {at}": "1" for at in range(501)}, {}).values()
    assert not told.passed
    assert "split by CURRENCY it is 501 sums, and 500 are allowed; name columns with fewer" in told.message
