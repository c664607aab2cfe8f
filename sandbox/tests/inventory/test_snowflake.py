"""The account itself is asked; each object is listed under the stack whose name it carries."""

from pathlib import Path

from slipway_sandbox.inventory.model import Kind, Source
from slipway_sandbox.inventory.snowflake import survey_snowflake
from slipway_sandbox.world import World
from tests.snowflake.conftest import Snowflake, account  # noqa: F401 - a fixture is used by its name

MADE = (
    "CREATE DATABASE FINEDGE_PROD",
    "CREATE SCHEMA FINEDGE_PROD.RAW",
    "CREATE TABLE FINEDGE_PROD.RAW.T (ID INT)",
    "CREATE STAGE FINEDGE_PROD.RAW.LAKE URL = 's3://finedge-lake/raw/'",
    "CREATE WAREHOUSE FINEDGE_PROD_LOAD WAREHOUSE_SIZE = 'SMALL' INITIALLY_SUSPENDED = TRUE",
    "CREATE ROLE FINEDGE_PROD_RISK",
    "GRANT USAGE ON DATABASE FINEDGE_PROD TO ROLE FINEDGE_PROD_RISK",
    "GRANT SELECT ON FUTURE TABLES IN SCHEMA FINEDGE_PROD.RAW TO ROLE FINEDGE_PROD_RISK",
    "CREATE RESOURCE MONITOR FINEDGE_ALL WITH CREDIT_QUOTA = 10",
    "ALTER ACCOUNT SET RESOURCE_MONITOR = FINEDGE_ALL",
)
GONE = (
    "DROP DATABASE FINEDGE_PROD",
    "DROP WAREHOUSE FINEDGE_PROD_LOAD",
    "DROP ROLE FINEDGE_PROD_RISK",
    "DROP RESOURCE MONITOR FINEDGE_ALL",
)


def test_each_object_is_under_its_own_stack(account: Snowflake) -> None:  # noqa: F811 - the fixture
    """What somebody made by hand is listed too; what names no stack belongs to the shared one."""
    with account.connect() as connection:
        for statement in MADE:
            connection.cursor().execute(statement)
        found = survey_snowflake(_world(account))
        for statement in GONE:
            connection.cursor().execute(statement)
    assert _told(found["prod"]) == {
        "Snowflake databases": ["FINEDGE_PROD (2 schemas, 1 tables, 1 stages)"],
        "Snowflake grants": [
            "FINEDGE_PROD_RISK: SELECT on future FINEDGE_PROD.RAW.<TABLE>",
            "FINEDGE_PROD_RISK: USAGE on database FINEDGE_PROD",
        ],
        "Snowflake roles": ["FINEDGE_PROD_RISK (2 grants)"],
        "Snowflake warehouses": ["FINEDGE_PROD_LOAD (Small, suspended)"],
    }
    monitors = _told(found["shared"])["Snowflake resource monitors"]
    assert "FINEDGE_ALL (10.00 credits monthly, watches the account)" in monitors
    assert {kind.source for kinds in found.values() for kind in kinds} == {Source.SNOWFLAKE}


def _told(kinds: list[Kind]) -> dict[str, list[str]]:
    return {kind.name: [str(item) for item in kind.items] for kind in kinds}


def _world(server: Snowflake) -> World:
    key = Path(server.parameters["private_key_file"])
    return World(
        home=key.parents[1],
        pid=1,
        aws="",
        dynamodb="",
        github="",
        region="us-east-1",
        accounts={"dev": "222233334444", "prod": "444455556666", "shared": "111122223333"},
        github_owner="",
        access_key_id="",
        secret_access_key="",
        snowflake=f"http://{server.parameters['host']}:{server.parameters['port']}",
    )
