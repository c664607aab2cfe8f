"""The base of every model read from a file: values that cannot change and take no unknown field."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: compared by content, hashable, closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
