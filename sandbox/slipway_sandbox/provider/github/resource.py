"""What every type here has: its token, which follows from the class's name, and the plainest defaults."""

from __future__ import annotations


class GithubType:
    """A materialised type; the class is called as the type is.

    Attributes:
        replace_on: inputs whose change forces a replacement.
        autoname: the input that is named automatically.
    """

    replace_on: frozenset[str] = frozenset()
    autoname: str | None = None

    @property
    def token(self) -> str:
        """The Pulumi type, for example ``github:index/teamMembers:TeamMembers``."""
        name = type(self).__name__
        return f"github:index/{name[0].lower()}{name[1:]}:{name}"
