"""The StackEngine port over the Pulumi CLI, through its Automation API."""

from slipway.adapters.pulumi.engine import PulumiEngine

__all__ = ["PulumiEngine"]
