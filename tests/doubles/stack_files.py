"""The repository's own stack files, in the form in which Pulumi hands configuration to a program."""

from stacks.stack_files import configuration

__all__ = ["configuration"]
