"""A sandbox Snowflake of the tests' own, on a free port, ended by its process id."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from slipway.adapters.snowflake import SnowflakeSettings, SnowflakeWarehouse, snowflake_warehouse
from slipway.adapters.snowflake.session import tell_nobody
from slipway.model.environment import Environment
from slipway.model.query_tag import QueryTag

SANDBOX = Path(__file__).parents[3] / "sandbox"
TAG = QueryTag(environment=Environment.DEV, deployment="d-1", pipeline="settlements", stage="publish")


@dataclass(frozen=True, kw_only=True)
class RunningAccount:
    """An account that answers.

    Attributes:
        process: its server.
        settings: how to reach it.
    """

    process: "subprocess.Popen[str]"
    settings: SnowflakeSettings

    def warehouse(self, tag: QueryTag = TAG, told: Callable[[str], None] = tell_nobody) -> SnowflakeWarehouse:
        """A session of its own."""
        return snowflake_warehouse(self.settings, tag, told)


@contextmanager
def running_account(home: Path, *, port: int = 0) -> Iterator[RunningAccount]:
    """Run an account until the block ends; a folder that was used before has the data of then."""
    home.mkdir(exist_ok=True)
    module = ["-P", "-u", "-m", "slipway_sandbox.snowflake", "--home", str(home), "--port", str(port)]
    command = [str(SANDBOX / ".venv/bin/python"), *module]
    with (
        (home / "log").open("a", encoding="utf-8") as log,
        subprocess.Popen(command, cwd=SANDBOX, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, (home / "log").read_text(encoding="utf-8")
            yield RunningAccount(process=process, settings=_settings(home, int(url.rsplit(":", 1)[1])))
        finally:
            process.kill()
            process.wait()


def _settings(home: Path, port: int) -> SnowflakeSettings:
    return SnowflakeSettings(
        account="sandbox",
        user="PLATFORM_ENGINEER",
        private_key_file=home / "snowflake" / "engineer.p8",
        role="ACCOUNTADMIN",
        host="127.0.0.1",
        port=port,
        protocol="http",
        login_seconds=5,
        patience_seconds=1,
        lock_seconds=20,
    )
