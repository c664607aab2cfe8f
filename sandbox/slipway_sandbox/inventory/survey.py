"""The whole inventory: every stack's account, the organisation, the warehouse, what is only recorded."""

from concurrent.futures import ThreadPoolExecutor

from slipway_sandbox.inventory.aws import survey_account
from slipway_sandbox.inventory.faults import asking
from slipway_sandbox.inventory.github import survey_organisation
from slipway_sandbox.inventory.model import Kind, Place
from slipway_sandbox.inventory.recorded import recorded_kinds
from slipway_sandbox.inventory.snowflake import survey_snowflake
from slipway_sandbox.supervisor.faults import UsageError
from slipway_sandbox.supervisor.servers import Server
from slipway_sandbox.world import AUDIT_STACK, World


def survey(world: World, stack: str | None) -> list[Place]:
    """What exists for a stack, or for all of them.

    Raises:
        UsageError: there is no such stack.
        DependencyError: a server does not answer.
    """
    if stack is not None and stack not in world.accounts:
        raise UsageError(f"{stack!r} is no stack", remedy=f"name one of: {', '.join(sorted(world.accounts))}")
    stacks = [stack] if stack else sorted(world.accounts, key=_promotion)
    recorded, warehouse = recorded_kinds(world), _warehouse(world)
    with ThreadPoolExecutor(len(stacks)) as pool:
        served = list(pool.map(lambda name: _served(world, name), stacks))
    return [
        Place(
            stack=name,
            account=world.accounts[name],
            kinds=(*kinds, *warehouse.get(name, []), *recorded.get(name, [])),
        )
        for name, kinds in zip(stacks, served, strict=True)
    ]


def _warehouse(world: World) -> dict[str, list[Kind]]:
    """What the one Snowflake account has for each stack."""
    if not world.snowflake:
        return {}
    with asking(Server.SNOWFLAKE, world.snowflake):
        return survey_snowflake(world)


def _promotion(stack: str) -> tuple[int, str]:
    """Order stacks as changes travel; a stack of another name comes after them."""
    known = (AUDIT_STACK, "dev", "staging", "prod")
    return (known.index(stack) if stack in known else len(known), stack)


def _served(world: World, stack: str) -> list[Kind]:
    """What the servers of this world answer for; GitHub's objects belong to the shared stack."""
    kinds: list[Kind] = []
    if world.aws:
        with asking(Server.AWS, world.aws):
            kinds += survey_account(world, world.accounts[stack])
    if stack == AUDIT_STACK and world.github:
        with asking(Server.GITHUB, world.github):
            kinds += survey_organisation(world)
    return kinds
