"""Run one Snowflake account: ``python -u -m slipway_sandbox.snowflake --home DIR --port N``."""

import argparse
import logging
import sys
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from slipway_sandbox.snowflake.account import Account, FirstUser
from slipway_sandbox.snowflake.keys import engineers_public_key
from slipway_sandbox.snowflake.place import ENGINEER, FOLDER
from slipway_sandbox.snowflake.server.app import Application

HOST = "127.0.0.1"


class _Handler(WSGIRequestHandler):
    """Keeps connections open, as drivers want them; the application writes its own log."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: a line a statement is enough."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(prog="slipway_sandbox.snowflake", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the sandbox's folder")
    parser.add_argument(
        "--port", type=int, required=True, help="on the loopback interface; 0 takes a free one"
    )
    given = parser.parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    folder = given.home.resolve() / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    first = FirstUser(name=ENGINEER, public_key=engineers_public_key(folder))
    application = Application(Account(folder / "account.duckdb", first))
    server = make_server(HOST, given.port, application, threaded=True, request_handler=_Handler)
    sys.stdout.write(f"http://{HOST}:{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
