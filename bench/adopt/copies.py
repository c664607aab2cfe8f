"""The sample estate, copied until it has so many instances."""

import json
import re
from pathlib import Path
from typing import Final

ESTATE: Final = Path(__file__).parents[2] / "examples" / "finedge" / "terraform" / "terraform.tfstate"

_GIVEN_BY_AWS: Final = re.compile(
    r"\b(?:[a-z]+-[0-9a-f]{8,17}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b"
)
"""Ids that no name is in: `vpc-0a1b2c3d4e5f60718`, a key's UUID."""


def copied_estate(objects: int) -> bytes:
    """Write a state of copies of the estate, each in a module of its own, with names and ids of its own.

    Args:
        objects: how many instances it has at least.
    """
    estate = json.loads(ESTATE.read_bytes())
    own = sum(len(each["instances"]) for each in estate["resources"])
    resources = []
    for number in range(-(-objects // own)):
        renamed = json.dumps(estate["resources"]).replace("finedge", f"finedge{number}")
        text = _with_ids_of(number, renamed)
        for each in json.loads(text):
            inner = f".{each['module']}" if "module" in each else ""
            resources.append({**each, "module": f'module.copy["{number}"]{inner}'})
    return json.dumps({**estate, "resources": resources}).encode()


def _with_ids_of(number: int, text: str) -> str:
    return _GIVEN_BY_AWS.sub(lambda given: f"{given[0][:-2]}{number:02x}", text)
