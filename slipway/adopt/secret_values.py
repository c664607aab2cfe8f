"""Which values of an instance are secrets. Pure; when in doubt a value is one.

A state says what it knows (`sensitive_attributes`), the SDK what it keeps secret. Older states mark less, and
neither knows of a password in a map of environment variables: those are told by their names.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from slipway.adopt.state import AttributePath

_NAMES: Final = re.compile(
    r"(?:^|[_.-])(?:pass(?:word|phrase|wd)?|pwd|private_?key|secret(?:_?(?:key|access_?key|string|value))?"
    r"|(?:auth|access|api|session|bearer)_?token|token|api_?key|credentials?)$",
    re.IGNORECASE,
)
_PAIR: Final = ("name", "key")
"""A block with one of these and `value` is a variable; the first says what the second is."""


class SecretValues:
    """Says of each value of one instance whether it is a secret.

    Args:
        sensitive: ways that the state marks.
        by_sdk: attributes that the SDK keeps secret.
    """

    def __init__(self, sensitive: Iterable[AttributePath], by_sdk: Iterable[str]) -> None:
        self._paths = {*sensitive, *((name,) for name in by_sdk)}

    def has(self, path: AttributePath, value: Any, around: Mapping[str, Any]) -> bool:
        """Whether a value is a secret.

        Args:
            path: the way to it.
            value: itself.
            around: the object or map that it is in.
        """
        if path in self._paths:
            return True
        if not isinstance(value, str) or not value:
            return False
        name = path[-1]
        said = next(
            (around[key] for key in _PAIR if name == "value" and isinstance(around.get(key), str)), name
        )
        return isinstance(said, str) and _NAMES.search(said) is not None
