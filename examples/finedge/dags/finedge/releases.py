"""Runs that a release triggers, to see that its code works on what is there."""

from typing import Final

from airflow.utils.context import Context

CONF: Final = "slipway_release"
"""Slipway puts the deployment's id under this key of the run's configuration."""

TEMPLATE: Final = "(dag_run.conf or {}).get('" + CONF + "')"
"""The same in a template: true in such a run."""


def triggered(context: Context) -> bool:
    """Whether a release has triggered the run of a task."""
    return CONF in (context["dag_run"].conf or {})
