"""What builds and what watches: ECR repositories, CodeBuild projects, CloudTrail trails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws.resource import half_made
from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.spelling import CAMEL, Spelling, pairs, unpaired
from slipway_sandbox.provider.aws.tagging import LOWER_ARN_TAGS, Tagging

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_REPOSITORY = {"repositoryName": "{name}"}


class _Repository(Row):
    """The encryption of a repository is a list on the wire and one block in the API."""

    def arguments(self, target: Target, op: Op, *, fill: Mapping[str, Any]) -> Properties:
        """What a call is made with: of the list the one block that there can be."""
        arguments = super().arguments(target, op, fill=fill)
        blocks = arguments.pop("encryptionConfiguration", None)
        return {**arguments, "encryptionConfiguration": blocks[0]} if blocks else arguments

    def fetch(self, target: Target) -> Properties | None:
        """The repository."""
        outputs = super().fetch(target)
        if outputs and outputs.get("encryptionConfigurations"):
            outputs["encryptionConfigurations"] = [outputs["encryptionConfigurations"]]
        return outputs

    def remove(self, target: Target) -> None:
        """Delete it; images refuse that unless forceDelete is set."""
        force = bool(target.inputs.get("forceDelete"))
        target.client.delete_repository(repositoryName=target.id, force=force)


REPOSITORY = _Repository(
    module="ecr",
    name="Repository",
    service="ecr",
    create_=Op(
        call="create_repository",
        send="imageTagMutability imageScanningConfiguration encryptionConfigurations=encryptionConfiguration",
        args=_REPOSITORY,
    ),
    update_=(
        Op(call="put_image_tag_mutability", send="imageTagMutability", args=_REPOSITORY),
        Op(call="put_image_scanning_configuration", send="imageScanningConfiguration", args=_REPOSITORY),
    ),
    look=(
        Look(
            call="describe_repositories",
            args={"repositoryNames": ["{name}"]},
            at="repositories[0]",
            give="arn=repositoryArn registryId repositoryUrl=repositoryUri imageTagMutability "
            "imageScanningConfiguration encryptionConfigurations=encryptionConfiguration",
        ),
    ),
    erase=None,
    spelling=CAMEL,
    autoname="name",
    replace_on=frozenset({"name", "encryptionConfigurations"}),
    silent=frozenset({"forceDelete"}),
    defaults={
        "imageTagMutability": "MUTABLE",
        "encryptionConfigurations": [{"encryptionType": "AES256"}],
    },
    id_form="{name}",
    tagging=LOWER_ARN_TAGS,
)
_OF_REPOSITORY = {"repositoryName": "{repository}"}


def _text_of_repository(name: str, put: str, called: str, field: str) -> Row:
    """A document that a repository has one of: put, got and deleted under the repository's name."""
    write = Op(call=put, send=f"policy={field}", args=_OF_REPOSITORY)
    return Row(
        module="ecr",
        name=name,
        service="ecr",
        create_=write,
        update_=(write,),
        look=(Look(call=f"get_{called}", args=_OF_REPOSITORY, give=f"policy={field} registryId"),),
        erase=Op(call=f"delete_{called}", args=_OF_REPOSITORY),
        spelling=CAMEL,
        replace_on=frozenset({"repository"}),
        id_form="{repository}",
    )


REPOSITORY_POLICY = _text_of_repository(
    "RepositoryPolicy", "set_repository_policy", "repository_policy", "policyText"
)
LIFECYCLE_POLICY = _text_of_repository(
    "LifecyclePolicy", "put_lifecycle_policy", "lifecycle_policy", "lifecyclePolicyText"
)

_PROJECT = (
    "description serviceRole source secondarySources sourceVersion secondarySourceVersions artifacts "
    "secondaryArtifacts cache environment buildTimeout=timeoutInMinutes queuedTimeout=queuedTimeoutInMinutes "
    "encryptionKey vpcConfig logsConfig fileSystemLocations buildBatchConfig "
    "concurrentBuildLimit badgeEnabled"
)
_PROJECT_SPELLING = Spelling(
    names={
        "cloudwatchLogs": "cloudWatchLogs",
        "computeTypesAlloweds": "computeTypesAllowed",
    },
    pascal=False,
)


class _ProjectTagging(Tagging):
    """The tags of a project come and go with the project."""

    def read(self, target: Target, outputs: Mapping[str, Any]) -> dict[str, str]:
        del outputs
        project = target.client.batch_get_projects(names=[target.inputs["name"]])["projects"][0]
        return {tag["key"]: tag["value"] for tag in project.get("tags") or []}

    def write(self, target: Target, outputs: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
        if self.read(target, outputs) != wanted:
            tags = [{"key": key, "value": value} for key, value in wanted.items()]
            target.client.update_project(name=target.inputs["name"], tags=tags)


class _Project(Row):
    """A project's id is its ARN, its calls take its name."""

    def make(self, target: Target) -> str:
        """Create it with its tags."""
        tags = [{"key": key, "value": value} for key, value in target.tags.items()]
        arguments = self.arguments(target, self.create_, fill={})
        return str(target.client.create_project(**arguments, tags=tags)["project"]["arn"])


_UPDATE_PROJECT = Op(call="update_project", send=_PROJECT, args={"name": "{name}"})
PROJECT = _Project(
    module="codebuild",
    name="Project",
    service="codebuild",
    create_=Op(call="create_project", send=_PROJECT, args={"name": "{name}"}),
    update_=(_UPDATE_PROJECT,),
    look=(
        Look(
            call="batch_get_projects",
            args={"names": ["{name}"]},
            at="projects[0]",
            give=f"arn {_PROJECT}",
        ),
    ),
    erase=Op(call="delete_project", args={"name": "{name}"}),
    spelling=_PROJECT_SPELLING,
    autoname="name",
    replace_on=frozenset({"name"}),
    sent={"buildTimeout": 60, "queuedTimeout": 480},
    defaults={
        "buildTimeout": 60,
        "queuedTimeout": 480,
        "badgeEnabled": False,
        "cache": {"type": "NO_CACHE"},
    },
    constant={"badgeUrl": "", "publicProjectAlias": "", "autoRetryLimit": 0},
    id_form="arn:aws:codebuild:{region}:{account}:project/{name}",
    tagging=_ProjectTagging(subject="name", by="id"),
)

_TRAIL = (
    "s3BucketName s3KeyPrefix snsTopicName includeGlobalServiceEvents isMultiRegionTrail "
    "enableLogFileValidation=EnableLogFileValidation cloudWatchLogsGroupArn=CloudWatchLogsLogGroupArn "
    "cloudWatchLogsRoleArn kmsKeyId isOrganizationTrail"
)


class _TrailTagging(Tagging):
    """CloudTrail lists tags of many trails at once, and removes them by key and value."""

    def read(self, target: Target, outputs: Mapping[str, Any]) -> dict[str, str]:
        del outputs
        answer = target.client.list_tags(ResourceIdList=[target.id])["ResourceTagList"]
        return unpaired(answer[0]["TagsList"]) if answer else {}

    def write(self, target: Target, outputs: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
        present = self.read(target, outputs)
        if gone := {key: value for key, value in present.items() if key not in wanted}:
            target.client.remove_tags(ResourceId=target.id, TagsList=pairs(gone))
        if new := {key: value for key, value in wanted.items() if present.get(key) != value}:
            target.client.add_tags(ResourceId=target.id, TagsList=pairs(new))


class _Trail(Row):
    """A trail logs from its creation, unless the program says otherwise; its event selectors have a call."""

    def make(self, target: Target) -> str:
        """Create it, choose its events, start it."""
        arn = super().make(target)
        with half_made(arn):
            self._select(target, arn)
            self._switch(target, arn)
        return arn

    def fetch(self, target: Target) -> Properties | None:
        """The trail, whether it logs, and what."""
        outputs = super().fetch(target)
        if outputs is None:
            return None
        status = target.client.get_trail_status(Name=target.id)
        selectors = target.client.get_event_selectors(TrailName=target.id)
        return outputs | {
            "enableLogging": status["IsLogging"],
            "eventSelectors": self.spelling.to_wire(selectors.get("EventSelectors") or []),
            "advancedEventSelectors": self.spelling.to_wire(selectors.get("AdvancedEventSelectors") or []),
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Change the trail, its events, its state."""
        super().change(target, changed)
        if changed & {"eventSelectors", "advancedEventSelectors"}:
            self._select(target, target.id)
        if "enableLogging" in changed:
            self._switch(target, target.id)

    def _select(self, target: Target, arn: str) -> None:
        chosen = ("eventSelectors", "advancedEventSelectors")
        given = {key[0].upper() + key[1:]: target.inputs[key] for key in chosen if target.inputs.get(key)}
        if given:
            spelled = {key: self.spelling.to_api(value) for key, value in given.items()}
            target.client.put_event_selectors(TrailName=arn, **spelled)

    def _switch(self, target: Target, arn: str) -> None:
        if target.inputs.get("enableLogging") is False:
            target.client.stop_logging(Name=arn)
        else:
            target.client.start_logging(Name=arn)


TRAIL = _Trail(
    module="cloudtrail",
    name="Trail",
    service="cloudtrail",
    create_=Op(call="create_trail", send=f"name {_TRAIL}", answer="TrailARN"),
    update_=(Op(call="update_trail", send=_TRAIL, args={"Name": "{id}"}),),
    look=(
        Look(
            call="get_trail",
            args={"Name": "{id}"},
            at="Trail",
            give="name arn=TrailARN homeRegion snsTopicArn=SnsTopicARN s3BucketName s3KeyPrefix "
            "snsTopicName includeGlobalServiceEvents isMultiRegionTrail "
            "enableLogFileValidation=LogFileValidationEnabled "
            "cloudWatchLogsGroupArn=CloudWatchLogsLogGroupArn cloudWatchLogsRoleArn kmsKeyId "
            "isOrganizationTrail",
        ),
    ),
    erase=Op(call="delete_trail", args={"Name": "{name}"}),
    spelling=Spelling(names={"startsWiths": "StartsWith", "endsWiths": "EndsWith", "notEquals": "NotEquals"}),
    autoname="name",
    replace_on=frozenset({"name"}),
    sent={"includeGlobalServiceEvents": True},
    defaults={
        "includeGlobalServiceEvents": True,
        "isMultiRegionTrail": False,
        "enableLogFileValidation": False,
        "isOrganizationTrail": False,
        "enableLogging": True,
    },
    more=frozenset({"enableLogging", "eventSelectors", "advancedEventSelectors"}),
    id_form="arn:aws:cloudtrail:{region}:{account}:trail/{name}",
    tagging=_TrailTagging(subject="ResourceId", by="id"),
)
DELIVERY = (REPOSITORY, REPOSITORY_POLICY, LIFECYCLE_POLICY, PROJECT, TRAIL)
