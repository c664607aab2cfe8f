"""The life of a zero-copy clone on the real engine and a server: made, unchanged, of another source, gone."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.warehouse.clone_statements import named
from slipway.model.expiry import expiry_in
from slipway.model.snowflake_objects import Database, Schema
from tests.golden.urns import HERE, urns
from tests.integration.running_sandbox import RunningSandbox

pytestmark = pytest.mark.integration

PROGRAM = Path(__file__).parents[1] / "programs" / "clone"
LEDGER = Database("LEDGER")


@dataclass(frozen=True, kw_only=True)
class Drill:
    """The program in a folder of its own, and the sandbox that it runs in."""

    sandbox: RunningSandbox
    folder: Path

    def up(self) -> None:
        """Bring it up."""
        self.sandbox.expect("up", *self._quietly(), folder=self.folder)

    def refused(self) -> str:
        """Try to bring it up, and return what the failure says."""
        ended = self.sandbox.pulumi("up", *self._quietly(), folder=self.folder)
        assert ended.returncode != 0
        return ended.stdout + ended.stderr

    def configure(self, key: str, value: str) -> None:
        """Change a setting."""
        self.sandbox.expect("config", "set", f"clone:{key}", value, "-s", "clone", folder=self.folder)

    def rows_of(self, clone: Schema) -> list[str]:
        """Which schema its rows come from."""
        rows = self.sandbox.snowflake(f"SELECT OF_SCHEMA FROM {clone.sql}.POSTINGS")  # noqa: S608 - our own
        return [row["OF_SCHEMA"] for row in rows]

    def schemas(self) -> set[str]:
        """What is in the database."""
        rows = self.sandbox.snowflake("SHOW SCHEMAS IN DATABASE LEDGER")
        return {row["name"] for row in rows} - {"INFORMATION_SCHEMA"}

    @staticmethod
    def _quietly() -> list[str]:
        return ["-s", "clone", "--yes", "--skip-preview", "--suppress-progress"]


@pytest.fixture(scope="module")
def drill(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    """The program, up once; the database that it clones from, with a table that another role reads."""
    sandbox.snowflake(
        "CREATE DATABASE LEDGER",
        "DROP SCHEMA LEDGER.PUBLIC",
        "CREATE ROLE BOOKKEEPER",
        *(statement for schema in ("BOOKS", "ARCHIVE") for statement in _filled(schema)),
    )
    folder = tmp_path_factory.mktemp("clone") / "clone"
    shutil.copytree(PROGRAM, folder)
    made = Drill(sandbox=sandbox, folder=folder)
    sandbox.expect("stack", "init", "clone", folder=folder)
    for key, value in {"organizationName": "FINEDGE", "accountName": "PAYMENTS"}.items():
        sandbox.expect("config", "set", f"snowflake:{key}", value, "-s", "clone", folder=folder)
    made.up()
    yield made
    sandbox.snowflake("DROP DATABASE LEDGER", "DROP ROLE BOOKKEEPER")


def _filled(schema: str) -> list[str]:
    return [
        f"CREATE SCHEMA LEDGER.{schema}",
        f"CREATE TABLE LEDGER.{schema}.POSTINGS AS SELECT '{schema}' AS OF_SCHEMA",
        f"GRANT SELECT ON TABLE LEDGER.{schema}.POSTINGS TO ROLE BOOKKEEPER",
    ]


def _clone_of(source: str) -> Schema:
    found = named(Schema(LEDGER, "DRILL"), Schema(LEDGER, source), None)
    assert isinstance(found, Schema)
    return found


def test_a_clone_belongs_to_its_owner_and_is_read_by_its_readers_alone(drill: Drill) -> None:
    """The source's reader has nothing in the clone, whose mark lets a janitor drop it one day."""
    clone = _clone_of("BOOKS")
    assert drill.schemas() == {"BOOKS", "ARCHIVE", clone.name}
    held = drill.sandbox.snowflake(f"SHOW GRANTS ON TABLE {clone.sql}.POSTINGS")
    assert {(row["privilege"], row["grantee_name"]) for row in held} == {
        ("OWNERSHIP", "CLONE_OWNER"),
        ("SELECT", "CLONE_READER"),
    }
    (row,) = drill.sandbox.snowflake(f"SHOW SCHEMAS LIKE '{clone.name}' IN DATABASE LEDGER")
    assert row["owner"] == "CLONE_OWNER"
    expiry = expiry_in(row["comment"])
    assert expiry is not None
    assert expiry.object == str(clone)


def test_urns_are_those_of_the_golden_file(drill: Drill) -> None:
    """A clone that came under another name would be made anew, and what is in it would be lost."""
    exported = json.loads(drill.sandbox.expect("stack", "export", "-s", "clone", folder=drill.folder))
    assert urns(exported) == (HERE / "urns-clone.txt").read_text(encoding="utf-8").splitlines()


def test_a_second_up_changes_nothing(drill: Drill) -> None:
    """Rows that came to the source since are not a reason to clone it again."""
    drill.sandbox.snowflake("INSERT INTO LEDGER.BOOKS.POSTINGS VALUES ('LATER')")
    quietly = ["-s", "clone", "--refresh", "--expect-no-changes", "--suppress-progress"]
    drill.sandbox.expect("preview", *quietly, folder=drill.folder)
    assert drill.rows_of(_clone_of("BOOKS")) == ["BOOKS"]


def test_a_missing_source_is_refused_and_the_clone_stays(drill: Drill) -> None:
    """One message, from the account itself; nothing is half done."""
    drill.configure("source", "NOWHERE")
    said = drill.refused().partition("Diagnostics:")[2]
    assert said.count("Snowflake refused CREATE SCHEMA") == 1
    assert "Schema 'LEDGER.NOWHERE' does not exist or not authorized" in said
    assert drill.schemas() == {"BOOKS", "ARCHIVE", _clone_of("BOOKS").name}


def test_another_source_is_another_clone_and_what_others_made_stays(drill: Drill) -> None:
    """A name that is taken is refused: the old clone is there still, and the stranger's schema untouched."""
    old, new = _clone_of("BOOKS"), _clone_of("ARCHIVE")
    drill.sandbox.snowflake(f"CREATE SCHEMA {new.sql}", f"CREATE TABLE {new.sql}.STRANGERS (A INT)")
    drill.configure("source", "ARCHIVE")
    assert "already exists" in drill.refused()
    assert drill.schemas() == {"BOOKS", "ARCHIVE", old.name, new.name}
    (table,) = drill.sandbox.snowflake(f"SHOW TABLES IN SCHEMA {new.sql}")
    assert table["name"] == "STRANGERS"
    drill.sandbox.snowflake(f"DROP SCHEMA {new.sql}")
    drill.up()
    assert drill.schemas() == {"BOOKS", "ARCHIVE", new.name}
    assert drill.rows_of(new) == ["ARCHIVE"]


def test_destroyed_it_leaves_its_source_as_it_was(drill: Drill) -> None:
    """The last of the module: the revert drops the clone and nothing else."""
    drill.sandbox.expect(
        "destroy", "-s", "clone", "--yes", "--skip-preview", "--suppress-progress", folder=drill.folder
    )
    assert drill.schemas() == {"BOOKS", "ARCHIVE"}
    held = drill.sandbox.snowflake("SHOW GRANTS ON TABLE LEDGER.ARCHIVE.POSTINGS")
    assert ("SELECT", "BOOKKEEPER") in {(row["privilege"], row["grantee_name"]) for row in held}
