"""Where an estimate's settings and catalog come from: the platform's folder, as it is or at a revision."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slipway.catalog import load_workspace
from slipway.catalog.cost_settings import CostSettings, read_cost_settings, read_guard_settings
from slipway.cli import wiring
from slipway.cli.estate import find_platform
from slipway.model.cost import Estimate
from slipway.model.errors import DefinitionError, DependencyError
from slipway.model.workspace import Workspace
from slipway.observe.cost import estimate
from slipway.observe.limits import Limits, limits
from slipway.observe.priced_parts import PipelineCounts
from slipway.observe.prices import load_prices
from slipway.release.committed import read_commit

_PROJECT: Final = "Pulumi.yaml"


@dataclass(frozen=True)
class CostFolder:
    """The platform's project on disk.

    Attributes:
        root: its folder.
    """

    root: Path

    @classmethod
    def around(cls, start: Path) -> "CostFolder":
        """Find the stack files that people edit: the sandbox's project is a folder of links to them.

        Raises:
            NoPlatformError: there is no platform here.
        """
        return cls((find_platform(start, os.environ) / _PROJECT).resolve().parent)

    def estimate(self) -> Estimate:
        """Estimate what the folder says.

        Raises:
            DefinitionError: a stack file, the catalog or the price table cannot be used.
        """
        settings = read_cost_settings(self._read, f"in {self.root}")
        return _estimate(settings, lambda path: load_workspace(self.root / path))

    def limits(self, found: Estimate) -> Limits:
        """Read up to where a month costs money before anybody is told.

        Args:
            found: the folder's estimate.

        Raises:
            DefinitionError: a stack file does not say.
        """
        return limits(read_guard_settings(self._read, f"in {self.root}"), found, load_prices())

    def estimate_at(self, base: str) -> Estimate:
        """Estimate what a revision says, with the prices of today.

        Raises:
            RevisionUnknown: there is no such revision.
            DefinitionError: a stack file or the catalog of then cannot be used.
        """
        revisions = wiring.build_revisions(self.root)
        files = revisions.files(revisions.resolve(base).commit)

        def read(name: str) -> bytes | None:
            blob = files[name].blob if name in files else None
            return revisions.read((blob,))[blob] if blob else None

        def workspace(path: str) -> Workspace:
            own = wiring.build_revisions(self.root / path)
            return read_commit(own, own.resolve(base)).workspace

        try:
            return _estimate(read_cost_settings(read, f"at {base}"), workspace)
        except DefinitionError as error:
            raise DefinitionError(
                error.message,
                remedy=f"{base} stays as it is: compare with a later revision, whose settings this version "
                "can price, or look at both: slipway cost here and in a checkout of it",
            ) from error

    def _read(self, name: str) -> bytes | None:
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DependencyError(
                f"{self.root / name} cannot be read: {error.strerror}", remedy="put a plain file there"
            ) from error


def _estimate(settings: CostSettings, workspace: Callable[[str], Workspace]) -> Estimate:
    paths = {environment: own.workspace for environment, own in settings.environments.items()}
    counts = {path: PipelineCounts.of(workspace(path)) for path in sorted(set(paths.values()))}
    pipelines = {environment: counts[path] for environment, path in paths.items()}
    return estimate(settings, pipelines, load_prices())
