"""Keys of Terraform's instances, and how they are written behind a name. Pure.

Logical names of adopted resources have them; components that such resources were wrapped in write the same.
"""

import json
import re
from typing import Final, TypeAlias

Key: TypeAlias = int | str
"""An instance's key: a number of `count`, a text of `for_each`."""

_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_-]*[A-Za-z_-][A-Za-z0-9_-]*")


def keyed(key: Key | None) -> str:
    """Write a key behind a name as Terraform does: `[0]`, `["a.b"]`, or nothing."""
    match key:
        case None:
            return ""
        case int():
            return f"[{key}]"
        case str():
            quoted = json.dumps(key, ensure_ascii=False)
            return f"[{quoted.replace('${', '$${').replace('%{', '%%{')}]"


def short_key(key: Key | None) -> str:
    """Write a key, without quotes where it cannot be mistaken: `[landing]`, but `["0"]`, `["a.b"]`."""
    if isinstance(key, str) and _PLAIN_KEY.fullmatch(key):
        return f"[{key}]"
    return keyed(key)
