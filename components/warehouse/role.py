"""A Snowflake role of an environment and exactly the privileges it was given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
}
"""Targets that are several objects of a schema: those that it has, or will have, and their kind."""


@dataclass(frozen=True, kw_only=True)
class AccessRoleArgs:
    """What a role is for and what it may do.

    Attributes:
        role: physical name; account-level, so it carries the environment.
        purpose: one line.
        grants: its privileges in databases.
        warehouse: compute that it may use.
    """

    role: str
    purpose: str
    grants: Sequence[Grant]
    warehouse: pulumi.Input[str]
    tags: Tags


class AccessRole(PlatformComponent, token="slipway:warehouse:AccessRole"):
    """A role, its grants, and the right to use the environment's compute."""

    def __init__(self, name: str, args: AccessRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.role = snowflake.AccountRole(self.name, name=args.role, comment=args.purpose, opts=self.child())
        self._grant_compute(args)
        for grant in args.grants:
            self._grant(grant)
        self.publish(role=self.role.name)

    def _grant_compute(self, args: AccessRoleArgs) -> None:
        on = {"object_type": "WAREHOUSE", "object_name": args.warehouse}
        self._create_grant("warehouse", ("USAGE",), on_account_object=on)

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
            account_role_name=self.role.name,
            privileges=list(privileges),
            opts=self.child(),
            **target,
        )
