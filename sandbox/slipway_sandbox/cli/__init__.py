"""The command ``slipway-sandbox``; people call it as ``slipway sandbox``."""

from slipway_sandbox.cli.main import run

__all__ = ["run"]
