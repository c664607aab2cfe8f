"""EMR Serverless applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.spelling import Spelling
from slipway_sandbox.provider.aws.tagging import Tagging

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_ID = {"applicationId": "{id}"}
_CHANGED = (
    "architecture autoStartConfiguration autoStopConfiguration imageConfiguration interactiveConfiguration "
    "jobLevelCostAllocationConfiguration maximumCapacity monitoringConfiguration networkConfiguration "
    "releaseLabel runtimeConfigurations=runtimeConfiguration schedulerConfiguration"
)


class _Application(Row):
    """Its engine is in lower case, as the real provider says it; one that runs stops before it is deleted."""

    def fetch(self, target: Target) -> Properties | None:
        """The application."""
        outputs = super().fetch(target)
        return outputs and outputs | {"type": str(outputs["type"]).lower()}

    def remove(self, target: Target) -> None:
        """Stop and delete it."""
        target.client.stop_application(applicationId=target.id)
        super().remove(target)


APPLICATION = _Application(
    module="emrserverless",
    name="Application",
    service="emr-serverless",
    create_=Op(call="create_application", send=f"name type {_CHANGED}", answer="applicationId"),
    update_=(Op(call="update_application", send=_CHANGED, args=_ID),),
    look=(Look(call="get_application", args=_ID, at="application", give=f"arn name type {_CHANGED}"),),
    erase=Op(call="delete_application", args=_ID),
    spelling=Spelling(
        names={"cloudwatchLoggingConfiguration": "cloudWatchLoggingConfiguration"},
        maps=frozenset({"properties"}),
        pascal=False,
    ),
    autoname="name",
    replace_on=frozenset({"name", "type"}),
    defaults={"architecture": "X86_64"},
    tagging=Tagging(subject="resourceArn", answer="tags", given="tags", keys="tagKeys", pair=None),
)
