"""Declares parts of table.yaml: resources as they are written there, by type and inputs, without an SDK."""

from pathlib import Path
from typing import Any

import pulumi
import yaml


class Component(pulumi.ComponentResource):
    """A component of any type: its outputs are what the table says."""

    def __init__(self, row: dict, rule: str) -> None:
        super().__init__(row["component"], row.get("name", rule))
        for child in row.get("children", ()):
            declare(child, rule, self)
        self.register_outputs(row.get("outputs", {}))


def declare(row: dict, rule: str, parent: pulumi.Resource | None = None) -> None:
    """Declare a row of the table; what has no name of its own is called after its rule."""
    if "component" in row:
        Component(row, rule)
        return
    name = row.get("name", rule)
    opts = pulumi.ResourceOptions(parent=parent, protect=row.get("protect"))
    declared[name] = pulumi.CustomResource(row["type"], name, known(row.get("inputs", {})), opts)


def known(value: Any) -> Any:
    """Inputs with `{id_of: <name>}` replaced by the id of a resource that was declared before."""
    match value:
        case {"id_of": name}:
            return declared[name].id
        case dict():
            return {key: known(each) for key, each in value.items()}
        case list():
            return [known(each) for each in value]
        case _:
            return value


declared: dict[str, pulumi.CustomResource] = {}
table = yaml.safe_load(Path(__file__).with_name("table.yaml").read_text(encoding="utf-8"))
for part in pulumi.Config().require("parts").split(","):
    for rule, rows in table[part].items():
        for row in rows:
            declare(row, rule)
