"""What a change needs follows from what it touches; what nobody explains counts."""

import pytest

from slipway.checks.names import CheckName
from slipway.checks.select import checks_for, impact_of, parts_of
from slipway.lineage.graph import NodeKind
from tests.checks.conftest import Contexts

DBT = {CheckName.DBT_PARSE, CheckName.DBT_UNIT_TESTS, CheckName.DBT_BUILD}


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("docs/notes.md", set()),
        ("dags/revenue.py", {CheckName.RUFF, CheckName.DAG_IMPORT}),
        ("dags/finedge/dbt.py", {CheckName.RUFF, CheckName.DAG_IMPORT}),
        ("spark/settlement_enrichment/main.py", {CheckName.RUFF}),
        ("dbt/models/marts/revenue/revenue.sql", {CheckName.SQLFLUFF, *DBT}),
        ("dbt/models/marts/revenue/_revenue.yml", DBT),
        ("dbt/macros/money.sql", DBT),
        ("dbt/seeds/currencies.csv", DBT),
        (".sqlfluff", {CheckName.SQLFLUFF}),
        ("ruff.toml", {CheckName.RUFF}),
        ("catalog/revenue.yaml", set()),
    ],
)
def test_each_file_needs_the_checks_that_look_at_it(
    context_of: Contexts, path: str, needed: set[CheckName]
) -> None:
    """The catalog is always linted: it takes a tenth of a second, and no run is without a check."""
    assert set(checks_for(context_of({path: "changed"}))) == needed | {CheckName.CATALOG_LINT}


def test_a_deleted_file_is_a_change_too(context_of: Contexts) -> None:
    """There is nothing to lint in it; what built on it may be broken."""
    needed = checks_for(context_of({"dbt/models/marts/revenue/revenue.sql": None}))
    assert set(needed) == {CheckName.CATALOG_LINT, *DBT}


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("dags/revenue.py", {"revenue/dag"}),
        ("dbt/models/marts/revenue/intermediate/int_fee_revenue.sql", {"revenue/dbt"}),
        ("contracts/revenue.odcs.yaml", {"revenue/entry"}),
        ("catalog/revenue.yaml", {"revenue/entry"}),
        ("slipway.yaml", {"platform/entry"}),
        ("team.yaml", {"platform/entry"}),
        ("docs/notes.md", set()),
        ("README.md", set()),
    ],
)
def test_a_file_belongs_to_its_parts(context_of: Contexts, path: str, parts: set[str]) -> None:
    """By the catalog; what people read belongs to none."""
    workspace = context_of({}).workspace
    assert workspace is not None
    assert {str(part) for part in parts_of(workspace, [path])} == parts


@pytest.mark.parametrize(
    ("path", "kind", "count"),
    [
        ("dags/finedge/dbt.py", "dag", 10),
        ("dbt/macros/money.sql", "dbt", 12),
        ("streaming/sinks/kafka.py", "stream", 5),
    ],
)
def test_shared_code_belongs_to_every_part_that_may_use_it(
    context_of: Contexts, path: str, kind: str, count: int
) -> None:
    """Who imports it is not known here, so all of them do."""
    workspace = context_of({}).workspace
    assert workspace is not None
    having = {f"{p.name}/{kind}" for p in workspace.pipelines if any(part.kind == kind for part in p.parts)}
    found = {str(part) for part in parts_of(workspace, [path])}
    assert found == having
    assert len(found) == count


def test_a_dag_touches_what_its_pipeline_produces_and_who_reads_it(context_of: Contexts) -> None:
    """Each with the path that leads there."""
    impact = impact_of(context_of({"dags/revenue.py": "changed"}), None)
    consumers = impact.of_kind(NodeKind.CONSUMER)
    assert [node.name for node in consumers] == ["finance-dashboard"]
    assert [str(step.source) for step in impact.path(consumers[0])] == [
        "part revenue/dag",
        "snowflake://FINEDGE.MARTS.REVENUE",
    ]


def test_a_reader_whom_the_change_itself_removes_is_touched(context_of: Contexts) -> None:
    """Both catalogs count: the regulator does not stop reading because a pull request says so."""
    context = context_of({})
    assert context.workspace is not None
    text = (context.head / "slipway.yaml").read_text(encoding="utf-8")
    head, _, rest = text.partition("  - name: regulator\n")
    silent = head + "".join(rest.splitlines(keepends=True)[2:])
    changed = context_of({"slipway.yaml": silent, "dags/regulatory_report.py": "changed"})
    assert changed.workspace is not None
    assert "regulator" not in {consumer.name for consumer in changed.workspace.consumers}
    assert "regulator" in {node.name for node in impact_of(changed, None).of_kind(NodeKind.CONSUMER)}
