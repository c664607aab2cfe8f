"""Where GitHub is, and as whom it is asked."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class GithubSettings:
    """One repository of one server.

    Attributes:
        endpoint: where the REST paths begin: https://api.github.com, or https://HOST/api/v3.
        repository: owner/name.
        token: a person's or an app's; never shown.
        attempts: how often a read is sent before it counts as lost.
        patience_seconds: how long one answer may take.
    """

    endpoint: str
    repository: str
    token: str = field(repr=False)
    attempts: int = 4
    patience_seconds: float = 30.0
