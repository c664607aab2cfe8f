"""What was Terraform's, as components: written by `slipway adopt wrap`, a package a layer, and the program's own since."""
