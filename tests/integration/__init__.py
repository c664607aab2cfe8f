"""Tests on real engines: the sandbox's servers, the Pulumi CLI. Marked `integration`."""
