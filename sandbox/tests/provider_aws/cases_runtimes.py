"""Lives of what runs pipelines: MWAA environments, EMR Serverless applications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.provider_aws.case import Bed, Case
from tests.provider_aws.cases_network import GROUP, SUBNET, VPC

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties


def _place(bed: Bed) -> tuple[list[str], list[str]]:
    """Two subnets and a group in a VPC of their own."""
    vpc = bed.make(VPC, cidrBlock="10.1.0.0/16").id
    subnets = [bed.make(SUBNET, vpcId=vpc, cidrBlock=f"10.1.{n}.0/24").id for n in (1, 2)]
    return subnets, [bed.make(GROUP, name="workloads", vpcId=vpc).id]


def _environment_inputs(bed: Bed) -> Properties:
    subnets, groups = _place(bed)
    return {
        "name": "airflow",
        "airflowVersion": "2.11.0",
        "sourceBucketArn": "arn:aws:s3:::dags",
        "dagS3Path": "dags",
        "requirementsS3Path": "requirements.txt",
        "requirementsS3ObjectVersion": "one",
        "executionRoleArn": "arn:aws:iam::111122223333:role/airflow",
        "networkConfiguration": {"subnetIds": subnets, "securityGroupIds": groups},
        "airflowConfigurationOptions": {"core.load_examples": "False"},
        "loggingConfiguration": {"taskLogs": {"enabled": True, "logLevel": "INFO"}},
        "workerReplacementStrategy": "GRACEFUL",
        "environmentClass": "mw1.small",
        "maxWorkers": 5,
        "tags": {"Owner": "platform"},
    }


def _environment(bed: Bed, id_: str) -> Any:
    return bed.client("mwaa").get_environment(Name=id_)["Environment"]


def _application_inputs(bed: Bed) -> Properties:
    subnets, groups = _place(bed)
    return {
        "name": "batch",
        "releaseLabel": "emr-7.5.0",
        "type": "spark",
        "architecture": "ARM64",
        "networkConfiguration": {"subnetIds": subnets, "securityGroupIds": groups},
        "monitoringConfiguration": {
            "cloudwatchLoggingConfiguration": {"enabled": True, "logGroupName": "/spark"}
        },
        "runtimeConfigurations": [
            {"classification": "spark-defaults", "properties": {"spark.ui.enabled": "x"}}
        ],
        "maximumCapacity": {"cpu": "16 vCPU", "memory": "64 GB"},
        "tags": {"Owner": "platform"},
    }


def _application(bed: Bed, id_: str) -> Any:
    return bed.client("emr-serverless").get_application(applicationId=id_)["application"]


def _auto_stop(bed: Bed, id_: str) -> None:
    bed.client("emr-serverless").update_application(
        applicationId=id_, autoStopConfiguration={"enabled": False}
    )


RUNTIMES = (
    Case(
        token="aws:emrserverless/application:Application",
        inputs=_application_inputs,
        change={"maximumCapacity": {"cpu": "32 vCPU", "memory": "128 GB"}},
        seen=lambda bed, id_: _application(bed, id_)["maximumCapacity"],
        drift=_auto_stop,
        drifted={"autoStopConfiguration": {"enabled": False}},
    ),
    Case(
        token="aws:mwaa/environment:Environment",
        inputs=_environment_inputs,
        change={"airflowConfigurationOptions": {"core.load_examples": "True"}},
        seen=lambda bed, id_: _environment(bed, id_)["AirflowConfigurationOptions"],
        drift=lambda bed, id_: bed.client("mwaa").update_environment(Name=id_, MaxWorkers=9),
        drifted={"maxWorkers": 9},
        not_imported=frozenset({"workerReplacementStrategy"}),
    ),
)
