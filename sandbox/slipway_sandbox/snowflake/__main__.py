"""Run one Snowflake account: ``python -u -m slipway_sandbox.snowflake --home DIR --port N``."""

import sys

from werkzeug.serving import WSGIRequestHandler

from slipway_sandbox.serving import serve, server_options
from slipway_sandbox.snowflake.account import Account, FirstUser
from slipway_sandbox.snowflake.keys import engineers_public_key
from slipway_sandbox.snowflake.place import ENGINEER, FOLDER
from slipway_sandbox.snowflake.server.app import Application


class _Handler(WSGIRequestHandler):
    """Keeps connections open, as drivers want them; the application writes its own log."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: a line a statement is enough."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until the process is ended."""
    given = server_options("slipway_sandbox.snowflake", __doc__).parse_args(arguments)
    folder = given.home.resolve() / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    first = FirstUser(name=ENGINEER, public_key=engineers_public_key(folder))
    serve(Application(Account(folder / "account.duckdb", first)), given.port, _Handler)
    return 0


if __name__ == "__main__":
    sys.exit(main())
