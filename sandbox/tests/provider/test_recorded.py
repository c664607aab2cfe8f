"""Recorded types: ids, outputs in the form of their service, several processes on one store."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from slipway_sandbox.provider.store import Row, Store
from tests.conftest import own_process
from tests.provider.engine import OFFLINE_AWS, Engine, Resource, engine, secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VPC = Resource("aws:ec2/vpc:Vpc", "net")
CLUSTER = Resource("aws:rds/cluster:Cluster", "db")
SITE = Resource("aws:networkmanager/globalNetwork:GlobalNetwork", "net")
"""A type that stays recorded whatever becomes real."""
EKS = Resource("aws:eks/cluster:Cluster", "k8s")


@pytest.mark.parametrize(
    ("token", "inputs", "output", "form"),
    [
        (VPC.token, {}, "arn", r"arn:aws:ec2:eu-west-1:aws:vpc/vpc-[0-9a-f]{17}"),
        (VPC.token, {"region": "us-gov-west-1"}, "arn", r"arn:aws-us-gov:ec2:us-gov-west-1:aws:vpc/vpc-.*"),
        (VPC.token, {"region": "cn-north-1"}, "arn", r"arn:aws-cn:ec2:cn-north-1:.*"),
        (CLUSTER.token, {"engine": "x"}, "endpoint", r"thing-[0-9a-f]{6}\.rds\.eu-west-1\.amazonaws\.com"),
        (CLUSTER.token, {"engine": "x"}, "hostedZoneId", r"Z[0-9A-F]{13}"),
        ("aws:iam/user:User", {"name": "ana"}, "arn", r"arn:aws:iam::aws:user/ana"),
        ("aws:s3/bucket:Bucket", {"bucket": "data"}, "arn", r"arn:aws:s3:::data"),
        (
            "aws:cloudwatch/logGroup:LogGroup",
            {"name": "/a"},
            "arn",
            r"arn:aws:logs:eu-west-1:aws:log-group//a",
        ),
        (
            "aws:sfn/stateMachine:StateMachine",
            {"roleArn": "r", "definition": "{}"},
            "arn",
            r"arn:aws:states:.*",
        ),
        ("aws:ec2/instance:Instance", {}, "privateIp", r"10(\.\d{1,3}){3}"),
        ("aws:ec2/instance:Instance", {}, "availabilityZone", "eu-west-1a"),
    ],
)
def test_outputs_have_the_form_of_their_service(
    aws: Engine, token: str, inputs: Any, output: str, form: str
) -> None:
    """A program that takes a part of an ARN, or joins two, works on them."""
    _, outputs = aws.create(Resource(token, "thing"), inputs)
    assert re.fullmatch(form, outputs[output]), outputs[output]


def test_lists_and_objects_can_be_indexed_into(aws: Engine) -> None:
    """The usual `certificate_authority.data` and `availability_zones[0]`."""
    _, outputs = aws.create(EKS, {"roleArn": "r", "vpcConfig": {"subnetIds": ["s"]}})
    assert outputs["certificateAuthority"]["data"]
    assert outputs["identities"][0]["oidcs"][0]["issuer"].startswith("issuer-")
    _, outputs = aws.create(CLUSTER, {"engine": "aurora"})
    assert outputs["availabilityZones"] == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]


def test_a_resource_made_again_is_the_same_and_a_second_one_another(aws: Engine) -> None:
    """Outputs follow from the identity; a replacement that stands beside its predecessor has its own."""
    first = aws.create(VPC, {})
    second = aws.create(VPC, {})
    assert first[0] != second[0]
    assert first[1]["arn"] != second[1]["arn"]
    aws.delete(VPC, first[0], {}, first[1])
    assert aws.create(VPC, {}) == first


def test_an_update_keeps_what_was_computed(aws: Engine) -> None:
    """The endpoint of a database does not move because its backups do."""
    inputs = {"engine": "aurora", "backupRetentionPeriod": 1.0}
    id_, outputs = aws.create(CLUSTER, inputs)
    after = aws.update(CLUSTER, id_, inputs, outputs, {"engine": "aurora", "port": 5433.0})
    assert after == outputs | {"port": 5433.0}


def test_an_update_of_what_is_gone_says_so(aws: Engine) -> None:
    """Somebody deleted it beside Pulumi."""
    id_, outputs = aws.create(VPC, {})
    aws.delete(VPC, id_, {}, outputs)
    with pytest.raises(grpc.RpcError) as error:
        aws.update(VPC, id_, {}, outputs, {"enableDnsSupport": True})
    assert str(error.value.details()).endswith("is gone (run `pulumi refresh`, then try again)")


def test_snowflake_objects_are_called_by_their_qualified_names(snowflake: Engine) -> None:
    """Grants take them as text."""
    schema = Resource("snowflake:index/schema:Schema", "staging")
    id_, outputs = snowflake.create(schema, {"database": "FINEDGE", "name": "STAGING"})
    assert id_ == outputs["fullyQualifiedName"] == '"FINEDGE"."STAGING"'


def test_a_snowflake_name_is_taken_once(snowflake: Engine) -> None:
    """Two environments that forget to put their name into a role's meet in the one account they share."""
    role = Resource("snowflake:index/accountRole:AccountRole", "reader")
    id_, outputs = snowflake.create(role, {"name": "READER"})
    with pytest.raises(grpc.RpcError) as error:
        snowflake.create(Resource(role.token, "other"), {"name": "READER"})
    told = str(error.value.details())
    assert told.endswith('object "READER" already exists (import it, or choose another name)')
    snowflake.delete(role, id_, {"name": "READER"}, outputs)
    assert snowflake.create(role, {"name": "READER"})[0] == id_


def test_an_import_gives_what_the_program_gave(aws: Engine) -> None:
    """Secrets that the type declares stay secret; others are as plain as in a real cloud."""
    inputs = {"engine": "aurora", "masterPassword": secret("hush"), "tags": {"A": "b"}}
    id_, _ = aws.create(CLUSTER, inputs)
    assert aws.read(CLUSTER, id_).inputs == inputs


def test_accounts_do_not_see_each_other(home: Path) -> None:
    """An id means something only in the account that it was made in."""
    store = Store(home / "provider" / "store.sqlite")
    row = Row(scope="1", token=VPC.token, id="vpc-1", inputs={}, outputs={"arn": "a"})
    assert store.insert(row)
    assert not store.insert(row)
    assert store.find("2", VPC.token, "vpc-1") is None
    assert list(store.rows("aws:ec2/")) == [row]
    assert list(store.rows("snowflake:")) == []


def test_many_creates_at_once(aws: Engine) -> None:
    """The engine's parallelism: each gets an id of its own."""
    with ThreadPoolExecutor(16) as pool:
        ids = set(pool.map(lambda place: aws.create(Resource(VPC.token, f"net-{place}"), {})[0], range(300)))
    assert len(ids) == 300


def test_two_processes_share_one_store(home: Path) -> None:
    """One process a provider resource: what one makes, the other reads; neither fails for a locked file."""
    with process(home) as first, process(home) as second:
        one, two = Engine(first), Engine(second)
        for connection in (one, two):
            connection.configure(OFFLINE_AWS)
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda place: (one, two)[place % 2].create(SITE, {}), range(60)))
        assert len({id_ for id_, _ in made}) == 60
        assert all(two.read(SITE, id_, {}, outputs).id == id_ for id_, outputs in made)
        one.close()
        two.close()


@contextmanager
def process(home: Path) -> Iterator[int]:
    """A provider as the engine starts it; the value is its port."""
    command = [
        sys.executable,
        "-u",
        "-m",
        "slipway_sandbox.provider",
        "--package",
        "aws",
        "--home",
        str(home),
    ]
    with own_process(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        yield int(started.stdout.readline())
        started.terminate()
        assert started.wait(20) == 0


def test_outputs_do_not_depend_on_the_process(home: Path) -> None:
    """Two providers on two stores answer the same for the same resource."""
    with engine("aws", home) as one:
        first = one.create(CLUSTER, {"engine": "aurora"})
    (home / "provider" / "store.sqlite").unlink()
    with engine("aws", home) as other:
        assert other.create(CLUSTER, {"engine": "aurora"}) == first
