"""Session variables: SET name = value."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A session variable.

    Attributes:
        text: its value as text.
        is_number: whether it is a number.
    """

    text: str
    is_number: bool
