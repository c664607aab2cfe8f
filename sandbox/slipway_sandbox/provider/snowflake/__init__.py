"""The types of pulumi-snowflake that exist on the sandbox's Snowflake account.

Owned here: the table of them. A type that is not in the table is kept by the core's generic store; data
sources fail by name.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from slipway_sandbox.provider.snowflake.compute import CurrentAccount, ResourceMonitor, Warehouse
from slipway_sandbox.provider.snowflake.containers import Database, Schema
from slipway_sandbox.provider.snowflake.execute import Execute
from slipway_sandbox.provider.snowflake.grants import GrantPrivilegesToAccountRole
from slipway_sandbox.provider.snowflake.ownership import GrantOwnership
from slipway_sandbox.provider.snowflake.roles import AccountRole, GrantAccountRole
from slipway_sandbox.provider.snowflake.stages import Stage
from slipway_sandbox.provider.snowflake.tables import Table
from slipway_sandbox.provider.snowflake.users import ServiceUser
from slipway_sandbox.provider.snowflake.views import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.contract import Materialiser

_TYPES: tuple[Materialiser, ...] = (
    Database(),
    Schema(),
    Table(),
    View(),
    Stage(),
    Warehouse(),
    ResourceMonitor(),
    CurrentAccount(),
    AccountRole(),
    ServiceUser(),
    Execute(),
    GrantAccountRole(),
    GrantPrivilegesToAccountRole(),
    GrantOwnership(),
)

SNOWFLAKE_TYPES: Mapping[str, Materialiser] = MappingProxyType({type_.token: type_ for type_ in _TYPES})
