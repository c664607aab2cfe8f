"""A catalogued batch pipeline in one environment."""

import pulumi

from components.base import PlatformComponent
from components.pipeline.args import PipelineArgs
from components.pipeline.parts import PipelineParts


class BatchPipeline(PlatformComponent, token="slipway:pipeline:BatchPipeline"):
    """What a batch entry becomes: its DAG starts its jobs. It goes forward and back with the entry alone."""

    def __init__(self, name: str, args: PipelineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        parts = PipelineParts(self, args)
        self.log = parts.create_log()
        self.role = parts.create_role(self.log)
        self.warehouse_role = parts.create_warehouse_role()
        parts.create_connection()
        parts.create_alarms()
        self.publish(role_arn=self.role.arn, **parts.log_output(self.log), **parts.approval())
