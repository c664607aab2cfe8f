"""The metadata database: migrated once a checkout, copied for each instance.

Migrating takes as long as everything else of a start together. The template has the user of the REST API with
a password that nobody knows; each copy gets its own.
"""

import fcntl
import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from werkzeug.security import generate_password_hash

from slipway_sandbox.airflow.place import INSTALLATION, REST_USER, TOOL
from slipway_sandbox.airflow.settings import DATABASE, basic_variables

TEMPLATES: Final = INSTALLATION / ".slipway" / "airflow"
"""Where templates are kept; `make clean` removes them."""

_HASH: Final = "pbkdf2:sha256:1000"
"""Checked at each REST call; the secret is random, so stretching it would only cost time."""

Run = Callable[[Sequence[str], dict[str, str]], None]
"""Runs an Airflow command to its end."""


def airflow(*arguments: str) -> list[str]:
    """A command of the locked Airflow."""
    return [str(TOOL / ".venv" / "bin" / "airflow"), *arguments]


def copy_database(folder: Path, password: str, run: Run) -> None:
    """Put a migrated database into a folder, with the REST user's password.

    Args:
        folder: AIRFLOW_HOME.
        password: of the REST user, in this copy alone.
        run: used when there is no template yet.
    """
    target = folder / DATABASE
    shutil.copyfile(_template(run), target)
    with closing(sqlite3.connect(target)) as connection, connection:
        connection.execute(
            "UPDATE ab_user SET password = ? WHERE username = ?",
            (generate_password_hash(password, _HASH), REST_USER),
        )


def _template(run: Run) -> Path:
    """The template of the locked Airflow; made when it is not there, by one instance while others wait."""
    digest = hashlib.sha256((TOOL / "uv.lock").read_bytes() + Path(__file__).read_bytes()).hexdigest()
    folder = TEMPLATES / digest[:16]
    folder.mkdir(parents=True, exist_ok=True)
    ready = folder / "template.db"
    with _locked(folder / "lock"):
        if not ready.exists():
            _migrate(folder, run)
            (folder / DATABASE).replace(ready)
    return ready


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _migrate(folder: Path, run: Run) -> None:
    (folder / DATABASE).unlink(missing_ok=True)
    run(airflow("db", "migrate"), basic_variables(folder))
    person = ["--firstname", "MWAA", "--lastname", "front", "--email", f"{REST_USER}@sandbox.invalid"]
    unknown = ["--use-random-password"]
    run(
        airflow("users", "create", "--username", REST_USER, "--role", "Admin", *person, *unknown),
        basic_variables(folder),
    )
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        # Readers never wait for the writer: scheduler, web server and two tasks share one file.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
