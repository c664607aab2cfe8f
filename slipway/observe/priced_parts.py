"""What an environment's cost follows from: its settings, its pipelines, its prices."""

from dataclasses import dataclass

from slipway.catalog.cost_settings import PricedEnvironment
from slipway.model.airflow_settings import told
from slipway.model.cost import Factor
from slipway.model.cost_basis import SnowflakeEdition
from slipway.model.environment import Environment, StackName
from slipway.model.pipeline import PartKind
from slipway.model.signals import signals
from slipway.model.workspace import Workspace
from slipway.observe.meter import Meter
from slipway.observe.prices import PriceTable


@dataclass(frozen=True, kw_only=True)
class PipelineCounts:
    """How many pipelines of a catalog there are of what costs something.

    Attributes:
        every: all of them.
        scheduled: those with a DAG.
        modelled: those with dbt models.
        signals: what is measured about all of them; each has a metric and an alarm.
        told: variables and connections of Airflow that follow from them; each is a secret.
    """

    every: int
    scheduled: int
    modelled: int
    signals: int
    told: int

    @classmethod
    def of(cls, workspace: Workspace) -> "PipelineCounts":
        """Count the pipelines of a workspace."""
        pipelines = workspace.pipelines
        return cls(
            every=len(pipelines),
            scheduled=sum(1 for each in pipelines if each.part(PartKind.DAG)),
            modelled=sum(1 for each in pipelines if each.part(PartKind.DBT)),
            signals=sum(1 for each in pipelines for _ in signals(each)),
            told=told(pipelines),
        )


@dataclass(frozen=True, kw_only=True)
class PricedParts:
    """What an environment's cost follows from.

    Attributes:
        environment: which.
        settings: of its stack.
        pipelines: of its workspace.
        edition: of the Snowflake account.
        prices: what things cost.
    """

    environment: Environment
    settings: PricedEnvironment
    pipelines: PipelineCounts
    edition: SnowflakeEdition
    prices: PriceTable

    @property
    def meter(self) -> Meter:
        """What measures the stack."""
        stack = StackName(self.environment.value)
        return Meter(stack=stack, region=self.settings.region, prices=self.prices, basis=self.settings.cost)

    def setting(self, field: str) -> Factor:
        """Name a setting of the stack."""
        return self.meter.setting(self.settings, field)
