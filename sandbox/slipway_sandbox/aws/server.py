"""An HTTP server for the front: threads, kept-alive connections, headers as they were sent.

cheroot rather than werkzeug's server, because that one closes the connection after each request.
"""

from collections.abc import Callable, Iterable
from typing import Any

from cheroot.server import HeaderReader, HTTPConnection, HTTPRequest
from cheroot.wsgi import Gateway_10, Server
from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY, environ_key_for_header

WSGIApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_THREADS = 32
_BACKLOG = 512


class _Request(HTTPRequest):
    header_reader = HeaderReader()
    """Keeps names with underscores: S3 metadata keys may have them."""


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request


class _Gateway(Gateway_10):
    """Adds what moto and signatures need: the raw URI, and the spelling of headers with underscores."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override] # the stub says None
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        environ["RAW_URI"] = self.req.uri.decode("latin-1")
        names = [name.decode("latin-1").lower() for name in self.req.inheaders]
        spelled = {environ_key_for_header(name): name for name in names if "_" in name}
        environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = spelled
        return environ


def make_server(application: WSGIApplication, port: int) -> Server:
    """A server on the loopback interface; it serves from ``start()`` to ``stop()``."""
    server = Server(("127.0.0.1", port), application, numthreads=_THREADS, request_queue_size=_BACKLOG)
    server.gateway = _Gateway
    server.ConnectionClass = _Connection
    return server
