"""How a WSGI server of the sandbox is started: its options, its log, and the address that it tells first."""

import argparse
import logging
import sys
from pathlib import Path
from typing import Any, Final

from werkzeug.serving import WSGIRequestHandler, make_server

_HOST: Final = "127.0.0.1"


def server_options(name: str, text: str | None) -> argparse.ArgumentParser:
    """The options of a server, and a log on standard error.

    Args:
        name: its module.
        text: what it says of itself.
    """
    parser = argparse.ArgumentParser(prog=name, description=text)
    parser.add_argument("--home", type=Path, required=True, help="the sandbox's folder, with founding.json")
    parser.add_argument(
        "--port", type=int, required=True, help="on the loopback interface; 0 takes a free one"
    )
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    return parser


def serve(application: Any, port: int, handler: type[WSGIRequestHandler]) -> None:
    """Serve until the process is ended; the first line on standard output is the address."""
    server = make_server(_HOST, port, application, threaded=True, request_handler=handler)
    sys.stdout.write(f"http://{_HOST}:{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()
