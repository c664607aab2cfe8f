"""The commands of a release."""
