"""Which columns are masked, and which tables are held back: everything that nobody has classified."""

import pytest

from slipway.model.contract import Contract, PromisedColumn
from slipway.model.masks import Mask, TableMask, Withheld, rules_digest, table_mask
from slipway.model.pipeline import DataClass
from slipway.model.snowflake_objects import Column
from tests.doubles.promised import promised_column


def promised(
    name: str, data_class: DataClass | None = DataClass.RESTRICTED, currency: str | None = None
) -> PromisedColumn:
    """A column that is masked, unless another class is given."""
    return promised_column(name, data_class, currency)


def contract(*columns: PromisedColumn) -> Contract:
    """A contract of these columns."""
    return Contract(path="contracts/it.odcs.yaml", columns=columns, key=())


def one(type_: str, column: PromisedColumn, *others: PromisedColumn) -> Mask | str:
    """The mask of the first column, or why the table is withheld."""
    columns = [(column.name, type_), *((each.name, "VARCHAR(3)") for each in others)]
    found = table_mask(contract(column, *others), columns)
    return found.columns[0].mask if isinstance(found, TableMask) else found.why


@pytest.mark.parametrize(
    ("type_", "mask"),
    [
        ("VARCHAR(200)", Mask.TEXT),
        ("NUMBER(38,0)", Mask.DIGITS),
        ("DATE", Mask.DAYS),
        ("TIMESTAMP_NTZ", Mask.DAYS),
        ("BOOLEAN", Mask.FALSE),
        ("VARIANT", "there is no mask for C VARIANT"),
        ("FLOAT", "there is no mask for C FLOAT"),
        ("BINARY", "there is no mask for C BINARY"),
    ],
)
def test_each_type_has_its_mask_or_holds_its_table_back(type_: str, mask: Mask | str) -> None:
    """A type that nobody thought of is no reason to hand rows out."""
    assert one(type_, promised("C")) == mask


@pytest.mark.parametrize("data_class", [DataClass.PUBLIC, DataClass.INTERNAL])
def test_what_everybody_may_see_stays(data_class: DataClass) -> None:
    """Of any type."""
    assert one("VARIANT", promised("C", data_class)) == Mask.KEEP


@pytest.mark.parametrize("data_class", [DataClass.CONFIDENTIAL, DataClass.RESTRICTED])
def test_what_is_classified_is_masked(data_class: DataClass) -> None:
    """Both classes."""
    assert one("VARCHAR(3)", promised("C", data_class)) == Mask.TEXT


def test_a_column_that_nobody_classifies_holds_its_table_back() -> None:
    """Neither is it handed out nor guessed at."""
    assert one("VARCHAR(3)", promised("C", None)) == "contracts/it.odcs.yaml does not classify C"


def test_a_column_that_the_contract_does_not_know_holds_its_table_back() -> None:
    """Somebody added it by hand."""
    found = table_mask(contract(promised("C")), [(Column("C"), "DATE"), (Column("NEW"), "DATE")])
    assert found == Withheld(why="contracts/it.odcs.yaml does not classify NEW")


def test_an_amount_keeps_the_sum_of_its_currency_where_that_is_in_the_table() -> None:
    """Else there is no sum to keep."""
    currency = promised("CURRENCY", DataClass.PUBLIC)
    assert one("NUMBER(18,2)", promised("C", currency="CURRENCY"), currency) == Mask.SHARE
    assert one("NUMBER(18,2)", promised("C", currency="CURRENCY")) == Mask.DIGITS


def test_rules_are_told_apart_by_what_they_mask() -> None:
    """Whether they are listed in one order or another."""
    kept = table_mask(contract(promised("C", DataClass.PUBLIC)), [(Column("C"), "DATE")])
    masked = table_mask(contract(promised("C")), [(Column("C"), "DATE")])
    assert rules_digest([("A", kept), ("B", masked)]) == rules_digest([("B", masked), ("A", kept)])
    assert rules_digest([("A", kept)]) != rules_digest([("A", masked)])
