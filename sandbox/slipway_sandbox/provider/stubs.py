"""The message types of Pulumi's provider protocol, without the rest of the `pulumi` package.

`import pulumi` costs 0.5 s a process, and one provider process starts for every provider of a program. The
message modules only need each other, so the packages above them are put in place empty.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def _bare_packages() -> None:
    """Make `pulumi.runtime.proto` importable without running any `__init__` of pulumi's."""
    if "pulumi" in sys.modules:
        return
    spec = importlib.util.find_spec("pulumi")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pulumi is not installed in the sandbox's environment; run `uv sync` there")
    folder = Path(spec.origin).parent
    for name in ("pulumi", "pulumi.runtime", "pulumi.runtime.proto"):
        package = ModuleType(name)
        package.__path__ = [str(folder.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package


_bare_packages()
provider_pb2 = importlib.import_module("pulumi.runtime.proto.provider_pb2")
provider_pb2_grpc = importlib.import_module("pulumi.runtime.proto.provider_pb2_grpc")
plugin_pb2 = importlib.import_module("pulumi.runtime.proto.plugin_pb2")
status_pb2 = importlib.import_module("pulumi.runtime.proto.status_pb2")
