"""A zero-copy clone of a database or schema that stays until it is taken away; a janitor's are not here.

pulumi_snowflake has no argument for a clone, so the clone is a statement with its revert.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import pulumi
import pulumi_snowflake as snowflake

from components.base import PlatformComponent
from components.warehouse import clone_statements as statements
from components.warehouse.clone_statements import Container
from slipway.model.tags import Tags

_OBJECTS: Final = ("TABLES", "VIEWS")
_NOTHING: Final = "SELECT 1"
"""The revert of a statement that needs none: what it changed goes with the clone."""


@dataclass(frozen=True, kw_only=True)
class ZeroCopyCloneArgs:
    """What is cloned, and whose it is then.

    Attributes:
        source: a database or schema; it has to be there.
        target: what the clone is called, without the ending that `statements.named` gives it.
        purpose: one line.
        owner: the role that the clone and everything in it belongs to.
        readers: roles that may read all of it, under a key that stays when they are renamed. Those of a
            schema's clone use its database already.
        at: the moment that it shows, within the source's retention; None for the moment of its making.
        expires: from when on a janitor may drop it; None for never.
    """

    source: Container
    target: Container
    purpose: str
    owner: pulumi.Input[str]
    tags: Tags
    readers: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    at: datetime | None = None
    expires: datetime | None = None


class ZeroCopyClone(PlatformComponent, token="slipway:warehouse:ZeroCopyClone"):
    """A clone under a name that follows from its source and moment.

    Another source or moment is another name: the new clone is there before the old one goes, and neither
    CREATE nor DROP ever speaks of what somebody else has made. A changed expiry changes the mark only.

    Masking and row access policies are not looked at: Snowflake clones those of a table with it, attached to
    the same policy, or to its clone where that lies in what is cloned. Nothing here compares them with the
    source's, and a policy that asks for the current database or role may answer otherwise in a clone.
    """

    def __init__(
        self, name: str, args: ZeroCopyCloneArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self.clone = statements.named(args.target, args.source, args.at)
        made = self._create_clone(args)
        described = self._create_description(args, made)
        owned = self._create_ownership(args, described)
        self._create_readers(args, owned)
        self.publish(clone=str(self.clone), expires=args.expires.isoformat() if args.expires else "")

    def _create_clone(self, args: ZeroCopyCloneArgs) -> snowflake.Execute:
        return snowflake.Execute(
            self.name,
            execute=statements.clone(args.source, self.clone, args.at),
            revert=statements.drop(self.clone),
            query=statements.show(self.clone),
            opts=self.child(),
        )

    def _create_description(self, args: ZeroCopyCloneArgs, made: pulumi.Resource) -> snowflake.Execute:
        return snowflake.Execute(
            f"{self.name}-description",
            execute=statements.describe(self.clone, args.purpose, args.expires),
            revert=_NOTHING,
            opts=self.child(after=[made]),
        )

    def _create_ownership(self, args: ZeroCopyCloneArgs, described: pulumi.Resource) -> list[pulumi.Resource]:
        """Give all of it to the owner. What is in a clone keeps its source's grants: they are taken away."""
        container = {"object_type": self.clone.kind.value, "object_name": self.clone.sql}
        within = statements.within(self.clone)
        given = {plural: {"all": {"object_type_plural": plural, **within}} for plural in _OBJECTS}
        return [
            snowflake.GrantOwnership(
                f"{self.name}-owner-{key.lower()}",
                account_role_name=args.owner,
                outbound_privileges="REVOKE",
                on=on,
                opts=self.child(after=[described]),
            )
            for key, on in {"CONTAINER": container, **self._schemas(), **given}.items()
        ]

    def _schemas(self) -> dict[str, dict[str, object]]:
        if statements.is_schema(self.clone):
            return {}
        return {"SCHEMAS": {"all": {"object_type_plural": "SCHEMAS", **statements.within(self.clone)}}}

    def _create_readers(self, args: ZeroCopyCloneArgs, owned: list[pulumi.Resource]) -> None:
        for key, role in args.readers.items():
            for suffix, privilege, target in statements.reading(self.clone):
                snowflake.GrantPrivilegesToAccountRole(
                    f"{self.name}-{key}-{suffix}",
                    account_role_name=role,
                    privileges=[privilege],
                    opts=self.child(after=owned),
                    **target,
                )
