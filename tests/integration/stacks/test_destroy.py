"""Taking an environment down keeps what cannot be made again."""

import pytest

from tests.integration.running_sandbox import RunningSandbox

pytestmark = pytest.mark.integration


def test_destroy_without_the_protected(shared: RunningSandbox) -> None:
    """The stateful resources stay on the servers and in the state; everything else goes."""
    shared.expect("up", "-s", "staging", "--yes", "--skip-preview", "--suppress-progress")
    shared.expect("destroy", "-s", "staging", "--exclude-protected", "--yes", "--skip-preview")
    assert shared.aws("dynamodb", "staging").list_tables()["TableNames"] == [
        "slipway-staging-environment-documents",
        "slipway-staging-journal",
        "slipway-staging-leases",
    ]
    roles = shared.aws("iam", "staging").list_roles()["Roles"]
    assert [role["RoleName"] for role in roles if role["RoleName"].startswith("slipway-")] == []
    assert len(shared.snowflake("SHOW DATABASES LIKE 'FINEDGE_STAGING'")) == 1
    assert shared.snowflake("SHOW ROLES LIKE 'FINEDGE_STAGING_%'") == []
    assert shared.snowflake("SHOW WAREHOUSES LIKE 'FINEDGE_STAGING_%'") == []
