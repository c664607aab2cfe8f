"""The warehouse port's adapter against a server that speaks Snowflake's protocol."""
