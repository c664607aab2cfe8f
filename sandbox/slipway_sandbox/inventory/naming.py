"""To which stack an object belongs that lives in one place for all of them: its name says so."""

import re

from slipway_sandbox.world import AUDIT_STACK, World


def stack_named(world: World, *texts: str) -> str:
    """The first stack whose name is a word of one of the texts; the audit account's when none is.

    The platform's naming puts the environment into every name that belongs to one (FINEDGE_DEV).
    """
    named = (stack for text in texts for stack in world.accounts if stack in _words(text))
    return next(named, AUDIT_STACK)


def _words(text: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", text.lower()))
