"""The two access roles of a schema."""

from dataclasses import dataclass

import pulumi

from components.base import PlatformComponent
from components.warehouse.access import Access, AccessLevel, SchemaPlace, read_grants, write_grants
from components.warehouse.role import WarehouseRole, WarehouseRoleArgs
from slipway.model.naming import access_role
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class SchemaAccessArgs:
    """Which schema is reached.

    Attributes:
        place: the schema; it has to be there first.
        is_loaded: whether rows are put into tables that the environment has, instead of tables being made.
        owner: the role that grants the two to others.
    """

    place: SchemaPlace
    is_loaded: bool
    owner: pulumi.Input[str]
    tags: Tags


class SchemaAccess(PlatformComponent, token="slipway:warehouse:SchemaAccess"):
    """One role that reads a schema and one that writes it; nothing else has a privilege on the schema."""

    def __init__(self, name: str, args: SchemaAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.read = self._create_reading_role(args)
        self.write = self._create_writing_role(args)
        self.roles = {
            Access(place=args.place, level=AccessLevel.READ): self.read.role_name,
            Access(place=args.place, level=AccessLevel.WRITE): self.write.role_name,
        }
        self.publish(read=self.read.role_name, write=self.write.role_name)

    def _create_reading_role(self, args: SchemaAccessArgs) -> WarehouseRole:
        return self._create_role(
            WarehouseRoleArgs(
                role=access_role(args.place.database, args.place.schema, AccessLevel.READ),
                purpose=f"Reads {args.place.database}.{args.place.schema}",
                grants=read_grants(args.place),
                owner=args.owner,
                tags=self.tags,
            ),
            AccessLevel.READ,
        )

    def _create_writing_role(self, args: SchemaAccessArgs) -> WarehouseRole:
        return self._create_role(
            WarehouseRoleArgs(
                role=access_role(args.place.database, args.place.schema, AccessLevel.WRITE),
                purpose=f"Reads and writes {args.place.database}.{args.place.schema}",
                grants=write_grants(args.place, is_loaded=args.is_loaded),
                holds={AccessLevel.READ: self.read.role_name},
                owner=args.owner,
                tags=self.tags,
            ),
            AccessLevel.WRITE,
        )

    def _create_role(self, role: WarehouseRoleArgs, level: AccessLevel) -> WarehouseRole:
        return WarehouseRole(f"{self.name}-{level}", role, self.child())
