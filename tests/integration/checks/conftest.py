"""FinEdge's workspace in a repository, and its dev environment built once by dbt on a sandbox Snowflake."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.check.finedge import DATABASE, FINEDGE, build_dev, connection_of
from tests.doubles.git_repository import GitRepository
from tests.integration.warehouse.account import RunningAccount, running_account


@dataclass(frozen=True, kw_only=True)
class Dev:
    """The dev environment.

    Attributes:
        account: the Snowflake account that it is in.
        variables: how commands reach it.
        manifest: what dbt understood of the project.
    """

    account: RunningAccount
    variables: dict[str, str]
    manifest: Path

    def databases(self) -> set[str]:
        """Names of the account's databases."""
        return {str(row[0]) for row in self.ask("SELECT DATABASE_NAME FROM INFORMATION_SCHEMA.DATABASES")}

    def ask(self, query: str) -> tuple[tuple[object, ...], ...]:
        """Run a statement in the dev database."""
        session = self.account.warehouse()
        try:
            session.run(f"USE DATABASE {DATABASE}", subject="test")
            return session.run(query, subject="test").rows
        finally:
            session.close()


@pytest.fixture(scope="session")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """FINEDGE_DEV with a day of payments, built from the project as it is committed."""
    with running_account(tmp_path_factory.mktemp("account")) as account:
        variables = connection_of(account.settings)
        session = account.warehouse()
        target = tmp_path_factory.mktemp("target")
        build_dev(session, variables, target)
        session.close()
        yield Dev(account=account, variables=variables, manifest=target / "manifest.json")


@pytest.fixture
def finedge(tmp_path: Path) -> GitRepository:
    """A clone of the data team's repository, on a branch that has no change yet."""
    made = GitRepository.begun(tmp_path / "repository", "data")
    shutil.copytree(FINEDGE, made.workspace, dirs_exist_ok=True)
    made.commit("main")
    made.git("switch", "--quiet", "--create", "change")
    return made
