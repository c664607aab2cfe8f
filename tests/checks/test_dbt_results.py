"""A build's results become findings with file and line; nothing that a row holds gets into them."""

import pytest

from slipway.checks.dbt_commands import NodeResult
from slipway.checks.dbt_failures import finding_of
from slipway.checks.dbt_results import Findings
from slipway.checks.properties import line_of
from slipway.lineage.extract.dbt import read_manifest
from slipway.model.evidence import Finding, Severity
from tests.doubles.dbt_manifest import manifest, model, resource

PROPERTIES = """\
models:
  - name: revenue
    description: Revenue.
    columns:
      - name: amount
        description: In currency.
        data_type: varchar(20)
        data_tests:
          - not_null
unit_tests:
  - name: revenue_counts
    model: revenue
"""
SQL = "select\n    merchant_id,\n    amount\nfrom x\n"
STATEMENT = "create or replace table t\nas (\nselect\n    merchant_id,\n    amount\nfrom x\n)"
REVENUE = model("revenue", patch_path="finedge://models/_revenue.yml")
COUNTS = resource("unit_test.finedge.revenue.revenue_counts", "models/_revenue.yml", REVENUE["unique_id"])
NOT_NULL = resource(
    "test.finedge.not_null_revenue_amount",
    "models/_revenue.yml",
    REVENUE["unique_id"],
    attached_node=REVENUE["unique_id"],
    column_name="amount",
)
FILES = {"models/_revenue.yml": PROPERTIES, "models/revenue.sql": SQL}
CONTRACT = """Compilation Error in model revenue (models/revenue.sql)
  This model has an enforced contract that failed.
  | column_name | definition_type | contract_type | mismatch_reason    |
  | ----------- | --------------- | ------------- | ------------------ |
  | AMOUNT      | FIXED           | TEXT          | data type mismatch |
"""


def found(unique_id: str, status: str, message: str, because: str = "") -> list[Finding]:
    """The findings of one result."""
    findings = Findings(
        project=read_manifest(manifest(REVENUE, COUNTS, NOT_NULL), {}),
        folder="dbt/",
        source=lambda path: FILES.get(path, ""),
        statement=lambda path: STATEMENT if path == "models/revenue.sql" else "",
        because=lambda _resource: because,
    )
    return findings.of([NodeResult(unique_id=unique_id, status=status, message=message)])


def test_a_parent_that_is_nowhere_is_named() -> None:
    """Neither the model nor the expectation is wrong, so neither is to be corrected."""
    message = (
        "Compilation Error in unit_test revenue_counts (models/_revenue.yml)\n  Not able to get columns for "
        "unit test 'stg_orders' from relation FINEDGE_CI_1.STAGING.orders because the relation doesn't exist"
    )
    (lacking,) = found(COUNTS["unique_id"], "error", message)
    assert "needs the columns of stg_orders" in lacking.message
    assert "has STAGING.ORDERS" in lacking.message
    assert lacking.remedy.startswith("release what makes stg_orders there first")


@pytest.mark.parametrize("status", ["success", "pass", "skipped", "no-op"])
def test_what_is_well_is_no_finding(status: str) -> None:
    """Skipped nodes are told once, together."""
    assert found(REVENUE["unique_id"], status, "") == []


def test_a_broken_contract_is_found_at_the_column_that_promises() -> None:
    """dbt names the model; the author looks for the line."""
    (only,) = found(REVENUE["unique_id"], "error", CONTRACT)
    assert (only.rule, only.file, only.line) == ("dbt-contract", "dbt/models/_revenue.yml", 7)
    assert only.message == (
        "revenue.amount: the query gives FIXED, the contract says TEXT (data type mismatch)"
    )


def test_a_contract_that_failed_without_a_table_is_found_all_the_same() -> None:
    """A version of dbt may word it otherwise."""
    (only,) = found(REVENUE["unique_id"], "error", "This model has an enforced contract that failed.")
    assert (only.rule, only.file) == ("dbt-model", "dbt/models/revenue.sql")


def test_an_error_of_the_warehouse_is_found_at_the_line_of_the_file() -> None:
    """It names a line of the statement that dbt wrote around the model."""
    message = (
        "Database Error in model revenue (models/revenue.sql)\n  000904 (42000): SQL compilation error: "
        "error line 5 at position 4\n  invalid identifier 'AMOUNT'\n  compiled code at /tmp/x/revenue.sql"
    )
    (only,) = found(REVENUE["unique_id"], "error", message, because="; the change gets there by x")
    assert (only.rule, only.file, only.line) == ("dbt-model", "dbt/models/revenue.sql", 3)
    assert only.message.startswith("revenue: 000904 (42000): SQL compilation error")
    assert only.message.endswith("invalid identifier 'AMOUNT'; the change gets there by x")
    assert "compiled" not in only.message


@pytest.mark.parametrize(("name", "line"), [("X.AMOUNT", 3), ("MERCHANT_ID", 2), ("NOWHERE", 0)])
def test_a_name_that_is_not_there_is_found_where_it_is_used(name: str, line: int) -> None:
    """The warehouse does not always tell a line."""
    message = f"Database Error\n  000904 (42000): SQL compilation error:\n  invalid identifier '{name}'"
    assert [each.line for each in found(REVENUE["unique_id"], "error", message)] == [line]


def test_a_value_of_a_row_is_struck_out() -> None:
    """The finding is kept for years, and may be read by whom the row is not for."""
    message = "Database Error\n  100038 (22018): Numeric value 'DE89 3704 0044 0532' is not recognized"
    (only,) = found(REVENUE["unique_id"], "error", message)
    assert "DE89" not in only.message
    assert "Numeric value '...' is not recognized" in only.message


def test_tests_are_found_where_they_are_written() -> None:
    """A data test at its column, a unit test at its name."""
    (data,) = found(NOT_NULL["unique_id"], "fail", "Got 3 results, configured to fail if != 0")
    assert (data.rule, data.file, data.line) == ("dbt-data-test", "dbt/models/_revenue.yml", 5)
    (unit,) = found(COUNTS["unique_id"], "fail", "actual differs from expected:\n@@,a\n+++,1\n---,2")
    assert (unit.rule, unit.file, unit.line) == ("dbt-unit-test", "dbt/models/_revenue.yml", 11)
    assert unit.message == "revenue_counts: actual differs from expected:; @@,a; +++,1; ---,2"


def test_a_warning_does_not_fail() -> None:
    """`severity: warn` is the author's own word."""
    (only,) = found(NOT_NULL["unique_id"], "warn", "Got 3 results, configured to warn if != 0")
    assert only.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("message", "place"),
    [
        (
            "Compilation Error in model x (models/revenue.sql)\n  unexpected '%'\n    line 23\n  {% if %}",
            ("dbt/models/revenue.sql", 23),
        ),
        (
            "Parsing Error\n  Error reading finedge: _revenue.yml - x\n  Syntax error near line 3",
            ("dbt/models/_revenue.yml", 3),
        ),
        (
            "Compilation Error\n  Model (models/revenue.sql) depends on a node named 'amount' which is gone",
            ("dbt/models/revenue.sql", 3),
        ),
        ("Runtime Error\n  no dbt_project.yml found", ("", 0)),
    ],
)
def test_what_dbt_cannot_read_is_found_in_its_file(message: str, place: tuple[str, int]) -> None:
    """dbt says it in as many ways as it has parsers."""
    finding = finding_of(message, "dbt/", FILES, lambda path: FILES[path])
    assert (finding.file, finding.line) == place
    assert finding.rule == "dbt-parse-error"


@pytest.mark.parametrize(
    ("names", "field", "line"),
    [
        (("revenue",), "", 2),
        (("REVENUE", "Amount"), "", 5),
        (("revenue", "amount"), "data_type", 7),
        (("revenue", "amount"), "quote", 5),
        (("revenue", "nothing"), "data_type", 2),
        (("nothing",), "", 0),
    ],
)
def test_the_nearest_line_that_is_there_is_told(names: tuple[str, ...], field: str, line: int) -> None:
    """Better the model than nothing."""
    assert line_of(PROPERTIES, *names, field=field) == line


@pytest.mark.parametrize("text", ["", "a: [", "- 1", "&a [*a]"])
def test_a_file_that_describes_nothing_has_no_line(text: str) -> None:
    """It may be the very file that is broken."""
    assert line_of(text, "revenue") == 0
