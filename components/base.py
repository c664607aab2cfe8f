"""What every component of the platform has in common: a type token, tags, options for children, outputs."""

from collections.abc import Sequence
from typing import ClassVar

import pulumi

from slipway.model.tags import Tags


class PlatformComponent(pulumi.ComponentResource):
    """A component with a type token of the one grammar `slipway:<module>:<Class>`.

    The token is part of every child's URN: changing it needs an alias, and a golden file of URNs catches the
    change that has none.
    """

    token: ClassVar[str]

    def __init_subclass__(cls, *, token: str) -> None:
        super().__init_subclass__()
        cls.token = token

    def __init__(self, name: str, tags: Tags, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(self.token, name, None, opts)
        self.name = name
        self.tags = tags

    def child(
        self,
        *,
        protect: bool | None = None,
        after: Sequence[pulumi.Resource] = (),
        aliases: Sequence[pulumi.Alias] = (),
    ) -> pulumi.ResourceOptions:
        """Return the options of a child: parented here, and nothing of the caller's own options.

        Args:
            protect: True for what holds state that cannot be made again; its deletion is refused by name.
            after: siblings that have to be there first, though no input says so.
            aliases: what it was before, so that it is moved and not made anew.
        """
        return pulumi.ResourceOptions(
            parent=self,
            protect=protect,
            depends_on=list(after) or None,
            aliases=list(aliases) or None,
        )

    def publish(self, **outputs: pulumi.Input[object]) -> None:
        """Register outputs; the last statement of each constructor (policies on stacks see only these)."""
        self.register_outputs(dict(outputs))
