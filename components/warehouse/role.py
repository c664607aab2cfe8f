"""A Snowflake role of an environment: what it may do, the roles that it holds, and who holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import pulumi
import pulumi_snowflake as snowflake

from components.base import PlatformComponent
from components.warehouse.access import Grant, GrantTarget
from slipway.model.tags import Tags

_OBJECTS: Final[Mapping[GrantTarget, tuple[Literal["all", "future"], str]]] = {
    GrantTarget.ALL_TABLES: ("all", "TABLES"),
    GrantTarget.ALL_VIEWS: ("all", "VIEWS"),
    GrantTarget.ALL_STAGES: ("all", "STAGES"),
    GrantTarget.FUTURE_TABLES: ("future", "TABLES"),
    GrantTarget.FUTURE_VIEWS: ("future", "VIEWS"),
    GrantTarget.FUTURE_STAGES: ("future", "STAGES"),
    GrantTarget.ALL_FILE_FORMATS: ("all", "FILE FORMATS"),
    GrantTarget.FUTURE_FILE_FORMATS: ("future", "FILE FORMATS"),
}
"""Targets that are several objects of a schema: those that it has, or will have, and their kind."""


@dataclass(frozen=True, kw_only=True)
class WarehouseRoleArgs:
    """What a role is for and what it may do.

    The keys of the mappings tell the resources apart by what they are for: a role that is renamed keeps them.

    Attributes:
        role: physical name; account-level, so it carries the environment.
        purpose: one line.
        grants: its own privileges in databases.
        on_account: its own privileges on the account.
        holds: roles that are granted to it.
        held_by: roles that it is granted to.
        computes: warehouses that it may use.
        passes_on: warehouses that it may use, and let other roles use.
        owner: the role that may change it, drop it and grant it; None: whoever makes it.
    """

    role: str
    purpose: str
    tags: Tags
    grants: Sequence[Grant] = ()
    on_account: Sequence[str] = ()
    holds: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    held_by: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    computes: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    passes_on: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    owner: pulumi.Input[str] | None = None


class WarehouseRole(PlatformComponent, token="slipway:warehouse:WarehouseRole"):
    """A role with exactly these privileges and memberships."""

    def __init__(
        self, name: str, args: WarehouseRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self.role = snowflake.AccountRole(self.name, name=args.role, comment=args.purpose, opts=self.child())
        self.role_name: pulumi.Output[str] = self.role.name
        self._create_privileges(args)
        self._create_memberships(args)
        if args.owner is not None:
            self._create_ownership(args.owner)
        self.publish(role=self.role_name)

    def _create_privileges(self, args: WarehouseRoleArgs) -> None:
        for key, compute in args.computes.items():
            self._create_grant(key, ("USAGE",), on_account_object=_warehouse(compute))
        for key, compute in args.passes_on.items():
            on = _warehouse(compute)
            self._create_grant(key, ("USAGE",), on_account_object=on, with_grant_option=True)
        if args.on_account:
            self._create_grant("account", args.on_account, on_account=True)
        for grant in args.grants:
            self._grant(grant)

    def _create_memberships(self, args: WarehouseRoleArgs) -> None:
        for key, held in args.holds.items():
            self._create_membership(f"holds-{key}", role=held, parent=self.role_name)
        for key, holder in args.held_by.items():
            self._create_membership(f"held-by-{key}", role=self.role_name, parent=holder)

    def _grant(self, grant: Grant) -> None:
        match grant.target:
            case GrantTarget.DATABASE:
                on = {"object_type": "DATABASE", "object_name": grant.place.database}
                self._create_grant(grant.suffix, grant.privileges, on_account_object=on)
            case GrantTarget.SCHEMA:
                self._create_grant(
                    grant.suffix, grant.privileges, on_schema={"schema_name": grant.place.path}
                )
            case _:
                self._grant_objects(grant, *_OBJECTS[grant.target])

    def _grant_objects(self, grant: Grant, which: Literal["all", "future"], plural: str) -> None:
        objects = {"object_type_plural": plural, "in_schema": grant.place.path}
        self._create_grant(grant.suffix, grant.privileges, on_schema_object={which: objects})

    def _create_grant(self, suffix: str, privileges: Sequence[str], **target: object) -> None:
        snowflake.GrantPrivilegesToAccountRole(
            f"{self.name}-{suffix}",
            account_role_name=self.role_name,
            privileges=list(privileges),
            opts=self.child(),
            **target,
        )

    def _create_ownership(self, owner: pulumi.Input[str]) -> None:
        snowflake.GrantOwnership(
            f"{self.name}-owner",
            account_role_name=owner,
            outbound_privileges="COPY",
            on={"object_type": "ROLE", "object_name": self.role_name},
            opts=self.child(),
        )

    def _create_membership(self, suffix: str, *, role: pulumi.Input[str], parent: pulumi.Input[str]) -> None:
        snowflake.GrantAccountRole(
            f"{self.name}-{suffix}", role_name=role, parent_role_name=parent, opts=self.child()
        )


def _warehouse(compute: pulumi.Input[str]) -> dict[str, pulumi.Input[str]]:
    return {"object_type": "WAREHOUSE", "object_name": compute}
