"""The checks of files: what each looks at, whether that can be divided, and how long it takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from slipway.catalog.files import SETTINGS
from slipway.checks import catalog_lint, dag_import, ruff, sqlfluff
from slipway.checks.context import ChangedWorkspace, CheckContext, Tell
from slipway.checks.division import Unit
from slipway.checks.names import CheckName
from slipway.model.evidence import CheckOutcome


@dataclass(frozen=True, kw_only=True)
class FileCheck:
    """One of them.

    Attributes:
        targets: what it looks at; nothing when the change does not need it. Each may be another shard's.
        run: looks at some of them.
        seconds: of CPU for one target, measured without the tool's own start where there are many.
    """

    targets: Callable[[ChangedWorkspace], tuple[str, ...]]
    run: Callable[[CheckContext, tuple[str, ...], Tell], CheckOutcome]
    seconds: float

    def units(self, name: CheckName, context: CheckContext) -> tuple[Unit, ...]:
        """Its work."""
        return tuple(Unit(work=((name, target),), seconds=self.seconds) for target in self.targets(context))


def _dags(context: ChangedWorkspace) -> tuple[str, ...]:
    """The folder as a whole: in two shards nobody would see that two files claim one DAG id.

    Nor would it help: nearly all of the time is Airflow's own start.
    """
    scope = dag_import.scope_of(context)
    return () if scope is None else (scope.folder,)


FILE_CHECKS: Final[Mapping[CheckName, FileCheck]] = MappingProxyType(
    {
        CheckName.CATALOG_LINT: FileCheck(
            targets=lambda _context: (SETTINGS,),
            run=lambda context, _targets, tell: catalog_lint.check(context, tell),
            seconds=0.5,
        ),
        CheckName.RUFF: FileCheck(targets=ruff.python_files, run=ruff.check, seconds=0.01),
        CheckName.SQLFLUFF: FileCheck(targets=sqlfluff.sql_files, run=sqlfluff.check, seconds=0.3),
        CheckName.DAG_IMPORT: FileCheck(
            targets=_dags,
            run=lambda context, _targets, tell: dag_import.check(context, tell),
            seconds=6,
        ),
    }
)
