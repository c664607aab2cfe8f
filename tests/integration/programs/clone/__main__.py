"""A clone of a schema, with the roles that own and read it."""

from datetime import datetime

import pulumi
import pulumi_snowflake as snowflake

from components.warehouse.clone import ZeroCopyClone, ZeroCopyCloneArgs
from slipway.model.environment import StackName
from slipway.model.snowflake_objects import Database, Schema
from slipway.model.tags import Tags

configuration = pulumi.Config()
owner = snowflake.AccountRole("owner", name="CLONE_OWNER")
snowflake.GrantAccountRole("owner", role_name=owner.name, parent_role_name="SYSADMIN")
reader = snowflake.AccountRole("reader", name="CLONE_READER")
use = {"object_type": "DATABASE", "object_name": "LEDGER"}
snowflake.GrantPrivilegesToAccountRole(
    "reader", account_role_name=reader.name, privileges=["USAGE"], on_account_object=use
)
args = ZeroCopyCloneArgs(
    source=Schema(Database("LEDGER"), configuration.require("source")),
    target=Schema(Database("LEDGER"), "DRILL"),
    purpose="Rehearses a close of the books",
    owner=owner.name,
    readers={"reader": reader.name},
    expires=datetime.fromisoformat(configuration.require("expires")),
    tags=Tags(
        owner="platform",
        pipeline="platform",
        criticality="standard",
        cost_center="CC-1000",
        data_class="internal",
        stack=StackName.DEV,
    ),
)
pulumi.export("clone", str(ZeroCopyClone("drill", args).clone))
