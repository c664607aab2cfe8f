"""The id that `pulumi import` takes, where it is another one than Terraform's."""

from typing import Any

import pytest

from slipway.adopt.import_ids import ImportId, ImportIds
from tests.doubles.terraform_states import a_resource, an_instance, of_type, only, read

GITHUB = 'provider["registry.terraform.io/integrations/github"]'
RULE = {"id": "sgrule-1", "security_group_id": "sg-1", "type": "ingress", "protocol": "tcp"}
PORTS = {"from_port": 443, "to_port": 443}


@pytest.mark.parametrize(
    ("type_", "attributes", "wanted"),
    [
        ("aws_s3_bucket", {"id": "lake"}, "lake"),
        ("aws_kinesis_stream", {"id": "arn:aws:kinesis:us-east-1:1:stream/s", "name": "s"}, "s"),
        (
            "aws_iam_role_policy_attachment",
            {"id": "loader-2019", "role": "loader", "policy_arn": "arn:aws:iam::1:policy/p"},
            "loader/arn:aws:iam::1:policy/p",
        ),
        ("aws_security_group_rule", {**RULE, **PORTS, "self": True}, "sg-1_ingress_tcp_443_443_self"),
        (
            "aws_security_group_rule",
            {**RULE, **PORTS, "source_security_group_id": "sg-2"},
            "sg-1_ingress_tcp_443_443_sg-2",
        ),
        (
            "aws_security_group_rule",
            {
                **RULE,
                "from_port": 0,
                "to_port": 0,
                "cidr_blocks": ["10.0.0.0/8"],
                "prefix_list_ids": ["pl-1"],
            },
            "sg-1_ingress_tcp_0_0_10.0.0.0/8_pl-1",
        ),
        (
            "aws_route",
            {"id": "r-1", "route_table_id": "rtb-1", "destination_ipv6_cidr_block": "::/0"},
            "rtb-1_::/0",
        ),
        (
            "aws_ecs_service",
            {"id": "arn:x", "cluster": "arn:aws:ecs:us-east-1:1:cluster/main", "name": "web"},
            "main/web",
        ),
        (
            "aws_lambda_permission",
            {
                "id": "AllowS3",
                "function_name": "arn:aws:lambda:us-east-1:1:function:f",
                "statement_id": "AllowS3",
            },
            "f/AllowS3",
        ),
        (
            "aws_cloudwatch_event_target",
            {"id": "r-t", "event_bus_name": "default", "rule": "r", "target_id": "t"},
            "r/t",
        ),
        (
            "aws_cloudwatch_event_target",
            {"id": "r-t", "event_bus_name": "data", "rule": "r", "target_id": "t"},
            "data/r/t",
        ),
        (
            "aws_codebuild_project",
            {"id": "arn:aws:codebuild:us-east-1:1:project/dbt", "name": "dbt"},
            "dbt",
        ),
        ("aws_glue_job", {"id": "settle", "name": "settle"}, "settle"),
        (
            "aws_accountaccess_entitlement",
            {"application_arn": "arn:aws:a::1:application/x", "entitlement_id": "ent-1"},
            "arn:aws:a::1:application/x,ent-1",
        ),
    ],
)
def test_the_rule_of_the_type_decides(type_: str, attributes: dict[str, Any], wanted: str) -> None:
    """Pulumi looks the object up by this; with another id it finds nothing, or something else."""
    assert ImportIds([]).of(only(of_type(type_, attributes))) == ImportId(value=wanted)


def test_the_identity_fills_what_attributes_lack() -> None:
    """States of Terraform >= 1.12 have it."""
    instance = only(
        a_resource(an_instance(attributes={"id": "x"}, identity={"name": "s"}), type="aws_kinesis_stream")
    )
    assert ImportIds([]).of(instance) == ImportId(value="s")


def test_a_repository_is_found_by_its_node_id() -> None:
    """A branch protection knows the node id of its repository, its import id has the name."""
    repository = of_type("github_repository", {"id": "dbt", "name": "dbt", "node_id": "R_1"}, provider=GITHUB)
    protection = of_type(
        "github_branch_protection",
        {"id": "BPR_1", "repository_id": "R_1", "pattern": "main"},
        provider=GITHUB,
    )
    both = read(repository, protection).instances
    assert ImportIds(both).of(both[1]) == ImportId(value="dbt:main")
    alone = ImportIds([]).of(both[1])
    assert (
        alone.missing
        == "its import id is {repository_id|repo_name}:{pattern}, and the state lacks values of that"
    )


@pytest.mark.parametrize(
    ("type_", "attributes", "missing"),
    [
        ("aws_s3_bucket", {"id": None}, "the state has no id of it"),
        ("aws_iam_policy_attachment", {"id": "x"}, "its provider cannot import the type"),
        ("aws_kinesis_stream", {"id": "x"}, "its import id is {name}, and the state lacks values of that"),
        (
            "aws_accountaccess_entitlement",
            {"entitlement_id": "ent-1"},
            "the state has neither an id of it nor all of its identity",
        ),
    ],
)
def test_where_there_is_none_the_reason_is_told(type_: str, attributes: dict[str, Any], missing: str) -> None:
    """A guessed id could take over somebody else's object."""
    assert ImportIds([]).of(only(of_type(type_, attributes))) == ImportId(missing=missing)
