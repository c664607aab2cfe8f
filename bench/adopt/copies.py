"""The sample estate, copied until it has so many instances."""

import json
from pathlib import Path
from typing import Final

ESTATE: Final = Path(__file__).parents[2] / "examples" / "finedge" / "terraform" / "terraform.tfstate"


def copied_estate(objects: int) -> bytes:
    """Write a state of copies of the estate, each in a module of its own, with names of its own.

    Args:
        objects: how many instances it has at least.
    """
    estate = json.loads(ESTATE.read_bytes())
    own = sum(len(each["instances"]) for each in estate["resources"])
    resources = []
    for number in range(-(-objects // own)):
        text = json.dumps(estate["resources"]).replace("finedge", f"finedge{number}")
        for each in json.loads(text):
            inner = f".{each['module']}" if "module" in each else ""
            resources.append({**each, "module": f'module.copy["{number}"]{inner}'})
    return json.dumps({**estate, "resources": resources}).encode()
