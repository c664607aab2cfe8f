"""What an environment's settings make of Spark."""

from slipway.model.environment import StackName
from stacks import deploy
from stacks.settings import parse
from tests.doubles.declared_stacks import ROOT, SHARED_OUTPUTS, declared
from tests.doubles.pulumi_recorder import Recording, record
from tests.doubles.stack_files import configuration


def _with_cluster() -> Recording:
    own = configuration(ROOT, StackName.DEV) | {"slipway:sparkClusterUnits": "16"}
    settings = parse("dev", own, root=ROOT)
    return record(lambda: deploy(settings), shared=SHARED_OUTPUTS)


def _trusting_nodes(made: Recording) -> set[str]:
    roles = made.of("aws:iam/role:Role")
    return {each.name for each in roles if "slipway-dev-spark-node" in each.inputs["assumeRolePolicy"]}


def test_a_cluster_comes_with_all_that_its_steps_need_and_goes_without_a_trace() -> None:
    """Airflow's right, the pipelines' trust: each without the other is a step that fails at night."""
    without, with_one = declared(StackName.DEV), _with_cluster()
    assert without.of("aws:emr/cluster:Cluster") == []
    assert _trusting_nodes(without) == set()
    assert len(with_one.of("aws:emr/cluster:Cluster")) == 1
    assert {"chargebacks", "settlement-files"} <= _trusting_nodes(with_one)
    assert "revenue" not in _trusting_nodes(with_one)
    policies = [
        str(made.one("aws:iam/rolePolicy:RolePolicy", "airflow").inputs) for made in (without, with_one)
    ]
    assert ["elasticmapreduce:AddJobFlowSteps" in policy for policy in policies] == [False, True]
