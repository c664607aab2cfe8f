"""Where setup finds its inputs and puts what it makes."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The folders of one checkout.

    Attributes:
        root: the checkout.
    """

    root: Path

    @property
    def state(self) -> Path:
        """What git ignores and `make clean` removes."""
        return self.root / ".slipway"

    @property
    def logs(self) -> Path:
        """One `setup-<step>.log` a step, of the last time it ran."""
        return self.state / "logs"

    @property
    def stamps(self) -> Path:
        """One file a finished step: what it was made from, and what it made."""
        return self.state / "stamps"

    @property
    def bin(self) -> Path:
        """The folder that `uv run` puts first on the PATH."""
        return self.root / ".venv" / "bin"

    @property
    def toolchain(self) -> Path:
        """The installer's own inputs: lock files, the Go module, Maven's description."""
        return self.root / "toolchain"
