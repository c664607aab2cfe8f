"""Lives of Route 53, ECR, CodeBuild, CloudTrail, Lambda, Glue and Kinesis types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import Archive, Asset
from tests.provider_aws.case import Bed, Case
from tests.provider_aws.cases_storage import BUCKET

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties

ZONE, REPOSITORY = "aws:route53/zone:Zone", "aws:ecr/repository:Repository"
_ECR_KEY = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"
FUNCTION = "aws:lambda/function:Function"


def _role(bed: Bed, service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = bed.make("aws:iam/role:Role", name=f"for-{service.partition('.')[0]}", assumeRolePolicy=trust)
    return str(role.outputs["arn"])


def _record_inputs(bed: Bed) -> Properties:
    zone = bed.make(ZONE, name="records.example").id
    return {"zoneId": zone, "name": "www", "type": "A", "ttl": 60, "records": ["10.0.0.1"]}


def _record(bed: Bed, id_: str) -> Any:
    records = bed.client("route53").list_resource_record_sets(HostedZoneId=id_.partition("_")[0])
    values = [r["ResourceRecords"][0]["Value"] for r in records["ResourceRecordSets"] if r["Type"] == "A"]
    return values[0] if values else None


def _drift_record(bed: Bed, id_: str) -> None:
    record = {
        "Name": "www.records.example",
        "Type": "A",
        "TTL": 5,
        "ResourceRecords": [{"Value": "10.0.0.9"}],
    }
    bed.client("route53").change_resource_record_sets(
        HostedZoneId=id_.partition("_")[0],
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]},
    )


def _mutability(bed: Bed, id_: str) -> Any:
    answer = bed.client("ecr").describe_repositories(repositoryNames=[id_])
    return answer["repositories"][0]["imageTagMutability"]


def _expiry(days: int) -> str:
    selection = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": days,
    }
    return json.dumps({"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]})


def _pull(service: str) -> str:
    statement = {
        "Sid": "Pull",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "ecr:BatchGetImage",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _build_inputs(bed: Bed) -> Properties:
    return {
        "name": "checks",
        "serviceRole": _role(bed, "codebuild.amazonaws.com"),
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {
            "type": "LINUX_CONTAINER",
            "computeType": "BUILD_GENERAL1_SMALL",
            "image": "aws/codebuild/standard:7.0",
            "environmentVariables": [{"name": "STACK", "value": "dev", "type": "PLAINTEXT"}],
        },
        "source": {"type": "S3", "location": "bucket/source.zip"},
        "secondarySources": [{"type": "S3", "location": "bucket/more.zip", "sourceIdentifier": "platform"}],
        "secondarySourceVersions": [{"sourceIdentifier": "platform", "sourceVersion": "a"}],
        "concurrentBuildLimit": 1,
        "buildBatchConfig": {
            "serviceRole": _role(bed, "batches.codebuild.amazonaws.com"),
            "timeoutInMins": 12,
            "restrictions": {"maximumBuildsAllowed": 1},
        },
        "tags": {"Owner": "platform"},
    }


def _project(bed: Bed, id_: str) -> Any:
    projects = bed.client("codebuild").batch_get_projects(names=[id_.rpartition("/")[2]])["projects"]
    return projects[0] if projects else None


def _field(name: str, **one: str) -> Properties:
    return {"field": name, **{operator: [value] for operator, value in one.items()}}


def _trail_inputs(bed: Bed) -> Properties:
    bucket = bed.make(BUCKET, bucket="trail-logs", forceDestroy=True).id
    return {
        "name": "audit",
        "s3BucketName": bucket,
        "isMultiRegionTrail": True,
        "advancedEventSelectors": [
            {"name": "Management", "fieldSelectors": [_field("eventCategory", equals="Management")]},
            {
                "name": "Objects",
                "fieldSelectors": [
                    _field("eventCategory", equals="Data"),
                    _field("resources.type", equals="AWS::S3::Object"),
                    _field("resources.ARN", startsWiths="arn:aws:s3:::trail-logs/"),
                ],
            },
        ],
        "tags": {"Owner": "platform"},
    }


def _function_inputs(bed: Bed) -> Properties:
    return {
        "name": "late",
        "role": _role(bed, "lambda.amazonaws.com"),
        "handler": "index.handler",
        "runtime": "python3.11",
        "code": Archive(assets={"index.py": Asset(text="def handler(e, c): return 1")}),
        "environment": {"variables": {"KEY_one": "1"}},
        "tags": {"Owner": "platform"},
    }


def _permission_inputs(bed: Bed) -> Properties:
    function = bed.make(FUNCTION, **_function_inputs(bed)).id
    return {
        "function": function,
        "statementId": "events",
        "action": "lambda:InvokeFunction",
        "principal": "events.amazonaws.com",
        "sourceArn": "arn:aws:events:us-east-1:111122223333:rule/late",
    }


def _stream(bed: Bed, id_: str) -> Any:
    answer = bed.client("kinesis").describe_stream_summary(StreamName=id_.rpartition("/")[2])
    return answer["StreamDescriptionSummary"]["RetentionPeriodHours"]


SERVICES = (
    Case(
        token=ZONE,
        inputs=lambda _: {"name": "zone.example", "comment": "one", "tags": {"Owner": "platform"}},
        change={"comment": "two"},
        seen=lambda bed, id_: bed.client("route53").get_hosted_zone(Id=id_)["HostedZone"]["Config"][
            "Comment"
        ],
        drift=lambda bed, id_: bed.client("route53").update_hosted_zone_comment(Id=id_, Comment="three"),
        drifted={"comment": "three"},
    ),
    Case(
        token="aws:route53/record:Record",
        inputs=_record_inputs,
        change={"records": ["10.0.0.2"]},
        seen=_record,
        found_by_inputs=True,
        as_seen="10.0.0.2",
        drift=_drift_record,
        drifted={"records": ["10.0.0.9"], "ttl": 5},
        not_imported=frozenset({"name"}),
    ),
    Case(
        token=REPOSITORY,
        inputs=lambda _: {
            "name": "jobs",
            "imageScanningConfiguration": {"scanOnPush": True},
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": _ECR_KEY}],
            "tags": {"Owner": "platform"},
        },
        change={"imageTagMutability": "IMMUTABLE"},
        seen=_mutability,
        drift=lambda bed, id_: bed.client("ecr").put_image_scanning_configuration(
            repositoryName=id_, imageScanningConfiguration={"scanOnPush": False}
        ),
        drifted={"imageScanningConfiguration": {"scanOnPush": False}},
    ),
    Case(
        token="aws:ecr/repositoryPolicy:RepositoryPolicy",
        inputs=lambda bed: {
            "repository": bed.make(REPOSITORY, name="pulled").id,
            "policy": _pull("emr-serverless.amazonaws.com"),
        },
        change={"policy": _pull("lambda.amazonaws.com")},
        seen=lambda bed, id_: bed.client("ecr").get_repository_policy(repositoryName=id_)["policyText"],
        drift=lambda bed, id_: bed.client("ecr").set_repository_policy(
            repositoryName=id_, policyText=_pull("ecs.amazonaws.com")
        ),
        drifted={"policy": _pull("ecs.amazonaws.com")},
    ),
    Case(
        token="aws:ecr/lifecyclePolicy:LifecyclePolicy",
        inputs=lambda bed: {"repository": bed.make(REPOSITORY, name="expiring").id, "policy": _expiry(5)},
        change={"policy": _expiry(6)},
        seen=lambda bed, id_: bed.client("ecr").get_lifecycle_policy(repositoryName=id_)[
            "lifecyclePolicyText"
        ],
        drift=lambda bed, id_: bed.client("ecr").put_lifecycle_policy(
            repositoryName=id_, lifecyclePolicyText=_expiry(7)
        ),
        drifted={"policy": _expiry(7)},
    ),
    Case(token="aws:codebuild/project:Project", inputs=_build_inputs, seen=_project),
    Case(
        token="aws:cloudtrail/trail:Trail",
        inputs=_trail_inputs,
        change={"enableLogging": False},
        seen=lambda bed, id_: bed.client("cloudtrail").get_trail_status(Name=id_)["IsLogging"],
        drift=lambda bed, id_: bed.client("cloudtrail").start_logging(Name=id_),
        drifted={"enableLogging": True},
    ),
    Case(
        token=FUNCTION,
        inputs=_function_inputs,
        change={"timeout": 30},
        seen=lambda bed, id_: bed.client("lambda").get_function(FunctionName=id_)["Configuration"]["Timeout"],
        drift=lambda bed, id_: bed.client("lambda").update_function_configuration(
            FunctionName=id_, Environment={"Variables": {"KEY_one": "2"}}
        ),
        drifted={"environment": {"variables": {"KEY_one": "2"}}},
        not_imported=frozenset({"code"}),
    ),
    Case(
        token="aws:lambda/permission:Permission",
        inputs=_permission_inputs,
        import_id="late/events",
        seen=lambda bed, _: (
            json.loads(bed.client("lambda").get_policy(FunctionName="late")["Policy"])["Statement"] or None
        ),
    ),
    Case(
        token="aws:glue/catalogDatabase:CatalogDatabase",
        inputs=lambda _: {"name": "marts", "description": "one", "tags": {"Owner": "platform"}},
        change={"description": "two"},
        seen=lambda bed, _: bed.client("glue").get_database(Name="marts")["Database"]["Description"],
        drift=lambda bed, _: bed.client("glue").update_database(
            Name="marts", DatabaseInput={"Name": "marts", "Description": "three"}
        ),
        drifted={"description": "three"},
    ),
    Case(
        token="aws:kinesis/stream:Stream",
        inputs=lambda _: {"name": "payments", "shardCount": 1, "tags": {"Owner": "platform"}},
        change={"retentionPeriod": 48},
        seen=_stream,
        drift=lambda bed, _: bed.client("kinesis").increase_stream_retention_period(
            StreamName="payments", RetentionPeriodHours=72
        ),
        drifted={"retentionPeriod": 72},
    ),
)
