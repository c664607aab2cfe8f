"""A user that a program logs in to Snowflake as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_snowflake as snowflake

from components.base import PlatformComponent
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class ServiceUserArgs:
    """Who logs in and as what.

    Attributes:
        user: physical name; account-level, so it carries the environment.
        purpose: one line.
        public_keys: one RSA public key, or two while they are exchanged; base64 without the lines around it.
            The private half is never the platform's to hold.
        role: the role that its sessions begin with.
        also: other roles that a session may take instead of it, under a key that stays when they are renamed.
        compute: the warehouse that its sessions begin with.
    """

    user: str
    purpose: str
    public_keys: Sequence[str]
    role: pulumi.Input[str]
    compute: pulumi.Input[str]
    tags: Tags
    also: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


class ServiceUser(PlatformComponent, token="slipway:warehouse:ServiceUser"):
    """A user without a password: only whoever has a private key is let in, as one of its roles."""

    def __init__(self, name: str, args: ServiceUserArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.user = self._create_user(args)
        self._create_membership(args)
        self.publish(user=self.user.name)

    def _create_user(self, args: ServiceUserArgs) -> snowflake.ServiceUser:
        newest, *others = args.public_keys
        return snowflake.ServiceUser(
            self.name,
            name=args.user,
            comment=args.purpose,
            rsa_public_key=newest,
            rsa_public_key2=next(iter(others), None),
            default_role=args.role,
            default_warehouse=args.compute,
            # Snowflake's own default adds every other role of the user to each session.
            default_secondary_roles_option="NONE",
            opts=self.child(),
        )

    def _create_membership(self, args: ServiceUserArgs) -> None:
        snowflake.GrantAccountRole(
            self.name, role_name=args.role, user_name=self.user.name, opts=self.child()
        )
        for key, role in args.also.items():
            snowflake.GrantAccountRole(
                f"{self.name}-{key}", role_name=role, user_name=self.user.name, opts=self.child()
            )
