"""The tags that every cloud resource carries, so that its owner and its cost can be found.

Required by `policies/rules/tagging.py`, written by the components.
"""

from dataclasses import dataclass, replace
from typing import Final

from slipway.model.environment import StackName

PLATFORM_PIPELINE: Final = "platform"
"""The `Pipeline` tag of what belongs to no pipeline."""

REQUIRED_TAGS: Final = ("Owner", "Pipeline", "Criticality", "CostCenter", "DataClass", "Environment")


@dataclass(frozen=True, kw_only=True)
class Tags:
    """One value for each required tag; every combination of these fields is complete."""

    owner: str
    pipeline: str
    criticality: str
    cost_center: str
    data_class: str
    stack: StackName

    def as_aws(self) -> dict[str, str]:
        """Return the tags under the names that AWS shows, in the order of `REQUIRED_TAGS`."""
        values = (
            self.owner,
            self.pipeline,
            self.criticality,
            self.cost_center,
            self.data_class,
            self.stack.value,
        )
        return dict(zip(REQUIRED_TAGS, values, strict=True))

    def classified(self, data_class: str) -> "Tags":
        """Return the same tags for data of another class."""
        return replace(self, data_class=data_class)
