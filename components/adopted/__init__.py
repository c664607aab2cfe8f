"""What was Terraform's, as components: a package a layer, written by `slipway adopt wrap`."""
