"""Data sources that look an object up by its name: what a materialised type reads, otherwise named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.delivery import REPOSITORY
from slipway_sandbox.provider.aws.dynamodb import Table
from slipway_sandbox.provider.aws.iam_policies import Policy
from slipway_sandbox.provider.aws.iam_principals import Role, User
from slipway_sandbox.provider.aws.kms import Alias
from slipway_sandbox.provider.aws.logs import LOG_GROUP
from slipway_sandbox.provider.aws.s3_bucket import Bucket
from slipway_sandbox.provider.aws.secrets_store import Secret
from slipway_sandbox.provider.aws.sns import Topic
from slipway_sandbox.provider.aws.spelling import UTC_SECONDS
from slipway_sandbox.provider.aws.sqs import Queue
from slipway_sandbox.provider.aws.target import found
from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.aws.resource import Resource
    from slipway_sandbox.provider.contract import Invoke, Properties, Session


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """A data source that reads what a materialised type reads.

    Attributes:
        resource: the type.
        by: the argument that names the object, and is its id.
        give: output -> the type's property, where their names differ.
    """

    resource: Resource
    by: str
    noun: str
    give: Mapping[str, str]

    def __call__(self, session: Session, args: Properties) -> Properties:
        """Look it up.

        Raises:
            ProviderFault: there is none; the message names it.
        """
        return self.at(session, args, str(args[self.by]))

    def at(self, session: Session, args: Properties, id_: str) -> Properties:
        """Look it up by its id."""
        state = self.resource.whole(session, id_, args.get("region") or session.region)
        if state is None:
            raise ProviderFault(f"there is no {self.noun} {args[self.by]} in account {session.account}")
        renamed = {output: state.outputs.get(own) for output, own in self.give.items()}
        region = {"region": args.get("region") or session.region}
        tags = {"tags": state.outputs["tagsAll"]} if "tagsAll" in state.outputs else {}
        return args | state.outputs | renamed | region | tags | {"id": state.id}


_POLICY = Lookup(resource=Policy(), by="arn", noun="IAM policy", give={})
_SECRET = Lookup(resource=Secret(), by="arn", noun="secret", give={})
_REPOSITORY = Lookup(resource=REPOSITORY, by="name", noun="ECR repository", give={})
_TOPIC = Lookup(resource=Topic(), by="name", noun="SNS topic", give={})
_QUEUE = Lookup(resource=Queue(), by="name", noun="SQS queue", give={})


def get_policy(session: Session, args: Properties) -> Properties:
    """aws.iam.getPolicy: by ARN, or by name and path."""
    if args.get("arn"):
        return _POLICY(session, args)
    name, prefix = args.get("name"), args.get("pathPrefix") or "/"
    pages = session.client("iam").get_paginator("list_policies").paginate(PathPrefix=prefix)
    arns = [policy["Arn"] for page in pages for policy in page["Policies"] if policy["PolicyName"] == name]
    if not arns:
        raise ProviderFault(f"there is no IAM policy {name} under {prefix} in account {session.account}")
    return _POLICY(session, {**args, "arn": arns[0]})


def get_secret(session: Session, args: Properties) -> Properties:
    """aws.secretsmanager.getSecret: by ARN or name."""
    named = args.get("arn") or args.get("name")
    client = session.client("secretsmanager", args.get("region"))
    secret = found(client.describe_secret, SecretId=named)
    if secret is None:
        raise ProviderFault(f"there is no secret {named} in account {session.account}")
    times = {
        "createdDate": secret["CreatedDate"].strftime(UTC_SECONDS),
        "lastChangedDate": secret.get("LastChangedDate", secret["CreatedDate"]).strftime(UTC_SECONDS),
    }
    return _SECRET(session, {**args, "arn": secret["ARN"]}) | times


def get_secret_version(session: Session, args: Properties) -> Properties:
    """aws.secretsmanager.getSecretVersion: a version, a stage, or the current one."""
    secret, stage = args["secretId"], args.get("versionStage") or "AWSCURRENT"
    which = {"VersionId": args["versionId"]} if args.get("versionId") else {"VersionStage": stage}
    client = session.client("secretsmanager", args.get("region"))
    answer = found(client.get_secret_value, SecretId=secret, **which)
    if answer is None:
        raise ProviderFault(f"secret {secret} has no version {args.get('versionId') or stage}")
    binary = answer.get("SecretBinary")
    return args | {
        "arn": answer["ARN"],
        "secretArn": answer["ARN"],
        "createdDate": answer["CreatedDate"].strftime(UTC_SECONDS),
        "secretString": answer.get("SecretString", ""),
        "secretBinary": binary.decode() if binary else "",
        "versionId": answer["VersionId"],
        "versionStage": stage,
        "versionStages": answer.get("VersionStages") or [],
        "region": args.get("region") or session.region,
        "id": f"{secret}|{answer['VersionId']}",
    }


def get_ssm_parameter(session: Session, args: Properties) -> Properties:
    """aws.ssm.getParameter: `insecureValue` only where the parameter is no secret."""
    decrypt = args.get("withDecryption") is not False
    client = session.client("ssm", args.get("region"))
    answer = found(client.get_parameter, Name=args["name"], WithDecryption=decrypt)
    if answer is None:
        raise ProviderFault(f"there is no SSM parameter {args['name']} in account {session.account}")
    parameter = answer["Parameter"]
    return args | {
        "arn": parameter["ARN"],
        "type": parameter["Type"],
        "value": parameter["Value"],
        "insecureValue": "" if parameter["Type"] == "SecureString" else parameter["Value"],
        "version": parameter["Version"],
        "withDecryption": decrypt,
        "region": args.get("region") or session.region,
        "id": parameter["Name"],
    }


def get_key(session: Session, args: Properties) -> Properties:
    """aws.kms.getKey: by id, ARN or alias; also of keys that wait for their deletion."""
    client = session.client("kms", args.get("region"))
    answer = found(client.describe_key, KeyId=args["keyId"])
    if answer is None:
        raise ProviderFault(f"there is no KMS key {args['keyId']} in account {session.account}")
    key: Any = answer["KeyMetadata"]
    deletion = key.get("DeletionDate")
    return args | {
        "id": key["KeyId"],
        "arn": key["Arn"],
        "awsAccountId": key.get("AWSAccountId", session.account),
        "creationDate": key["CreationDate"].strftime(UTC_SECONDS),
        "customerMasterKeySpec": key["KeySpec"],
        "keySpec": key["KeySpec"],
        "deletionDate": deletion.strftime(UTC_SECONDS) if deletion else "",
        "description": key.get("Description") or "",
        "enabled": key["Enabled"],
        "keyManager": key.get("KeyManager", "CUSTOMER"),
        "keyState": key["KeyState"],
        "keyUsage": key.get("KeyUsage") or "ENCRYPT_DECRYPT",
        "multiRegion": bool(key.get("MultiRegion")),
        "multiRegionConfigurations": [],
        "xksKeyConfigurations": [],
        "origin": key.get("Origin", "AWS_KMS"),
        "expirationModel": "",
        "validTo": "",
        "cloudHsmClusterId": "",
        "customKeyStoreId": "",
        "pendingDeletionWindowInDays": key.get("PendingDeletionWindowInDays", 0),
        "region": args.get("region") or session.region,
    }


def get_topic(session: Session, args: Properties) -> Properties:
    """aws.sns.getTopic."""
    pages = session.client("sns", args.get("region")).get_paginator("list_topics").paginate()
    arns = [topic["TopicArn"] for page in pages for topic in page["Topics"]]
    arn = next((arn for arn in arns if arn.rpartition(":")[2] == args["name"]), None)
    if arn is None:
        raise ProviderFault(f"there is no SNS topic {args['name']} in account {session.account}")
    return _TOPIC.at(session, args, arn)


def get_queue(session: Session, args: Properties) -> Properties:
    """aws.sqs.getQueue."""
    answer = found(session.client("sqs", args.get("region")).get_queue_url, QueueName=args["name"])
    if answer is None:
        raise ProviderFault(f"there is no SQS queue {args['name']} in account {session.account}")
    return _QUEUE.at(session, args, answer["QueueUrl"])


def get_repository(session: Session, args: Properties) -> Properties:
    """aws.ecr.getRepository: what the resource has once, the data source has as a list."""
    answer = _REPOSITORY(session, args)
    scanning = answer.pop("imageScanningConfiguration", None)
    client = session.client("ecr", args.get("region"))
    images = client.describe_images(repositoryName=args["name"])["imageDetails"]
    newest: Properties = max(images, key=lambda image: image["imagePushedAt"], default={})
    return answer | {
        "imageScanningConfigurations": [scanning] if scanning else [],
        "mostRecentImageTags": newest.get("imageTags") or [],
    }


LOOKUPS: Mapping[str, Invoke] = {
    "aws:iam/getRole:getRole": Lookup(resource=Role(), by="name", noun="IAM role", give={}),
    "aws:iam/getUser:getUser": Lookup(
        resource=User(), by="userName", noun="IAM user", give={"userId": "uniqueId", "userName": "name"}
    ),
    "aws:iam/getPolicy:getPolicy": get_policy,
    "aws:s3/getBucket:getBucket": Lookup(resource=Bucket(), by="bucket", noun="bucket", give={}),
    "aws:dynamodb/getTable:getTable": Lookup(resource=Table(), by="name", noun="DynamoDB table", give={}),
    "aws:cloudwatch/getLogGroup:getLogGroup": Lookup(
        resource=LOG_GROUP, by="name", noun="log group", give={}
    ),
    "aws:kms/getAlias:getAlias": Lookup(resource=Alias(), by="name", noun="KMS alias", give={}),
    "aws:kms/getKey:getKey": get_key,
    "aws:ssm/getParameter:getParameter": get_ssm_parameter,
    "aws:secretsmanager/getSecret:getSecret": get_secret,
    "aws:secretsmanager/getSecretVersion:getSecretVersion": get_secret_version,
    "aws:sns/getTopic:getTopic": get_topic,
    "aws:sqs/getQueue:getQueue": get_queue,
    "aws:ecr/getRepository:getRepository": get_repository,
}
