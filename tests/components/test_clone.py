"""A clone's statements and children; tests/integration/stacks shows them on a server."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from components.warehouse import clone_statements as statements
from components.warehouse.clone import ZeroCopyClone, ZeroCopyCloneArgs
from components.warehouse.clone_statements import Container
from slipway.model.expiry import expiry_in
from slipway.model.snowflake_objects import Database, Schema
from tests.doubles.entries import PLATFORM_TAGS
from tests.doubles.pulumi_recorder import Recording, record

EXECUTE = "snowflake:index/execute:Execute"
OWNERSHIP = "snowflake:index/grantOwnership:GrantOwnership"
GRANT = "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)

SCHEMA = ZeroCopyCloneArgs(
    source=Schema(Database("FINEDGE_PROD"), "MARTS"),
    target=Schema(Database("FINEDGE_STAGING"), "DRILL_MARTS"),
    purpose="Rehearses a close of the books",
    owner="FINEDGE_STAGING_DEPLOY",
    readers={"pipelines": "FINEDGE_STAGING_PIPELINES"},
    tags=PLATFORM_TAGS,
)
DATABASE = replace(SCHEMA, source=Database("FINEDGE_PROD"), target=Database("FINEDGE_STAGING_DRILL"))


def _declared(args: ZeroCopyCloneArgs) -> Recording:
    return record(lambda: ZeroCopyClone("clone-drill", args))


def _inputs(made: Recording) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(each.type, each.name): each.inputs for each in made.registered}


@pytest.mark.parametrize(
    ("args", "owned", "grants"),
    [
        (SCHEMA, ["container", "tables", "views"], 3),
        (DATABASE, ["container", "schemas", "tables", "views"], 4),
    ],
)
def test_a_clone_is_made_described_owned_and_readable(
    args: ZeroCopyCloneArgs, owned: list[str], grants: int
) -> None:
    """What is in a clone keeps its source's grants, so all of it is given to the owner without them."""
    made = _declared(args)
    assert made.counts() == {
        "slipway:warehouse:ZeroCopyClone": 1,
        EXECUTE: 2,
        OWNERSHIP: len(owned),
        GRANT: grants,
    }
    assert {each.name for each in made.of(OWNERSHIP)} == {f"clone-drill-owner-{each}" for each in owned}
    assert {each.inputs["outboundPrivileges"] for each in made.of(OWNERSHIP)} == {"REVOKE"}


def test_what_is_there_is_neither_replaced_nor_taken_for_the_clone() -> None:
    """OR REPLACE would drop somebody's schema, IF NOT EXISTS would later drop it as ours."""
    made = _declared(replace(SCHEMA, at=NOON)).one(EXECUTE, "clone-drill").inputs
    name = statements.named(SCHEMA.target, SCHEMA.source, NOON).sql
    assert made["execute"] == (
        f'CREATE SCHEMA {name} CLONE "FINEDGE_PROD"."MARTS" '
        "AT (TIMESTAMP => '2026-11-01T12:00:00+00:00'::TIMESTAMP_TZ)"
    )
    assert made["revert"] == f"DROP SCHEMA IF EXISTS {name}"


@pytest.mark.parametrize(
    ("source", "at"),
    [
        (Schema(Database("FINEDGE_PROD"), "STAGING"), None),
        (Schema(Database("FINEDGE_DEV"), "MARTS"), None),
        (SCHEMA.source, NOON),
        (SCHEMA.source, NOON + timedelta(seconds=1)),
    ],
)
def test_another_source_or_moment_is_another_name(source: Container, at: datetime | None) -> None:
    """The new clone is made before the old one goes: under one name that would fail."""
    name = statements.named(SCHEMA.target, source, at)
    assert name != statements.named(SCHEMA.target, SCHEMA.source, None)
    assert name.name.startswith("DRILL_MARTS_")


def test_a_moment_is_the_same_in_every_time_zone() -> None:
    """A setting that is written otherwise is no other clone."""
    there = NOON.astimezone(timezone(timedelta(hours=-5)))
    assert statements.named(SCHEMA.target, SCHEMA.source, there) == statements.named(
        SCHEMA.target, SCHEMA.source, NOON
    )


def test_a_changed_expiry_changes_the_mark_and_no_other_resource() -> None:
    """A clone that may live longer is not made anew: it would show other rows."""
    forever, limited = _inputs(_declared(SCHEMA)), _inputs(_declared(replace(SCHEMA, expires=NOON)))
    assert forever.keys() == limited.keys()
    changed = [key for key, inputs in forever.items() if limited[key] != inputs]
    assert changed == [(EXECUTE, "clone-drill-description")]


def test_the_mark_is_the_janitors() -> None:
    """It names the clone itself, or no janitor would ever drop it."""
    clone = statements.named(SCHEMA.target, SCHEMA.source, None)
    text = statements.describe(clone, SCHEMA.purpose, NOON)
    comment = text.split(" IS '")[1].removesuffix("'").replace("\\\\", "\\")
    found = expiry_in(comment)
    assert found is not None
    assert found.allows_drop_of(str(clone), NOON)
    assert comment.startswith("Rehearses a close of the books\n")
