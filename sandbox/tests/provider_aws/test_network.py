"""What a network's types do beyond one life: an endpoint moves in place, a flow log says what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from slipway_sandbox.provider.aws import AWS_TYPES
from slipway_sandbox.provider.contract import ProviderFault
from tests.provider_aws.case import Bed
from tests.provider_aws.cases_network import GROUP, SUBNET, VPC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slipway_sandbox.provider.contract import Session

ENDPOINT, FLOW_LOG = AWS_TYPES["aws:ec2/vpcEndpoint:VpcEndpoint"], AWS_TYPES["aws:ec2/flowLog:FlowLog"]


@pytest.fixture
def bed(session: Session) -> Iterator[Bed]:
    """Ground that is cleared at the end."""
    ground = Bed(session)
    yield ground
    ground.clear()


def test_an_interface_endpoint_gains_and_loses_subnets_in_place(bed: Bed) -> None:
    """A replacement would cut everybody off from the service until the new one is there."""
    vpc = bed.make(VPC, cidrBlock="10.1.0.0/16").id
    first, second = (bed.make(SUBNET, vpcId=vpc, cidrBlock=f"10.1.{n}.0/24").id for n in (1, 2))
    group, other = (bed.make(GROUP, name=name, vpcId=vpc).id for name in ("endpoints", "others"))
    service = {"vpcId": vpc, "serviceName": "com.amazonaws.us-east-1.sts", "vpcEndpointType": "Interface"}
    old = {**service, "subnetIds": [first], "securityGroupIds": [group]}
    made = ENDPOINT.create(bed.session, "sts", old)
    new = {**service, "subnetIds": [second], "securityGroupIds": [group, other]}
    ENDPOINT.update(bed.session, made.id, old, new)
    try:
        (seen,) = bed.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[made.id])["VpcEndpoints"]
        state = ENDPOINT.read(bed.session, made.id, new)
    finally:
        ENDPOINT.delete(bed.session, made.id, new)
    assert seen["SubnetIds"] == [second]
    assert {each["GroupId"] for each in seen["Groups"]} == {group, other}
    assert state is not None
    assert (state.outputs["subnetIds"], state.outputs["securityGroupIds"]) == ([second], [group, other])


def test_a_rule_on_a_group_keeps_its_description(bed: Bed) -> None:
    """A refresh that lost it would see drift for ever."""
    group = bed.make(GROUP, name="workloads", vpcId=bed.make(VPC, cidrBlock="10.1.0.0/16").id).id
    inputs = {
        "securityGroupId": group,
        "referencedSecurityGroupId": group,
        "ipProtocol": "-1",
        "description": "among themselves",
    }
    state = bed.make("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", **inputs)
    assert {key: state.outputs[key] for key in inputs} == inputs


def test_a_flow_log_that_cannot_be_delivered_is_refused_in_ec2s_words(bed: Bed) -> None:
    """EC2 answers 200 and says in its body what failed."""
    inputs = {
        "vpcId": bed.make(VPC, cidrBlock="10.1.0.0/16").id,
        "trafficType": "ALL",
        "logDestinationType": "s3",
        "logDestination": "arn:aws:s3:::nobodys-bucket",
    }
    with pytest.raises(ProviderFault, match="nobodys-bucket does not exist"):
        FLOW_LOG.create(bed.session, "flows", inputs)
