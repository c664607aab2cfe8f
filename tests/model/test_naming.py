"""Physical names: unique between environments, within their services' limits."""

from itertools import combinations

import pytest

from slipway.model.environment import Environment, StackName
from slipway.model.errors import DefinitionError
from slipway.model.naming import Naming, access_role
from slipway.model.pipeline import NAME_LENGTH


def _naming(stack: StackName, organization: str = "finedge") -> Naming:
    return Naming(organization=organization, stack=stack, account_id="222233334444")


def test_names_of_one_account_carry_the_environment() -> None:
    """The three environments are databases of one Snowflake account: equal names would be one object."""
    for one, other in combinations(Environment, 2):
        mine, theirs = _naming(StackName(one)), _naming(StackName(other))
        assert mine.snowflake_account_object("settlements") != theirs.snowflake_account_object("settlements")
        assert mine.snowflake_database("FINEDGE") != theirs.snowflake_database("FINEDGE")
        assert mine.data_bucket("lake") != theirs.data_bucket("lake")


@pytest.mark.parametrize("stack", list(StackName))
def test_the_longest_pipeline_name_fits_everywhere(stack: StackName) -> None:
    """The catalog's limit on names is what keeps every service's limit."""
    naming = _naming(stack, organization="o" * 16)
    longest = "p" * NAME_LENGTH
    assert len(naming.role(longest)) <= 64
    assert naming.snowflake_account_object(longest).endswith("P" * NAME_LENGTH)


def test_snowflake_names_need_no_quotes() -> None:
    """A hyphen would make an identifier that must be quoted everywhere."""
    assert _naming(StackName.DEV).snowflake_account_object("fx-rates") == "FINEDGE_DEV_FX_RATES"


def test_an_access_role_is_called_as_no_pipelines_role_is() -> None:
    """A pipeline `finedge-marts-read` must not be the role that reads MARTS."""
    database = _naming(StackName.DEV).snowflake_database("FINEDGE")
    role = access_role(database, "MARTS", "read")
    assert role == "FINEDGE_DEV__MARTS__READ"
    assert role != _naming(StackName.DEV).snowflake_account_object("marts-read")


def test_secrets_of_one_pipeline_are_below_no_others() -> None:
    """A policy allows everything below the folder: a name that another begins with must not open it."""
    naming = _naming(StackName.DEV)
    assert not naming.secrets("risk-scores").startswith(f"{naming.secrets('risk')}/")


def test_a_name_that_is_too_long_says_by_how_much() -> None:
    """S3 would refuse it half-way through an update."""
    with pytest.raises(DefinitionError, match="has 71 characters; 63 are allowed") as caught:
        _naming(StackName.DEV).data_bucket("b" * 59)
    assert "by 8 characters" in caught.value.remedy


def test_the_role_arn_is_the_roles() -> None:
    """Trust policies name roles before they exist."""
    naming = _naming(StackName.PROD)
    assert naming.role_arn("deploy") == "arn:aws:iam::222233334444:role/slipway-prod-deploy"
