"""Data audits: a candidate beside its contract and beside what runs. Pure: figures in, findings out.

Production is here what people read in the environment at hand; what is said of it names the environment.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from slipway.model.contract import CONTROL_SUM, ROWS, Band, Contract, PromisedColumn
from slipway.model.environment import Environment
from slipway.model.evidence import DataAudit
from slipway.model.snowflake_objects import Column
from slipway.ports.warehouse_results import ColumnSum, Fingerprint, KeyFaults, TableColumn
from slipway.rollout.splits import Split


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What was read of a candidate and of the table whose place it is to take.

    Attributes:
        environment: where both are.
        table: URI of the production table.
        contract: what is promised; None where nothing is.
        columns: the candidate's.
        key: how the candidate breaks the contract's key; None without one.
        candidate: its figures, with how many rows lack a value of what is required.
        production: production's figures; None for a table that is new.
        splits: of each amount, its sums by group, where the table has the columns that it is split by.
    """

    environment: Environment
    table: str
    contract: Contract | None
    columns: tuple[TableColumn, ...]
    key: KeyFaults | None
    candidate: Fingerprint
    production: Fingerprint | None
    splits: Mapping[Column, Split] = field(default_factory=dict)


def audits(figures: Figures) -> tuple[DataAudit, ...]:
    """Judge a candidate: contract, keys, row band, control sums, in this order."""
    return (*_contract(figures), *_keys(figures), *_rows(figures), *_sums(figures))


def _contract(figures: Figures) -> Iterator[DataAudit]:
    if figures.contract is None:
        return
    there = {column.name: column for column in figures.columns}
    missing = {each.column: each.rows for each in figures.candidate.missing}
    for promised in figures.contract.columns:
        yield _column(figures, figures.contract, promised, there.get(promised.name), missing)


def _column(
    figures: Figures,
    contract: Contract,
    promised: PromisedColumn,
    column: TableColumn | None,
    missing: Mapping[Column, int],
) -> DataAudit:
    """What is required is kept by the column, or by the rows: dbt declares no column of a table NOT NULL."""
    name, wanted = promised.name, _shape(promised.type, required=promised.required)
    found = "missing" if column is None else _shape(column.type, required=not column.nullable)
    as_promised = column is not None and promised.type in {"", column.type}
    if promised.required and column is not None and column.nullable:
        lacking = missing.get(name)
        found += "" if lacking is None else f", with no value in {lacking} of {figures.candidate.rows} rows"
        as_promised = as_promised and lacking == 0
    return DataAudit(
        table=figures.table,
        audit="contract",
        passed=as_promised,
        expected=f"{name} {wanted}",
        found=f"{name} {found}",
        message=f"{figures.table} column {name} is {found}; {contract.path} promises {wanted}",
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
    figure = _figure(figures, audit="row-band", name="rows")
    yield figure.first(after) if before == 0 else figure.compared(band, before, after)


def _sums(figures: Figures) -> Iterator[DataAudit]:
    """Every exact column is compared; where a contract names amounts, those and no others.

    An amount that is promised is told of in every case: what cannot be summed must not look as if it held.
    Where the table has what it is split by (its currency, or what the contract says) it is compared in each
    group: sums of several hide one another.
    """
    before = {} if figures.production is None else _totals(figures.production.sums)
    after = _totals(figures.candidate.sums)
    named = figures.contract.amounts if figures.contract is not None else tuple(before)
    for column in named:
        known = figures.splits.get(column)
        if known is None or not (known.candidate or known.production):
            yield _sum(figures, column, before.get(column), after.get(column))
        else:
            yield from _split(figures, column, known)


def _split(figures: Figures, column: Column, known: Split) -> Iterator[DataAudit]:
    """A group that goes is a sum that falls to nothing; one that comes has nothing to be compared with."""
    before = known.production
    groups = sorted({*known.candidate, *(before or {})})
    if len(groups) > _MOST_GROUPS:
        by = ", ".join(known.by)
        yield _figure(figures, audit=_CONTROL_SUM, name=f"sum of {column}").too_many(len(groups), by)
        return
    for group in groups:
        figure = _figure(figures, audit=_CONTROL_SUM, name=f"sum of {column} {group}")
        after = known.candidate.get(group, Decimal(0))
        if before is None:
            yield figure.new(after)
        elif figures.production is not None and figures.production.rows == 0:
            yield figure.first(after)
        elif group not in before:
            yield figure.new_group(after)
        else:
            yield figure.compared(_band(figures), before[group], after)


def _band(figures: Figures) -> Band:
    return CONTROL_SUM if figures.contract is None else figures.contract.sums


def _sum(figures: Figures, column: Column, before: Decimal | None, after: Decimal | None) -> DataAudit:
    figure = _figure(figures, audit=_CONTROL_SUM, name=f"sum of {column}")
    production = figures.production
    if after is None:
        return figure.unreadable("the candidate", before)
    if production is None or column not in production.columns:
        return figure.new(after)
    if before is None:
        return figure.unreadable(figures.environment, after)
    if production.rows == 0:
        return figure.first(after)
    return figure.compared(_band(figures), before, after)


def _totals(sums: Sequence[ColumnSum]) -> dict[Column, Decimal]:
    return {each.column: each.total if each.total is not None else Decimal(0) for each in sums}


@dataclass(frozen=True, kw_only=True)
class _Figure:
    """A figure of a table, and what can be said of it."""

    environment: Environment
    table: str
    audit: str
    name: str

    def compared(self, band: Band, before: Decimal, after: Decimal) -> DataAudit:
        allowed, passed = _allowed(band), band.holds(before, after)
        moved = f"is {_text(after)}, {_moved(before, after)} {self.environment}'s {_text(before)}"
        hint = "" if passed or before or band.absolute else _AROUND_ZERO
        return self._said(
            f"{moved}; {allowed} is allowed{hint}",
            expected=f"{allowed} of {self.environment}'s {_text(before)}",
            found=_text(after),
            passed=passed,
        )

    def first(self, after: Decimal) -> DataAudit:
        """Production's table is empty: there is nothing that it could be compared with."""
        told = f"is {_text(after)}, of the first rows: {self.environment} has none"
        return self._said(told, expected="anything: first rows", found=_text(after), passed=True)

    def new(self, after: Decimal) -> DataAudit:
        """Production has no such column."""
        told = f"is {_text(after)}, compared with nothing: the column is new in this release"
        return self._said(told, expected="anything: a new column", found=_text(after), passed=True)

    def new_group(self, after: Decimal) -> DataAudit:
        """Production has no row of it."""
        told = f"is {_text(after)}, compared with nothing: {self.environment} has no row of it"
        return self._said(told, expected="anything: a new group", found=_text(after), passed=True)

    def too_many(self, groups: int, by: str) -> DataAudit:
        """A sum of each row, or nearly: bands of single rows say nothing, and nobody reads them."""
        told = f"cannot be compared: split by {by} it is {groups} sums, and {_MOST_GROUPS} are allowed"
        return self._said(
            f"{told}; name columns with fewer values in the contract's controlSumBy",
            expected=f"at most {_MOST_GROUPS} sums",
            found=f"{groups} sums",
            passed=False,
        )

    def unreadable(self, side: str, other: Decimal | None) -> DataAudit:
        """One side lacks the column, or has it in a type that has no exact sum."""
        beside = "" if other is None else f", and is {_text(other)} on the other side"
        told = f"cannot be read of {side}: it has no NUMBER of that name{beside}; {_EXACT}"
        return self._said(told, expected="an exact sum on both sides", found="none", passed=False)

    def _said(self, message: str, *, expected: str, found: str, passed: bool) -> DataAudit:
        return DataAudit(
            table=self.table,
            audit=self.audit,
            passed=passed,
            expected=expected,
            found=found,
            message=f"{self.table}: {self.name} {message}",
        )


def _figure(figures: Figures, *, audit: str, name: str) -> _Figure:
    return _Figure(environment=figures.environment, table=figures.table, audit=audit, name=name)


_CONTROL_SUM: Final = "control-sum"
_MOST_GROUPS: Final = 500
_EXACT: Final = "keep it a NUMBER, or promise a NUMBER of a new name in its place"
_AROUND_ZERO: Final = (
    "; around zero a part is nothing: say how far it may move with absolute, in the contract's band"
)


def _allowed(band: Band) -> str:
    parts = f"{_percent(-band.below)} to {_percent(band.above)}"
    return f"{parts}, or by {_text(band.absolute)}," if band.absolute else parts


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
