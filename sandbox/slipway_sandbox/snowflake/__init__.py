"""A Snowflake account on this machine: Snowflake's SQL, roles and time travel over one DuckDB file.

Owned here: the account's catalogue and who may do what, the meaning of a statement, the wire protocol of
Snowflake's drivers. Not owned: the execution of queries (DuckDB) and the translation of functions (fakesnow's
transforms). What is exact, approximated and refused: docs/reference/sandbox-snowflake.md.
"""
