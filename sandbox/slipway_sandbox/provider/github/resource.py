"""What every type here has: its token, which follows from the class's name, and the plainest defaults."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class GithubType:
    """A materialised type; the class is called as the type is.

    Attributes:
        replace_on: inputs whose change forces a replacement.
        autoname: the input that is named automatically.
        defaults: what GitHub has where the program says nothing.
    """

    replace_on: frozenset[str] = frozenset()
    autoname: str | None = None
    defaults: Mapping[str, Any] = MappingProxyType({})

    @property
    def token(self) -> str:
        """The Pulumi type, for example ``github:index/teamMembers:TeamMembers``."""
        name = type(self).__name__
        return f"github:index/{name[0].lower()}{name[1:]}:{name}"
