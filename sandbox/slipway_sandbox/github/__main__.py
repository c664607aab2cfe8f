"""Run one GitHub: ``python -u -m slipway_sandbox.github --home DIR --port N``."""

import logging
import secrets
import sys
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler

from slipway_sandbox.github.app import Application
from slipway_sandbox.github.forge import ENGINEER, Forge
from slipway_sandbox.serving import serve, server_options
from slipway_sandbox.world import Founding, WorldError

TOKEN_FILE = "github-token"  # noqa: S105  a file's name
_TOKEN_BYTES = 20
_NO_WORLD = 3
_log = logging.getLogger("slipway_sandbox.github")


class _Handler(WSGIRequestHandler):
    """Writes one plain line a request; colours are no use in a log file."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Method, path, status, size."""
        _log.info("%s %s %s %s", self.command, self.path, getattr(code, "value", code), size)


def engineers_token(home: Path) -> str:
    """The token that `up` wrote into the home, or a new one written there."""
    path = home / TOKEN_FILE
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"ghp_{secrets.token_hex(_TOKEN_BYTES)}\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def prepared_forge(home: Path, owner: str) -> Forge:
    """The state in a home, with the engineer's token and the organisation that the engineer owns."""
    forge = Forge(home)
    forge.add_token(engineers_token(home), ENGINEER)
    forge.add_organization(owner, ENGINEER)
    return forge


def main(arguments: list[str] | None = None) -> int:
    """Serve until the process is ended."""
    parser = server_options("slipway_sandbox.github", __doc__)
    given = parser.parse_args(arguments)
    home = given.home.resolve()
    try:
        owner = Founding.load(home).github_owner
    except WorldError as error:
        parser.exit(_NO_WORLD, f"{error.message}\n  remedy: {error.remedy}\n")
    serve(Application(prepared_forge(home, owner)), given.port, _Handler)
    return 0


if __name__ == "__main__":
    sys.exit(main())
