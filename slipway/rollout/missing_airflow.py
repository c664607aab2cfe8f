"""An environment whose Airflow has to be there: without it no release of a DAG's pipeline goes in."""

from collections.abc import Iterable

from slipway.model.environment import Environment
from slipway.model.errors import DependencyError
from slipway.rollout.facts import ShippedPipeline


class AirflowMissing(DependencyError):  # noqa: N818 - it says what is the case
    """An Airflow that has to be there, and is not."""


def refuse_missing_airflow(environment: Environment, pipelines: Iterable[ShippedPipeline]) -> None:
    """Refuse pipelines with a DAG: nobody could pause their writers, parse what is new, or run it.

    Args:
        environment: where no Airflow answers.
        pipelines: what is shipped.

    Raises:
        AirflowMissing: one of them has a DAG.
    """
    scheduled = [each.name for each in pipelines if each.dag is not None]
    if scheduled:
        raise AirflowMissing(
            f"{environment} must have an Airflow (airflowProtected) and has none: it would have to publish, "
            f"pause or run DAGs of {', '.join(scheduled)}",
            remedy=f"bring it up, and see that it runs: pulumi up -s {environment}",
        )
