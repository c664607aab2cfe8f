"""The `slipway` command: one module a command group, `console` for output, `wiring` for adapters."""
