"""What the AWS account of a stack may spend in a month, and who is told before it has."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from slipway.model.tags import Tags

_TOLD_AT: Final = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))
"""What is compared with the budget, and from which percentage of it people are told."""


@dataclass(frozen=True, kw_only=True)
class SpendGuardArgs:
    """How much is expected.

    Attributes:
        budget: physical name.
        monthly_usd: US dollars a month of the whole account.
        topic_arn: SNS topic that is told; its policy has to let AWS Budgets publish.
    """

    budget: str
    monthly_usd: int
    topic_arn: pulumi.Input[str]
    tags: Tags


class SpendGuard(PlatformComponent, token="slipway:observe:SpendGuard"):
    """A budget of the account; it tells and never stops anything. Snowflake's monitors guard the credits."""

    def __init__(self, name: str, args: SpendGuardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.budget = self._create_budget(args)
        self.publish(budget=self.budget.name)

    def _create_budget(self, args: SpendGuardArgs) -> aws.budgets.Budget:
        return aws.budgets.Budget(
            self.name,
            name=args.budget,
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(args.monthly_usd),
            limit_unit="USD",
            notifications=[_notification(what, percent, args.topic_arn) for what, percent in _TOLD_AT],
            tags=self.tags.as_aws(),
            opts=self.child(),
        )


def _notification(what: str, percent: int, topic_arn: pulumi.Input[str]) -> dict[str, Any]:
    return {
        "notification_type": what,
        "comparison_operator": "GREATER_THAN",
        "threshold": percent,
        "threshold_type": "PERCENTAGE",
        "subscriber_sns_topic_arns": [topic_arn],
    }
