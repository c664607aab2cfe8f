"""MWAA environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.spelling import Spelling
from slipway_sandbox.provider.aws.tagging import Tagging

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_CHANGED = (
    "airflowConfigurationOptions airflowVersion dagS3Path environmentClass executionRoleArn "
    "loggingConfiguration maxWebservers maxWorkers minWebservers minWorkers networkConfiguration "
    "pluginsS3Path pluginsS3ObjectVersion requirementsS3Path requirementsS3ObjectVersion schedulers "
    "sourceBucketArn startupScriptS3Path startupScriptS3ObjectVersion webserverAccessMode "
    "weeklyMaintenanceWindowStart"
)
_FIXED = "name endpointManagement kmsKey"
_TOLD = (
    "arn createdAt databaseVpcEndpointService serviceRoleArn status webserverUrl webserverVpcEndpointService "
    "lastUpdateds=LastUpdate"
)


class _Environment(Row):
    """Its subnets are for ever; how workers are replaced is said of a change, and only then."""

    def arguments(self, target: Target, op: Op, *, fill: Mapping[str, Any]) -> Properties:
        """The call; a change takes the security groups alone."""
        arguments = super().arguments(target, op, fill=fill)
        if op.call == "update_environment":
            groups = arguments["NetworkConfiguration"]["SecurityGroupIds"]
            arguments["NetworkConfiguration"] = {"SecurityGroupIds": groups}
        return arguments

    def fetch(self, target: Target) -> Properties | None:
        """The environment; its last change is a list of one."""
        outputs = super().fetch(target)
        if outputs is None:
            return None
        last = outputs["lastUpdateds"]
        about = {name: last[name] for name in ("createdAt", "status")} if last else {}
        return outputs | {"lastUpdateds": [about] if last else []}


ENVIRONMENT = _Environment(
    module="mwaa",
    name="Environment",
    service="mwaa",
    create_=Op(call="create_environment", send=f"{_FIXED} {_CHANGED}"),
    update_=(
        Op(
            call="update_environment",
            send=_CHANGED,
            args={"Name": "{id}", "WorkerReplacementStrategy": "{workerReplacementStrategy}"},
        ),
    ),
    look=(
        Look(
            call="get_environment",
            args={"Name": "{id}"},
            at="Environment",
            give=f"{_FIXED} {_CHANGED} {_TOLD}",
        ),
    ),
    erase=Op(call="delete_environment", args={"Name": "{id}"}),
    spelling=Spelling(maps=frozenset({"airflowConfigurationOptions"})),
    autoname="name",
    replace_on=frozenset({"name", "endpointManagement", "kmsKey", "networkConfiguration.subnetIds"}),
    silent=frozenset({"workerReplacementStrategy"}),
    id_form="{name}",
    tagging=Tagging(subject="ResourceArn", keys="tagKeys", pair=None),
)
