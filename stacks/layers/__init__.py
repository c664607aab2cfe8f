"""What declares the layers that were wrapped: a module a layer, written by `slipway adopt wrap`."""
