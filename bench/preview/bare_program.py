"""The yardstick: a Pulumi program without any of Slipway's code that registers recorded resources.

It calls the same SDK classes with the values that the platform's preview showed, keeps parents, components
and dependencies between resources, and does nothing else. `BENCH_ROWS` names the recording.
"""

import importlib
import json
import os
import re
from pathlib import Path
from typing import Any

import pulumi


class _Component(pulumi.ComponentResource):
    """A component without logic."""


def _declare(row: dict[str, Any], made: dict[str, pulumi.Resource]) -> pulumi.Resource:
    parent = made.get(row["parent"])
    waits_for = [made[urn] for urn in row["waits_for"] if urn in made]
    options = pulumi.ResourceOptions(parent=parent, protect=row["protect"] or None, depends_on=waits_for)
    if not row["custom"]:
        return _Component(row["type"], row["name"], None, options)
    if row["type"] == "pulumi:pulumi:StackReference":
        return pulumi.StackReference(row["name"], opts=options)
    values = {_snake(key): _waiting(key, value, row, made) for key, value in row["inputs"].items()}
    resource: pulumi.Resource = _class(row["type"])(row["name"], opts=options, **values)
    return resource


def _waiting(key: str, value: Any, row: dict[str, Any], made: dict[str, pulumi.Resource]) -> Any:
    """Return the value as an output of the resources that it came from, as a program would have it."""
    sources = [made[urn].urn for urn in row["dependencies"].get(key, []) if urn in made]
    return pulumi.Output.all(*sources).apply(lambda _: value) if sources else value


def _class(token: str) -> Any:
    package, module, name = re.fullmatch(r"(\w+):(\w+)/\w+:(\w+)", token).groups()  # type: ignore[union-attr]
    path = f"pulumi_{package}" if module == "index" else f"pulumi_{package}.{module}"
    return getattr(importlib.import_module(path), name)


def _snake(key: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower()


_rows = json.loads(Path(os.environ["BENCH_ROWS"]).read_text(encoding="utf-8"))
_made: dict[str, pulumi.Resource] = {}
for _row in _rows:
    _made[_row["urn"]] = _declare(_row, _made)
