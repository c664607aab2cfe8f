"""The edge of the process: methods by their names in the protocol, cancellation, deadlines, errors.

A method is a plain function from a request to a response; everything it raises becomes a status with one
sentence. Not owned: what the methods do (servicer.py).
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import any_pb2, empty_pb2

from slipway_sandbox.provider import faults
from slipway_sandbox.provider.resources import BrokenResourceError
from slipway_sandbox.provider.stubs import plugin_pb2, provider_pb2, status_pb2
from slipway_sandbox.provider.values import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Method = Callable[[Any], Any]

SERVICE = "pulumirpc.ResourceProvider"
REQUESTS: Mapping[str, Any] = {
    "Handshake": provider_pb2.ProviderHandshakeRequest,
    "Attach": plugin_pb2.PluginAttach,
    "GetPluginInfo": empty_pb2.Empty,
    "GetSchema": provider_pb2.GetSchemaRequest,
    "GetMapping": provider_pb2.GetMappingRequest,
    "GetMappings": provider_pb2.GetMappingsRequest,
    "CheckConfig": provider_pb2.CheckRequest,
    "DiffConfig": provider_pb2.DiffRequest,
    "Configure": provider_pb2.ConfigureRequest,
    "Invoke": provider_pb2.InvokeRequest,
    "Check": provider_pb2.CheckRequest,
    "Diff": provider_pb2.DiffRequest,
    "Create": provider_pb2.CreateRequest,
    "Read": provider_pb2.ReadRequest,
    "Update": provider_pb2.UpdateRequest,
    "Delete": provider_pb2.DeleteRequest,
    "Construct": provider_pb2.ConstructRequest,
    "Call": provider_pb2.CallRequest,
    "Cancel": empty_pb2.Empty,
}
"""Every method that is answered, with the message it takes."""
VERBS = {
    "Check": "checking",
    "Diff": "comparing",
    "Create": "creating",
    "Read": "reading",
    "Update": "updating",
    "Delete": "deleting",
}


def handler(methods: Mapping[str, Method]) -> Any:
    """The gRPC handler of the service.

    Args:
        methods: one for each name in REQUESTS but Cancel, which is this module's own.
    """
    cancelled = threading.Event()

    def cancel(_request: Any) -> Any:
        """Let what has begun end, so that the engine learns of it; refuse what has not."""
        cancelled.set()
        return empty_pb2.Empty()

    handlers = {
        name: grpc.unary_unary_rpc_method_handler(
            _answering(name, method, cancelled),
            request_deserializer=REQUESTS[name].FromString,
            response_serializer=lambda message: message.SerializeToString(),
        )
        for name, method in {**methods, "Cancel": cancel}.items()
    }
    return grpc.method_handlers_generic_handler(SERVICE, handlers)


def _answering(name: str, method: Method, cancelled: threading.Event) -> Callable[[Any, Any], Any]:
    def answer(request: Any, context: Any) -> Any:
        try:
            _refuse_after_cancel(name, cancelled)
            return _within(getattr(request, "timeout", 0), lambda: method(request))
        except BrokenResourceError as error:
            _abort_broken(context, error, _doing(name, request))
        except Exception as error:  # noqa: BLE001  the process' edge: every error becomes a status
            context.abort(faults.code(error), faults.sentence(error, _doing(name, request)))

    return answer


def _refuse_after_cancel(name: str, cancelled: threading.Event) -> None:
    if cancelled.is_set() and name != "Cancel":
        raise faults.CancelledByEngineError


def _doing(method: str, request: Any) -> str:
    if method in VERBS:
        token, name = identity(request)
        return f"{VERBS[method]} {faults.labelled(token)} {name}"
    match method:
        case "Invoke":
            return f"asking {request.tok}"
        case "Configure":
            return "connecting to the sandbox"
        case _:
            return f"answering {method}"


def identity(request: Any) -> tuple[str, str]:
    """(type, name) of a request about a resource; old engines give both only inside the URN."""
    parts = request.urn.split("::")
    return request.type or parts[2].rpartition("$")[2], request.name or parts[-1]


def _within(seconds: float, work: Callable[[], Any]) -> Any:
    """The result of ``work``; it goes on in the background when it takes longer than the program allows."""
    if not seconds:
        return work()
    aside = ThreadPoolExecutor(1)
    try:
        return aside.submit(work).result(seconds)
    except Late as error:
        raise TimeoutError(
            f"it took longer than its timeout of {seconds:g} seconds; it may have happened all the same"
        ) from error
    finally:
        aside.shutdown(wait=False)


def _abort_broken(context: Any, error: BrokenResourceError, doing: str) -> None:
    """Tell the engine to keep a resource that exists but is not whole (ErrorResourceInitFailed)."""
    message = faults.sentence(error.cause, doing)
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=error.state.id,
            properties=encode(error.state.outputs),
            inputs=encode(error.inputs),
            reasons=[message],
        )
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, message)
