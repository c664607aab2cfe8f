"""What an environment's settings make of Spark."""

from slipway.model.environment import StackName
from tests.doubles.declared_stacks import declared, with_cluster
from tests.doubles.pulumi_recorder import Recording


def _trusting_nodes(made: Recording) -> set[str]:
    roles = made.of("aws:iam/role:Role")
    return {each.name for each in roles if "slipway-dev-spark-node" in each.inputs["assumeRolePolicy"]}


def test_a_cluster_comes_with_all_that_its_steps_need_and_goes_without_a_trace() -> None:
    """Airflow's right, the pipelines' trust: each without the other is a step that fails at night."""
    without, with_one = declared(StackName.DEV), with_cluster(StackName.DEV, 16)
    assert without.of("aws:emr/cluster:Cluster") == []
    assert _trusting_nodes(without) == set()
    assert len(with_one.of("aws:emr/cluster:Cluster")) == 1
    assert {"chargebacks", "settlement-files"} <= _trusting_nodes(with_one)
    assert "revenue" not in _trusting_nodes(with_one)
    policies = [
        str(made.one("aws:iam/rolePolicy:RolePolicy", "airflow").inputs) for made in (without, with_one)
    ]
    assert ["elasticmapreduce:AddJobFlowSteps" in policy for policy in policies] == [False, True]


def test_emr_reaches_what_its_machines_join_where_there_is_a_cluster() -> None:
    """AWS's own policy of EMR's role starts nothing in a subnet or a group without the tag."""
    tag = "for-use-with-amazon-emr-managed-policies"
    for units, told in ((0, None), (8, "true")):
        made = with_cluster(StackName.DEV, units)
        subnets = [each for each in made.of("aws:ec2/subnet:Subnet") if "private" in each.name]
        groups = made.one("aws:ec2/securityGroup:SecurityGroup", "network-workloads")
        assert {each.inputs["tags"].get(tag) for each in (*subnets, groups)} == {told}
        others = [each for each in made.of("aws:ec2/subnet:Subnet") if "public" in each.name]
        assert not any(tag in each.inputs["tags"] for each in others)
