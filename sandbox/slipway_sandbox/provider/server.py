"""Serving the provider: ports, threads, and the end of the process."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc

from slipway_sandbox.provider.protocol import handler
from slipway_sandbox.provider.schema import load
from slipway_sandbox.provider.servicer import Servicer, Tables
from slipway_sandbox.provider.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from slipway_sandbox.provider.contract import Invoke, Materialiser

THREADS = 32
"""The engine asks about four resources a core at once, and a server may keep each waiting."""
MESSAGE_BYTES = 400 * 1024 * 1024
"""The engine's own limit."""
STORE = "provider/store.sqlite"
GRACE_SECONDS = 5.0


def serve(
    package: str,
    home: Path,
    *,
    types: Mapping[str, Materialiser] | None = None,
    invokes: Mapping[str, Invoke] | None = None,
) -> tuple[Any, int]:
    """Start a server on a free port of the loopback interface; (server, port).

    Args:
        package: "aws", "github" or "snowflake".
        home: the sandbox's folder.
        types: the materialised types; the whole table when left out.
        invokes: the data sources; all when left out.

    Raises:
        ProviderFault: there is no schema of that package.
    """
    limits = [
        ("grpc.max_receive_message_length", MESSAGE_BYTES),
        ("grpc.max_send_message_length", MESSAGE_BYTES),
    ]
    server = grpc.server(ThreadPoolExecutor(THREADS), options=limits)
    servicer = Servicer(load(package), home, Store(home / STORE), _tables(package, types, invokes).result)
    server.add_generic_rpc_handlers((handler(servicer.methods()),))
    port: int = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def _tables(
    package: str, types: Mapping[str, Materialiser] | None, invokes: Mapping[str, Invoke] | None
) -> Future[Tables]:
    """The tables, loaded beside the engine's first questions: what they import takes longer than the rest."""

    def load_tables() -> Tables:
        from slipway_sandbox.provider.materialised import INVOKES, MATERIALISED  # noqa: PLC0415  see above

        return Tables(
            _own(package, MATERIALISED if types is None else types),
            _own(package, INVOKES if invokes is None else invokes),
        )

    aside = ThreadPoolExecutor(1)
    try:
        return aside.submit(load_tables)
    finally:
        aside.shutdown(wait=False)


def _own(package: str, table: Mapping[str, Any]) -> dict[str, Any]:
    return {token: entry for token, entry in table.items() if token.startswith(f"{package}:")}
