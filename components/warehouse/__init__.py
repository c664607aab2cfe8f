"""Snowflake: an environment's databases and compute, and what a pipeline may do in them."""
