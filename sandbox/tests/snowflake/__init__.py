"""The sandbox Snowflake, through Snowflake's own Python connector."""
