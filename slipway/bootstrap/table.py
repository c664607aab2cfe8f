"""The table: which handler carries out which kind of stage."""

from slipway.bootstrap.ground import Ground
from slipway.bootstrap.handlers.account import CheckAccountHandler
from slipway.bootstrap.handlers.changes import (
    ApplyChangesHandler,
    DiscardChangesHandler,
    ProposeChangesHandler,
)
from slipway.bootstrap.handlers.protect import ProtectStackHandler
from slipway.bootstrap.handlers.settle import SettleStackHandler
from slipway.stages import Handlers


def bootstrap_handlers(ground: Ground) -> Handlers:
    """Join every kind of stage with its handler."""
    return Handlers(
        {
            "check-account": CheckAccountHandler(ground=ground),
            "settle-stack": SettleStackHandler(ground=ground),
            "propose-changes": ProposeChangesHandler(ground=ground),
            "apply-changes": ApplyChangesHandler(ground=ground),
            "protect-stack": ProtectStackHandler(ground=ground),
            "discard-changes": DiscardChangesHandler(ground=ground),
        }
    )
