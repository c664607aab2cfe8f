"""Every check, by name. docs/reference/checks.md has a row for each."""

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final


@unique
class CheckName(StrEnum):
    """A check; the order is that of reports."""

    CATALOG_LINT = "catalog-lint"
    RUFF = "ruff"
    SQLFLUFF = "sqlfluff"
    DAG_IMPORT = "dag-import"
    DBT_PARSE = "dbt-parse"
    DBT_UNIT_TESTS = "dbt-unit-tests"
    DBT_BUILD = "dbt-build"


PURPOSES: Final[Mapping[CheckName, str]] = MappingProxyType(
    {
        CheckName.CATALOG_LINT: "the catalog is right as a whole",
        CheckName.RUFF: "changed Python has no errors",
        CheckName.SQLFLUFF: "changed SQL can be parsed and is written as the workspace writes it",
        CheckName.DAG_IMPORT: "Airflow itself imports the DAGs, and they keep the rules",
        CheckName.DBT_PARSE: "dbt understands the project, and nothing that is still read is gone",
        CheckName.DBT_UNIT_TESTS: "unit tests of what changed, and of what rests on it, pass",
        CheckName.DBT_BUILD: "what changed, and what rests on it, can be built and passes its data tests",
    }
)
"""What a passed check says."""
