"""Names that the account and those who start it agree on. It imports nothing, so that `env` stays quick."""

from typing import Final

ACCOUNT_NAME: Final = "SANDBOX"
ENGINEER: Final = "PLATFORM_ENGINEER"
ENGINEER_ROLE: Final = "ACCOUNTADMIN"
"""The engineer's default role."""
FOLDER: Final = "snowflake"
"""Below the sandbox's folder: the database file and the engineer's key."""
PRIVATE_KEY_FILE: Final = "engineer.p8"
AIRFLOW_KEY_FILE: Final = "airflow.p8"
"""The key of each environment's service user `airflow`."""
AIRFLOW_PUBLIC_FILE: Final = "airflow.pub"
"""Its public half, which the sandbox's copies of the stack files give that user."""
