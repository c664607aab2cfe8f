"""What the head of a deployment's journal keeps."""

from slipway.model.deployment import Purpose
from slipway.model.digest import DigestField
from slipway.model.effects import Effects
from slipway.model.frozen import Frozen
from slipway.model.pipeline import PipelineName
from slipway.ports.journal import Deployment
from slipway.rollout.change import Change
from slipway.rollout.stages import RolloutStage, WriteDocument
from slipway.stages.explainer import effects_of


class Plan(Frozen):
    """What a journal's head keeps: everything that whoever continues has to know.

    Attributes:
        purpose: what for.
        release: digest of the release that goes in, or that is left; of the composition, for a bootstrap.
        pipelines: whose leases it needs.
        stages: what is carried out.
        reason: why, in the words of who decided it; empty when they said nothing.
    """

    purpose: Purpose
    release: DigestField
    pipelines: tuple[PipelineName, ...]
    stages: tuple[RolloutStage, ...]
    reason: str = ""

    @property
    def effects(self) -> Effects:
        """What it changes."""
        return effects_of(self.stages)

    @property
    def change(self) -> Change | None:
        """What it changes in the environment document; None for a bootstrap, which finds it written."""
        return next((stage.change for stage in self.stages if isinstance(stage, WriteDocument)), None)


def plan_of(head: Deployment) -> Plan:
    """Read the plan of a deployment."""
    return Plan.model_validate_json(head.plan)
