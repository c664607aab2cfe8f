"""What components have in common whose resources were Terraform's: their names, and secrets that stay."""

from collections.abc import Sequence
from typing import ClassVar, Final

import pulumi

from slipway.model.instance_keys import Key, short_key

KEPT_IN_STATE: Final = "kept in Pulumi's state"
"""Stands for a secret that only Pulumi's state has; changes of its property are ignored."""


class WrappedComponent(pulumi.ComponentResource):
    """A module of Terraform's that has become a component.

    Children keep the rest of their names behind this component's: the engine finds them by its aliases, and
    they need none themselves.
    """

    token: ClassVar[str]
    separator: ClassVar[str] = "."

    def __init_subclass__(cls, *, token: str = "") -> None:
        super().__init_subclass__()
        cls.token = token

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(self.token, name, None, opts)
        self.name = name

    def part(self, name: str, key: Key | None = None) -> str:
        """Return the logical name of a child.

        Args:
            name: of the resource, or of the module's call.
            key: of its instance.
        """
        return f"{self.name}{self.separator}{name}{short_key(key)}"

    def child(self, *, kept: Sequence[str] = (), was: pulumi.Alias | None = None) -> pulumi.ResourceOptions:
        """Return the options of a child; it is protected as this component is.

        Args:
            kept: paths to properties whose values only Pulumi's state has.
            was: what it was before, where that is more than this component's own renaming.
        """
        return pulumi.ResourceOptions(
            parent=self, ignore_changes=list(kept) or None, aliases=[was] if was else None
        )


class WrappedLayer(WrappedComponent):
    """A layer: the component around all that was adopted together."""

    separator: ClassVar[str] = "/"
