"""A catalogued streaming pipeline in one environment."""

import pulumi

from components.base import PlatformComponent
from components.pipeline.args import PipelineArgs
from components.pipeline.parts import PipelineParts


class StreamingPipeline(PlatformComponent, token="slipway:pipeline:StreamingPipeline"):
    """What a streaming entry becomes: releases start its query, and the age of what it writes is watched."""

    def __init__(self, name: str, args: PipelineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        parts = PipelineParts(self, args)
        self.log = parts.create_log()
        self.role = parts.create_role(self.log)
        self.warehouse_role = parts.create_warehouse_role()
        parts.create_alarms()
        self.publish(role_arn=self.role.arn, **parts.log_output(self.log), **parts.approval())
