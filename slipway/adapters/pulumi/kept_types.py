"""What SDKs say of their types, kept in files by the version of each SDK.

To ask an SDK is to import whole services of it, which takes longer than to propose an estate.
A version of an SDK never says anything else, so nothing that is kept gets old; a file that cannot be read is
written anew.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from slipway.environment.composition import replace_file
from slipway.ports.resource_types import Argument, ResourceType, ResourceTypes, Shape

_FORMAT: Final = "1"
"""Of the files; another one for whatever is read from SDKs otherwise."""
_PACKAGE: Final = re.compile(r"pulumi_(\w+)")
_RESOURCE: Final = TypeAdapter(ResourceType)
_FIELDS: Final = TypeAdapter(dict[str, Argument])
_Kept = TypeVar("_Kept")


class KeptTypes(ResourceTypes):
    """Types of SDKs that are asked once.

    Args:
        asked: the SDKs.
        folder: of the files; it is made when there is something to keep.
    """

    def __init__(self, asked: ResourceTypes, folder: Path) -> None:
        self._asked = asked
        self._folder = folder

    @cache  # noqa: B019 - there is one object a process
    def version(self, package: str) -> str:
        """Ask the SDK: it is what tells whether something is kept."""
        return self._asked.version(package)

    @cache  # noqa: B019 - same
    def resource(self, path: str) -> ResourceType:
        """Read what is kept of a type, else ask its SDK."""
        return self._kept(path, _RESOURCE, lambda: self._asked.resource(path))

    @cache  # noqa: B019 - same
    def fields(self, shape: Shape) -> Mapping[str, Argument]:
        """Read what is kept of an object, else ask its SDK."""
        return self._kept(shape.name, _FIELDS, lambda: dict(self._asked.fields(shape)))

    def _kept(self, name: str, form: TypeAdapter[_Kept], ask: Callable[[], _Kept]) -> _Kept:
        found = _PACKAGE.match(name)
        if found is None:
            return ask()
        package = found[1].replace("_", "-")
        file = self._folder / _FORMAT / f"{package}-{self.version(package)}" / f"{name}.json"
        with suppress(OSError, ValidationError):
            return form.validate_json(file.read_bytes())
        told = ask()
        with suppress(OSError):  # what cannot be kept is asked again
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file, form.dump_json(told).decode())
        return told
