"""What the head of a deployment's journal keeps."""

from slipway.model.deployment import Purpose
from slipway.model.digest import DigestField
from slipway.model.effects import Effects
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.frozen import Frozen
from slipway.model.pipeline import PipelineName
from slipway.ports.journal import Deployment
from slipway.rollout.change import Change
from slipway.rollout.stages import GiveVerdict, RolloutStage, WriteDocument
from slipway.rollout.standing import Standing
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
        """What it changes in the environment document; None where it is written: a bootstrap, a look."""
        return next((stage.change for stage in self.stages if isinstance(stage, WriteDocument)), None)

    @property
    def standing(self) -> Standing | None:
        """What it finds running already; None for a deployment that brings something."""
        return next((stage.standing for stage in self.stages if isinstance(stage, GiveVerdict)), None)

    def fits(self, document: EnvironmentDocument) -> bool:
        """Whether a document still says what it said when this was planned."""
        standing = self.standing is None or self.standing.is_in(document)
        return standing and (self.change is None or self.change.fits(document))

    def runs_in(self, document: EnvironmentDocument) -> bool:
        """Whether what it has brought, or found, runs by a document."""
        standing = self.standing is None or self.standing.is_in(document)
        return standing and (self.change is None or self.change.is_in(document))


def plan_of(head: Deployment) -> Plan:
    """Read the plan of a deployment."""
    return Plan.model_validate_json(head.plan)
