"""What is only recorded is listed under the stack that it belongs to, and says that it is not real."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from slipway_sandbox.inventory.model import Item, Kind, Place, Source
from slipway_sandbox.inventory.recorded import recorded_kinds
from slipway_sandbox.inventory.render import rendered
from slipway_sandbox.world import World

GRANT = "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole"
ACCOUNTS = {"dev": "222233334444", "prod": "444455556666", "shared": "111122223333"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world whose provider has recorded four objects."""
    (tmp_path / "provider").mkdir()
    rows = [
        ("FINEDGE-PAYMENTS", "snowflake:index/database:Database", '"FINEDGE_DEV"', {}),
        ("FINEDGE-PAYMENTS", GRANT, "risk-warehouse-51074c", {"accountRoleName": "FINEDGE_PROD_RISK"}),
        ("FINEDGE-PAYMENTS", "snowflake:index/resourceMonitor:ResourceMonitor", "ACCOUNT", {}),
        ("444455556666", "aws:emrserverless/application:Application", "00f1", {}),
    ]
    with closing(sqlite3.connect(tmp_path / "provider" / "store.sqlite")) as store:
        store.execute("CREATE TABLE resources (scope, token, id, inputs, outputs)")
        store.executemany(
            "INSERT INTO resources VALUES (?, ?, ?, ?, '{}')",
            [(scope, token, id_, json.dumps(inputs)) for scope, token, id_, inputs in rows],
        )
        store.commit()
    return World(
        home=tmp_path,
        pid=1,
        aws="",
        dynamodb="",
        github="",
        region="us-east-1",
        accounts=ACCOUNTS,
        github_owner="finedge",
        access_key_id="",
        secret_access_key="",
    )


def test_each_object_is_under_its_own_stack(world: World) -> None:
    """By its account, else by the stack's name in its id, else in its inputs; what names none is shared."""
    found = {
        stack: [(kind.name, [item.name for item in kind.items]) for kind in kinds]
        for stack, kinds in recorded_kinds(world).items()
    }
    assert found == {
        "dev": [("Snowflake database", ['"FINEDGE_DEV"'])],
        "prod": [
            ("AWS application", ["00f1"]),
            ("Snowflake grant privileges to account role", ["risk-warehouse-51074c"]),
        ],
        "shared": [("Snowflake resource monitor", ["ACCOUNT"])],
    }


def _place(stack: str, *kinds: Kind) -> Place:
    return Place(stack=stack, account=ACCOUNTS[stack], kinds=kinds)


def _kind(name: str, source: Source, *names: str) -> Kind:
    return Kind(name=name, source=source, items=tuple(Item(name=each) for each in names))


def test_several_stacks_are_one_table_of_counts() -> None:
    """A person compares environments line by line; what is recorded comes last and says so."""
    dev = _place("dev", _kind("IAM roles", Source.AWS, "a", "b"), _kind("schemas", Source.RECORDED, "s"))
    prod = _place("prod", _kind("IAM roles", Source.AWS, "a"))
    assert rendered([dev, prod], "text").splitlines()[:3] == [
        "           dev  prod  source",
        "IAM roles    2     1  asked from AWS",
        "schemas      1        recorded, not real",
    ]
    assert rendered([dev, prod], "markdown").splitlines() == [
        "|  | dev | prod | source |",
        "|---|---:|---:|---|",
        "| IAM roles | 2 | 1 | asked from AWS |",
        "| schemas | 1 |  | recorded, not real |",
    ]


def test_one_stack_shows_names() -> None:
    """The names are what a person looks for next."""
    text = rendered([_place("dev", _kind("IAM roles", Source.AWS, "a", "b"))], "text")
    assert text.splitlines() == [
        "dev (AWS account 222233334444)",
        "  IAM roles     2  a, b [asked from AWS]",
    ]
