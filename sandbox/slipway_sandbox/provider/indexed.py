"""What the types of GitHub and Snowflake have in common: their token, which follows from the class's name."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class IndexedType:
    """A materialised type of a package with the one module ``index``; the class is called as the type is.

    Attributes:
        package: the Pulumi package.
        replace_on: inputs whose change forces a replacement.
        autoname: the input that is named automatically.
        defaults: what the server has where the program says nothing.
    """

    package: str
    replace_on: frozenset[str] = frozenset()
    autoname: str | None = None
    defaults: Mapping[str, Any] = MappingProxyType({})

    @property
    def token(self) -> str:
        """The Pulumi type, for example ``snowflake:index/accountRole:AccountRole``."""
        name = type(self).__name__
        return f"{self.package}:index/{name[0].lower()}{name[1:]}:{name}"
