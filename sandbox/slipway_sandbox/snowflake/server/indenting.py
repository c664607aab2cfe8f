"""VARIANTs as drivers get them: JSON with a line for each value, indented by two blanks.

Source: the results in https://docs.snowflake.com/en/sql-reference/functions/parse_json. Numbers stay as they
are written: a reader of JSON would make floating point of them.
"""

import re
from typing import Final

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')
_OPENING: Final = frozenset("[{")
_CLOSING: Final = frozenset("]}")


def indented(json: str) -> str:
    """JSON in Snowflake's form.

    Args:
        json: what DuckDB has.
    """
    parts: list[str] = []
    depth = 0
    before = ""
    for word in _TOKEN.findall(json):
        if word in _CLOSING:
            depth -= 1
            parts.append(word if before in _OPENING else f"{_line(depth)}{word}")
        elif word == ",":
            parts.append(word)
        elif word == ":":
            parts.append(": ")
        else:
            parts.append(f"{_line(depth)}{word}" if before in _OPENING or before == "," else word)
            depth += word in _OPENING
        before = word
    return "".join(parts)


def _line(depth: int) -> str:
    return f"\n{'  ' * depth}"
