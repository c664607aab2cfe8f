"""Test doubles: each subclasses or implements the real interface."""
