"""Snowflake's wire protocol over HTTP, as its Python, JDBC and Go drivers speak it."""
