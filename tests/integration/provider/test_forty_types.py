"""Forty types on the real CLI: they come up, stay as they are, change in place and are gone in the end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.integration.provider.cli import PROGRAMS

if TYPE_CHECKING:
    from tests.integration.provider.conftest import NewStack

pytestmark = pytest.mark.integration
SECRET = "correct-horse-battery"


def test_forty_types_live_and_die(new_stack: NewStack) -> None:
    """Up, nothing to do, one setting changed, destroyed; the secret is nowhere in plain."""
    stack = new_stack((PROGRAMS / "forty_types" / "__main__.py").read_text())
    stack.run("config", "set", "--secret", "password", SECRET)
    stack.up()
    made = stack.resources()
    assert len({resource["type"] for resource in made.values()}) >= 40
    stack.unchanged()

    outputs = stack.outputs()
    assert outputs["password"] == SECRET
    assert outputs["zones"] == "us-east-1a"
    assert outputs["fully_qualified"] == '"FORTY"."STAGING"'
    assert SECRET not in json.dumps(made)

    stack.run("config", "set", "size", "2")
    changed = stack.operations()
    assert changed == {
        "Bucket lake": "update",
        "Parameter size": "update",
        "Cluster db": "update",
        "Queue jobs": "update",
        "MetricAlarm late": "update",
        "Database forty": "update",
    }
    stack.up()
    assert stack.resources()["Queue jobs"]["outputs"]["visibilityTimeoutSeconds"] == 32
    stack.destroy()
    assert stack.resources() == {}
