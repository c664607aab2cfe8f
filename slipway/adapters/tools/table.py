"""Which tool is installed where."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path
from types import MappingProxyType
from typing import Final

from slipway.ports.tools import Tool, ToolMissing


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Where a tool is.

    Attributes:
        environment: its virtual environment, relative to the platform's checkout.
        distribution: the package whose version is the tool's.
        command: its program.
    """

    environment: Path
    distribution: str
    command: str

    def program(self, checkout: Path) -> Path:
        """The tool's program."""
        return checkout / self.environment / "bin" / self.command

    def interpreter(self, checkout: Path) -> Path:
        """The Python that has the tool's libraries."""
        return checkout / self.environment / "bin" / "python"

    def version(self, checkout: Path) -> str:
        """The version that the lockfile installed, read without starting anything.

        Raises:
            ToolMissing: it is not installed.
        """
        libraries = [str(path) for path in (checkout / self.environment).glob("lib/python*/site-packages")]
        for found in Distribution.discover(name=self.distribution, path=libraries):
            return found.version
        raise self.missing(checkout)

    def missing(self, checkout: Path) -> ToolMissing:
        """The error of a tool that is not installed."""
        return ToolMissing(
            f"{self.command} is not installed: {checkout / self.environment} lacks it",
            remedy=f"run `make setup` in {checkout}",
        )


def _own(environment: str, distribution: str, command: str) -> Installation:
    folder = Path("toolchain/envs") / environment / ".venv"
    return Installation(environment=folder, distribution=distribution, command=command)


TABLE: Final[Mapping[Tool, Installation]] = MappingProxyType(
    {
        Tool.RUFF: Installation(environment=Path(".venv"), distribution="ruff", command="ruff"),
        Tool.SQLFLUFF: _own("sqlfluff", "sqlfluff", "sqlfluff"),
        Tool.AIRFLOW: _own("airflow", "apache-airflow", "airflow"),
        Tool.DBT: _own("dbt", "dbt-core", "dbt"),
    }
)
"""Every tool."""
