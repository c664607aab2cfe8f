# noqa: INP001 - no module: the language host carries it and gives it to `python -c`
"""Print the installed distributions as JSON; with the argument `false` only those that no other requires."""

import json
import re
import sys
from importlib.metadata import distributions


def normalized(name: str) -> str:
    """Write a distribution's name as PEP 503 does."""
    return re.sub(r"[-_.]+", "-", name).lower()


installed = {normalized(found.metadata["Name"]): found for found in distributions()}
required = {
    normalized(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])
    for found in installed.values()
    for requirement in found.requires or ()
    if "extra ==" not in requirement
}
shown = installed if sys.argv[1] == "true" else installed.keys() - required
print(json.dumps([{"name": name, "version": installed[name].version} for name in sorted(shown)]))
