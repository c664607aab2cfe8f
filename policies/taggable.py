"""Writes `policies/rules/taggable.json`: the AWS types of the pinned SDK that take tags.

    python -m policies.taggable           write it
    python -m policies.taggable --check   fail when it differs

The source is the sandbox provider's schema, which is generated from the same SDK.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[1]
_SCHEMA: Final = _ROOT / "sandbox" / "slipway_sandbox" / "provider" / "schemas" / "aws.json"
_TARGET: Final = _ROOT / "policies" / "rules" / "taggable.json"


# A map of tags as an input; where the schema says `=` at its end the tags are only shown, not taken.
_TAGS: Final = "{string}"


def taggable(resources: Mapping[str, Mapping[str, Mapping[str, str]]]) -> list[str]:
    """Return the tokens that take a map of tags and answer with the map of all tags, sorted."""
    return sorted(
        token
        for token, shape in resources.items()
        if shape["properties"].get("tags") == _TAGS and "tagsAll" in shape["properties"]
    )


def main() -> int:
    """Write the list, or compare it with `--check`; 1 when it differs."""
    text = json.dumps(taggable(json.loads(_SCHEMA.read_text(encoding="utf-8"))["resources"]), indent=0) + "\n"
    if "--check" not in sys.argv[1:]:
        _TARGET.write_text(text, encoding="utf-8")
        return 0
    if _TARGET.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write("policies/rules/taggable.json differs: run python -m policies.taggable\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
