"""Views: made anew from the new code, once the tables behind them are published."""

from dataclasses import dataclass
from pathlib import Path

from slipway.rollout.change import Change
from slipway.rollout.dbt_runs import DbtRuns
from slipway.rollout.ground import Ground, tag_of
from slipway.rollout.stages import BuildViews
from slipway.stages import Done, Handler, Observed, Progress, Run, Unclear
from slipway.stages.handler import Outputs


@dataclass(frozen=True, kw_only=True)
class BuildViewsHandler(Handler[BuildViews]):
    """Runs dbt on views alone: they hold no rows, so nothing can be lost.

    Attributes:
        ground: documents and compositions.
        dbt: runs it.
    """

    ground: Ground
    dbt: DbtRuns

    def describe(self, stage: BuildViews) -> str:
        """Name the views."""
        return f"make the views {', '.join(stage.work.views)} anew"

    def observe(self, stage: BuildViews, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """Doing it twice changes nothing the second time."""
        return Unclear()

    def do(self, stage: BuildViews, run: Run) -> Progress:
        """Make them from the composition with this change."""
        self._build(stage, stage.change, run)
        return Done()

    def undo(self, stage: BuildViews, run: Run, outputs: Outputs) -> None:  # noqa: ARG002 - same
        """Make those that were there before from the code of then; one that is new is left, unread."""
        self._build(stage, stage.change.back, run)

    def _build(self, stage: BuildViews, change: Change, run: Run) -> None:
        project = self.ground.workspace(change, run) / stage.work.project
        there = [name for name in stage.work.views if _has_model(project, name)]
        if there:
            self.dbt.build_views(project, there, tag_of(run, stage))


def _has_model(project: Path, name: str) -> bool:
    """Whether a project has a model of that name: dbt names a model after its file."""
    return any(project.glob(f"models/**/{name}.sql"))
