"""What a statement means: types, names and the rules by which Snowflake computes."""
