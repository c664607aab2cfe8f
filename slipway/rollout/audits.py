"""Data audits: a candidate beside its contract and beside production. Pure: figures in, findings out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from slipway.model.contract import CONTROL_SUM, ROWS, Band, Contract
from slipway.model.evidence import DataAudit
from slipway.model.snowflake_objects import Column
from slipway.ports.warehouse_results import ColumnSum, Fingerprint, KeyFaults, TableColumn


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What was read of a candidate and of the table whose place it is to take.

    Attributes:
        table: URI of the production table.
        contract: what is promised; None where nothing is.
        columns: the candidate's.
        key: how the candidate breaks the contract's key; None without one.
        candidate: its figures.
        production: production's figures; None for a table that is new.
    """

    table: str
    contract: Contract | None
    columns: tuple[TableColumn, ...]
    key: KeyFaults | None
    candidate: Fingerprint
    production: Fingerprint | None


def audits(figures: Figures) -> tuple[DataAudit, ...]:
    """Judge a candidate: contract, keys, row band, control sums, in this order."""
    return (*_contract(figures), *_keys(figures), *_rows(figures), *_sums(figures))


def _contract(figures: Figures) -> Iterator[DataAudit]:
    if figures.contract is None:
        return
    there = {column.name: column for column in figures.columns}
    for promised in figures.contract.columns:
        column = there.get(promised.name)
        found = "missing" if column is None else _shape(column.type, required=not column.nullable)
        as_promised = column is not None and promised.type in {"", column.type}
        # NOT NULL may be kept by the data alone: the key audit counts what is missing in keys.
        yield DataAudit(
            table=figures.table,
            audit="contract",
            passed=as_promised,
            expected=f"{promised.name} {_shape(promised.type, required=promised.required)}",
            found=f"{promised.name} {found}",
            message=f"{figures.table} column {promised.name} is {found}; {figures.contract.path} promises "
            f"{_shape(promised.type, required=promised.required)}",
        )


def _shape(type_: str, *, required: bool) -> str:
    return f"{type_ or 'any type'}{' NOT NULL' if required else ''}"


def _keys(figures: Figures) -> Iterator[DataAudit]:
    if figures.contract is None or figures.key is None:
        return
    key = ", ".join(figures.contract.key)
    faults = figures.key
    yield DataAudit(
        table=figures.table,
        audit="keys",
        passed=faults == KeyFaults(repeated=0, incomplete=0),
        expected=f"one row for each {key}",
        found=f"{faults.repeated} repeated, {faults.incomplete} incomplete",
        message=f"{figures.table} has {faults.repeated} rows that repeat a value of its key ({key}) and "
        f"{faults.incomplete} that lack a part of it",
    )


def _rows(figures: Figures) -> Iterator[DataAudit]:
    if figures.production is None:
        return
    band = ROWS if figures.contract is None else figures.contract.rows
    before, after = Decimal(figures.production.rows), Decimal(figures.candidate.rows)
    yield _compared(figures.table, "row-band", "rows", band, before, after)


def _sums(figures: Figures) -> Iterator[DataAudit]:
    """Every exact column is compared; where a contract names amounts, those and no others."""
    if figures.production is None:
        return
    band = CONTROL_SUM if figures.contract is None else figures.contract.sums
    before = _totals(figures.production.sums)
    after = _totals(figures.candidate.sums)
    named = figures.contract.amounts if figures.contract is not None else tuple(before)
    for column in named:
        if column in before:
            yield _compared(
                figures.table, "control-sum", f"sum of {column}", band, before[column], after.get(column)
            )


def _totals(sums: Sequence[ColumnSum]) -> dict[Column, Decimal]:
    return {each.column: each.total if each.total is not None else Decimal(0) for each in sums}


def _compared(  # noqa: PLR0917 - one line of a table
    table: str, audit: str, figure: str, band: Band, before: Decimal, after: Decimal | None
) -> DataAudit:
    allowed = f"from {_percent(-band.below)} to {_percent(band.above)} of production's {_text(before)}"
    if after is None:
        return DataAudit(
            table=table,
            audit=audit,
            passed=False,
            expected=allowed,
            found="none",
            message=f"{table}: {figure} cannot be read of the candidate; production has {_text(before)}",
        )
    return DataAudit(
        table=table,
        audit=audit,
        passed=band.holds(before, after),
        expected=allowed,
        found=_text(after),
        message=f"{table}: {figure} is {_text(after)}, {_moved(before, after)} production's {_text(before)}; "
        f"{_percent(-band.below)} to {_percent(band.above)} is allowed",
    )


def _moved(before: Decimal, after: Decimal) -> str:
    if before == after:
        return "the same as"
    if before == 0:
        return f"{_text(after - before)} more than"
    return f"{_percent((after - before) / abs(before))} against"


def _percent(part: Decimal) -> str:
    return f"{part * 100:+.1f} %"


def _text(figure: Decimal) -> str:
    return f"{figure:,f}"
