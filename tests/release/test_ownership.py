"""Every file of a workspace is in its place: a part's, the foundation's, or ignored with a reason."""

from pathlib import Path

import pytest

from slipway.model.errors import DefinitionError
from slipway.model.parts import DBT_FOUNDATION, ENTRY_FOUNDATION, PartId
from slipway.release.committed import read_commit
from slipway.release.ownership import Ownership, assign
from tests.doubles.commits import Commits
from tests.doubles.workspace_folder import FILES

EXAMPLE = Path(__file__).parents[2] / "examples" / "finedge"
PROJECT = {
    "dbt/dbt_project.yml": "name: finedge\n",
    "dbt/macros/money.sql": "{% macro cents() %}{% endmacro %}",
}


def _owned(**more: str) -> Ownership:
    commits = Commits()
    commits.commit({**FILES, **PROJECT, **more})
    return assign(read_commit(commits, commits.resolve("HEAD")))


def _owners(ownership: Ownership, path: str) -> list[str]:
    return [str(part) for part, paths in ownership.parts.items() if path in paths]


def test_every_file_of_the_example_is_in_its_place() -> None:
    """None vanishes, none is in two parts but shared code and contracts, none is there by chance."""
    files = {
        str(path.relative_to(EXAMPLE)): path.read_bytes()
        for path in EXAMPLE.rglob("*")
        if path.is_file() and not {"__pycache__", "target", "logs", "spark-warehouse"} & set(path.parts)
    }
    commits = Commits()
    commits.commit(files)
    ownership = assign(read_commit(commits, commits.resolve("HEAD")))
    placed = {path for paths in ownership.parts.values() for path in paths}
    assert placed | set(ownership.ignored) == set(files)
    assert placed.isdisjoint(ownership.ignored)
    assert ownership.strays == ()
    assert ownership.parts[ENTRY_FOUNDATION] == ("slipway.yaml", "team.yaml")
    settlements = ownership.parts[PartId.parse("settlements/dbt")]
    assert "dbt/seeds/fee_schedule.csv" in settlements
    assert "dbt/tests/assert_every_line_is_settled_or_excepted.sql" in settlements
    assert "dbt/tests/generic/holds.sql" in ownership.parts[DBT_FOUNDATION]


def test_an_entry_is_its_file_and_its_contracts() -> None:
    """A contract that two outputs name is in both pipelines' entries."""
    assert _owned().parts[PartId.parse("settlements/entry")] == (
        "catalog/settlements.yaml",
        "contracts/settlements.odcs.yaml",
    )


def test_each_dag_has_its_own_copy_of_what_dags_share() -> None:
    """A later release of another pipeline must not change the code that a running generation imports."""
    ownership = _owned(**{"dags/finedge/dbt.py": "", "dags/.airflowignore": "finedge/.*\n"})
    shared = ("dags/.airflowignore", "dags/finedge/dbt.py")
    assert ownership.parts[PartId.parse("settlements/dag")] == (*shared, "dags/settlements.py")
    assert ownership.parts[PartId.parse("revenue/dag")] == (shared[0], shared[1], "dags/revenue.py")


def test_the_project_without_pipelines_models_is_foundation() -> None:
    """It is what all pipelines' models stand on, and ships on its own."""
    ownership = _owned(**{"dbt/models/_groups.yml": "groups: []\n"})
    assert ownership.parts[DBT_FOUNDATION] == (
        "dbt/dbt_project.yml",
        "dbt/macros/money.sql",
        "dbt/models/_groups.yml",
    )


@pytest.mark.parametrize(
    ("path", "text", "owner"),
    [
        ("dbt/seeds/settlements.csv", "a\n1\n", "settlements/dbt"),
        ("dbt/seeds/countries.csv", "a\n1\n", "platform/dbt"),
        ("dbt/tests/adds_up.sql", "select * from {{ ref('revenue') }}", "revenue/dbt"),
        ("dbt/tests/adds_up.sql", "select * from {{ ref('finedge', \"revenue\") }}", "revenue/dbt"),
        ("dbt/tests/agree.sql", "{{ ref('settlements') }} {{ ref('revenue') }}", "revenue/dbt"),
        ("dbt/tests/generic/holds.sql", "{% test holds(model) %}{% endtest %}", "platform/dbt"),
        ("dbt/macros/revenue.sql", "{{ ref('revenue') }}", "platform/dbt"),
        ("dbt/models/marts/settlements/sub/x.sql", "select 1", "settlements/dbt"),
    ],
)
def test_a_file_of_the_project_and_its_owner(path: str, text: str, owner: str) -> None:
    """Seeds by the output they make, singular tests by the last of the models they read, else nobody's."""
    assert _owners(_owned(**{path: text}), path) == [owner]


def test_the_projects_own_words_for_its_folders_are_followed() -> None:
    """A project may call its seeds data."""
    ownership = _owned(
        **{"dbt/dbt_project.yml": "name: finedge\nseed-paths: [data]\n", "dbt/data/revenue.csv": "a\n"}
    )
    assert _owners(ownership, "dbt/data/revenue.csv") == ["revenue/dbt"]


def test_a_project_that_is_no_yaml_is_refused_by_name() -> None:
    """A guess at its folders would give files to the wrong pipelines."""
    with pytest.raises(DefinitionError, match=r"dbt/dbt_project\.yml is no YAML"):
        _owned(**{"dbt/dbt_project.yml": "name: ["})


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("tests/dbt/test_project.py", "tests run before"),
        ("terraform/main.tf", "layer by layer"),
        ("README.md", "for people"),
        (".github/workflows/ci.yml", "settings of git"),
        ("spark/settlement_enrichment/terraform.tfstate", "secrets"),
    ],
)
def test_what_is_ignored_and_why(path: str, reason: str) -> None:
    """A state file holds secrets, so it is left out even of a part's own folder."""
    ownership = _owned(**{path: ""})
    assert _owners(ownership, path) == []
    assert reason in ownership.ignored[path]


def test_a_file_that_no_rule_knows_travels_with_the_foundation_and_is_named() -> None:
    """Silently leaving it out would let tests pass on what an environment never gets."""
    ownership = _owned(**{"limits/limits.json": "{}"})
    assert ownership.strays == ("limits/limits.json",)
    assert _owners(ownership, "limits/limits.json") == ["platform/entry"]


def test_of_two_folders_the_inner_one_owns() -> None:
    """A pipeline's models may lie below another's."""
    inner = FILES["catalog/revenue.yaml"].replace(
        "dbt: dbt/models/marts/revenue", "dbt: dbt/models/marts/settlements/revenue"
    )
    ownership = _owned(
        **{"catalog/revenue.yaml": inner, "dbt/models/marts/settlements/revenue/revenue.sql": "select 1"}
    )
    assert _owners(ownership, "dbt/models/marts/settlements/revenue/revenue.sql") == ["revenue/dbt"]
    assert _owners(ownership, "dbt/models/marts/settlements/settlements.sql") == ["settlements/dbt"]
