"""Builds manifests as dbt writes them, with as little as a test needs."""

import json
from typing import Any

PROJECT = "finedge"


def resource(unique_id: str, file: str, *parents: str, macros: tuple[str, ...] = (), **extra: Any) -> Any:
    """One thing of the project.

    Args:
        unique_id: such as `model.finedge.settlements`; its last word is the name.
        file: relative to the project.
        *parents: ids of what it rests on.
        macros: ids of the macros that it calls.
        **extra: other fields, such as `relation_name`.
    """
    kind, package, *_, name = unique_id.split(".")
    plain = {
        "unique_id": unique_id,
        "resource_type": kind,
        "name": name,
        "package_name": package,
        "original_file_path": file,
        "depends_on": {"nodes": list(parents), "macros": list(macros)},
        "raw_code": "select 1",
    }
    return plain | extra


def model(name: str, *parents: str, macros: tuple[str, ...] = (), **extra: Any) -> Any:
    """A model that is a table of MARTS."""
    made = {"relation_name": f"FINEDGE_DEV.MARTS.{name}", "config": {"materialized": "table"}}
    found = made | extra
    return resource(f"model.{PROJECT}.{name}", f"models/{name}.sql", *parents, macros=macros, **found)


def manifest(*resources: Any, version: str = "v12") -> bytes:
    """A whole manifest, each thing where dbt puts its kind."""
    places = {"source": "sources", "macro": "macros", "exposure": "exposures"}
    document: dict[str, Any] = {
        "metadata": {
            "dbt_schema_version": f"https://schemas.getdbt.com/dbt/manifest/{version}.json",
            "project_name": PROJECT,
        },
        "nodes": {},
        "sources": {},
        "macros": {},
        "exposures": {},
    }
    for each in resources:
        document[places.get(each["resource_type"], "nodes")][each["unique_id"]] = each
    return json.dumps(document).encode()
