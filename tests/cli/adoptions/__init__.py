"""The commands of an adoption."""
