"""Releases on the sandbox's AWS and GitHub, through the command line."""
