"""The real provider finds what is wrong in a resource, and the finding names it."""

from typing import Any

import pytest

from tests.validation.findings import Validation, validate
from tests.validation.record import differences
from tests.validation.resources import Resource
from tests.validation.terraform import Provider, Terraform, TerraformMissing, installed_provider

pytestmark = pytest.mark.integration

ROLE = "aws:iam/role:Role"
TRUST = '{"Version": "2012-10-17", "Statement": []}'
RIGHT = Resource(stack="dev", token=ROLE, name="right", inputs={"name": "right", "assumeRolePolicy": TRUST})
WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "a name that is too long": (ROLE, {"name": "a" * 65, "assumeRolePolicy": TRUST}, "name"),
    "an ARN that is none": (
        ROLE,
        {"name": "a", "assumeRolePolicy": TRUST, "permissionsBoundary": "arn:aws:iam"},
        "permissions_boundary",
    ),
    "a policy that is no JSON": (ROLE, {"name": "a", "assumeRolePolicy": "{"}, "assume_role_policy"),
    "a required argument that is missing": (ROLE, {"name": "a"}, "assume_role_policy"),
    "two arguments that exclude each other": (
        ROLE,
        {"name": "a", "namePrefix": "b", "assumeRolePolicy": TRUST},
        "name_prefix",
    ),
    "a value that is not allowed": (
        "aws:cloudwatch/logGroup:LogGroup",
        {"retentionInDays": 8},
        "retention_in_days",
    ),
}


@pytest.fixture(scope="module")
def provider() -> Provider:
    """The one that is installed."""
    try:
        return installed_provider()
    except TerraformMissing as missing:
        pytest.skip(f"{missing}")


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Terraform:
    """One folder for all: the provider takes seconds to tell its schema."""
    return Terraform(tmp_path_factory.mktemp("terraform"), provider)


@pytest.fixture(scope="module")
def found(terraform: Terraform, provider: Provider) -> Validation:
    """One right resource and every wrong one, validated at once."""
    planted = [
        Resource(stack="dev", token=token, name=name, inputs=inputs)
        for name, (token, inputs, _) in WRONG.items()
    ]
    return validate(terraform, [RIGHT, *planted], differences(provider.version))


@pytest.mark.parametrize("name", WRONG)
def test_a_planted_fault_is_found(found: Validation, name: str) -> None:
    """A command that finds nothing here would find nothing in the stacks either."""
    token, _, argument = WRONG[name]
    about = [each for each in found.findings if each.startswith(f"dev: {token} {name}: ")]
    assert about
    assert any(argument in each for each in about)


def test_what_is_right_is_not_blamed(found: Validation) -> None:
    """Every finding is about a planted fault."""
    assert {each.split(": ")[1] for each in found.findings} == {
        f"{token} {name}" for name, (token, *_) in WRONG.items()
    }


def test_a_fault_that_only_a_plan_shows_is_found(terraform: Terraform) -> None:
    """DynamoDB takes no attribute that no key names; the provider knows it once it plans the table."""
    inputs = {
        "name": "ledger",
        "billingMode": "PAY_PER_REQUEST",
        "hashKey": "chain",
        "attributes": [{"name": "chain", "type": "S"}, {"name": "sequence", "type": "N"}],
    }
    table = Resource(stack="shared", token="aws:dynamodb/table:Table", name="audit", inputs=inputs)
    (finding,) = validate(terraform, [RIGHT, table], ()).findings
    assert finding.startswith("shared: aws:dynamodb/table:Table audit: all attributes must be indexed")
    assert "sequence" in finding
