"""`python -u -m slipway_sandbox.provider --package aws --home DIR`: one process, as the engine starts it.

The first line on stdout is the port. The engine adds its own address as an argument, which is not needed.
"""

from __future__ import annotations

import argparse
import logging
import os
import select
import signal
import socket
import sys
from pathlib import Path

from slipway_sandbox.provider.contract import ProviderFault
from slipway_sandbox.provider.server import GRACE_SECONDS, serve

ORPHAN_CHECK_SECONDS = 1.0
"""How soon a provider notices that its engine was killed: nobody else would end it."""


def main() -> None:
    """Serve until the engine ends the process, or is gone itself."""
    parser = argparse.ArgumentParser(prog="slipway_sandbox.provider")
    parser.add_argument("--package", required=True)
    parser.add_argument("--home", required=True, type=Path)
    options, _ = parser.parse_known_args()
    log = options.home / "logs" / f"provider-{options.package}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(filename=log, level=logging.WARNING, format="%(asctime)s %(message)s")
    engine, ended = os.getppid(), _endings()
    try:
        server, port = serve(options.package, options.home)
    except ProviderFault as fault:
        sys.exit(f"{fault.message} {fault.remedy}".strip())
    print(port, flush=True)  # noqa: T201  the protocol: the engine reads the port from the first line
    while not _readable(ended) and os.getppid() == engine:
        pass
    server.stop(GRACE_SECONDS).wait()


def _endings() -> socket.socket:
    """What becomes readable when the process is told to end.

    Not a threading.Event: a handler that sets one can wait for ever for a lock of the wait it interrupts.
    """
    ended, told = socket.socketpair()
    told.settimeout(0)
    signal.set_wakeup_fd(told.detach())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    return ended


def _readable(ended: socket.socket) -> bool:
    return bool(select.select([ended], [], [], ORPHAN_CHECK_SECONDS)[0])


main()
