"""Reusable component resources, one concept a module; they read no configuration and no environment."""
