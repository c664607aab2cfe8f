"""The ToolRunner port over processes: each tool in its own locked environment and its own process group."""

from slipway.adapters.tools.runner import ProcessTools

__all__ = ["ProcessTools"]
