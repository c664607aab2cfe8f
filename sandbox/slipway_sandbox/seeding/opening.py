"""The provider of each package, as a stack's own program has it configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipway_sandbox.provider.configure import configured
from slipway_sandbox.provider.materialised import MATERIALISED
from slipway_sandbox.provider.resources import Resources
from slipway_sandbox.provider.schema import load
from slipway_sandbox.provider.server import STORE
from slipway_sandbox.provider.store import Store
from slipway_sandbox.seeding.seeder import Provider
from slipway_sandbox.world import ACCESS_ROLE

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties
    from slipway_sandbox.world import World


def open_provider(package: str, world: World, stack: str) -> Provider:
    """Configure a provider as a stack's program does.

    Args:
        package: whose types: `aws`.
        world: that runs.
        stack: in whose account objects are made.

    Raises:
        ProviderFault: the sandbox has no such package, or was started without its server.
    """
    schema = load(package)
    table = {token: each for token, each in MATERIALISED.items() if token.startswith(f"{package}:")}
    store, found = Store(world.home / STORE), configured(schema, world.home, _settings(package, world, stack))
    return Provider(
        schema=schema,
        table=table,
        store=store,
        configured=found,
        resources=Resources(schema, table, store, found),
    )


def _settings(package: str, world: World, stack: str) -> Properties:
    match package:
        case "aws":
            role = f"arn:aws:iam::{world.accounts[stack]}:role/{ACCESS_ROLE}"
            return {"region": world.region, "assumeRoles": [{"roleArn": role}]}
        case "github":
            return {"owner": world.github_owner}
        case _:
            return {}
