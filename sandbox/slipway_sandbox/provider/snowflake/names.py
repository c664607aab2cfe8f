"""Names of Snowflake objects: the provider takes them case by case and always quotes them.

Source: the provider's identifiers guide, https://github.com/snowflakedb/terraform-provider-snowflake
(docs/guides/identifiers_guide.md): a field holds one part, or a fully qualified name of quoted parts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from collections.abc import Iterable

_PART = re.compile(r'"((?:[^"]|"")*)"|([^".]+)')


def qualified(*parts: str) -> str:
    """A fully qualified name: every part between double quotes."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def parts_of(text: str) -> tuple[str, ...]:
    """The parts of a name, quoted or not.

    Raises:
        ProviderFault: it is no name.
    """
    found = _scanned(text)
    if not found:
        raise ProviderFault(
            f"{text!r} is not a name of a Snowflake object", remedy='write it as "DATABASE"."SCHEMA"."NAME"'
        )
    return found


def named(id_: str, count: int, form: str) -> tuple[str, ...]:
    """The parts of an id.

    Args:
        id_: as a person gives it to an import.
        count: how many parts it has.
        form: what it looks like, for the message.

    Raises:
        ProviderFault: it has another form.
    """
    found = _scanned(id_)
    if len(found) != count:
        raise ProviderFault(f"{id_!r} is not an id of the form {form}")
    return found


def requoted(text: str) -> str:
    """A name with each of its parts quoted."""
    return qualified(*parts_of(text))


def literal(text: str) -> str:
    """A string as SQL writes it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def listed(texts: Iterable[str]) -> str:
    """A list of strings as SQL writes it."""
    return f"({', '.join(map(literal, texts))})"


def _scanned(text: str) -> tuple[str, ...]:
    found: list[str] = []
    at = 0
    while match := _PART.match(text, at):
        found.append(match[1].replace('""', '"') if match[1] is not None else match[2])
        at = match.end()
        if at == len(text):
            return tuple(found)
        if text[at] != ".":
            break
        at += 1
    return ()
