"""What became of what nobody needed any more. Data only."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Removal:
    """What became of it, each by the name that people know it by.

    Attributes:
        removed: what is gone now.
        busy: what stays for now, with who works on it.
        failed: what could not be removed, with the reason.
    """

    removed: tuple[str, ...] = ()
    busy: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def __add__(self, other: "Removal") -> "Removal":
        return Removal(
            removed=self.removed + other.removed,
            busy=self.busy | other.busy,
            failed=self.failed | other.failed,
        )
