"""Policies that are attached to one object: who may read which of its rows, and what its columns show.

Like grants they follow the object, not the name; unlike grants no statement copies them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, order=True, kw_only=True)
class AttachedPolicy:
    """One policy on an object.

    Attributes:
        kind: Snowflake's word for it, such as MASKING_POLICY or ROW_ACCESS_POLICY.
        name: the policy's full name.
        column: the column whose values it masks; empty for one on the whole object.
    """

    kind: str
    name: str
    column: str = ""

    def __str__(self) -> str:
        what = f"{self.kind.replace('_', ' ').lower()} {self.name}"
        return f"{what} on column {self.column}" if self.column else what
