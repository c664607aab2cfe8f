"""Joins what `slipway check` needs with its adapters: tools, and the way to Snowflake."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Final

from slipway.adapters.snowflake import snowflake_warehouse
from slipway.adapters.system_clock import SystemClock
from slipway.adapters.tools import ProcessTools
from slipway.checks.snowflake_access import SnowflakeAccess
from slipway.cli.estate import NoPlatformError, find_platform, read_estate
from slipway.cli.snowflake_access import settings_of
from slipway.cli.snowflake_settings import SnowflakeNotConfigured, connection_variables
from slipway.model.environment import Environment, StackName
from slipway.model.naming import Naming
from slipway.model.query_tag import QueryTag
from slipway.model.subjects import TRANSFORM
from slipway.ports.clock import Clock
from slipway.ports.reporter import Reporter
from slipway.ports.tools import ToolRunner

CHECKOUT: Final = Path(__file__).parents[2]
"""The platform's checkout, in which `make setup` made the tools' environments."""


def build_tools() -> ToolRunner:
    """Run the tools of the checkout."""
    return ProcessTools(CHECKOUT)


def build_clock() -> Clock:
    """Tell the machine's own time."""
    return SystemClock()


@contextmanager
def snowflake_access(
    environment: Environment, reporter: Reporter
) -> Iterator[SnowflakeAccess | SnowflakeNotConfigured]:
    """Reach Snowflake as this process's environment says; it logs in when it is first used.

    Args:
        environment: whose tables are cloned.
        reporter: is told of a server that does not answer and is tried again.

    Yields:
        The way there, or why there is none: that is the business of the checks that need it.
    """
    try:
        connection = connection_variables(os.environ, whose="the CI user", warehouse=_warehouse(environment))
    except SnowflakeNotConfigured as error:
        yield error
        return
    naming = Naming(organization="", stack=StackName(environment.value), account_id="")
    tag = QueryTag(environment=environment, stage="check")
    warehouse = snowflake_warehouse(settings_of(connection), tag, reporter.step)
    try:
        yield SnowflakeAccess(
            warehouse=warehouse,
            connection=connection,
            physical=naming.snowflake_database,
            attempt=token_hex(3),
            clock=SystemClock(),
        )
    finally:
        warehouse.close()


def _warehouse(environment: Environment) -> str:
    """The environment's own compute; empty where no platform is at hand that says how it is called."""
    try:
        estate = read_estate(find_platform(Path.cwd(), os.environ))
    except NoPlatformError:
        return ""
    return estate.environment(environment).naming.snowflake_account_object(TRANSFORM)
