"""Views: made anew from the new code, once the tables behind them are published; their grants stay."""

from dataclasses import dataclass

from slipway.model.snowflake_objects import View
from slipway.ports.warehouse import Warehouse
from slipway.rollout.change import Change
from slipway.rollout.dbt_runs import DbtRuns
from slipway.rollout.debts import owed
from slipway.rollout.ground import Ground, tag_of
from slipway.rollout.policies import policies_of, refuse_lost_of
from slipway.rollout.stages import BuildViews
from slipway.rollout.view_grants import refuse_other, remembered, restore
from slipway.stages import Done, Handler, Observed, Progress, Run, StageFailed, TakenBack, Unclear
from slipway.stages.handler import Outputs


@dataclass(frozen=True, kw_only=True)
class BuildViewsHandler(Handler[BuildViews]):
    """Runs dbt on views alone: they hold no rows, so nothing can be lost.

    Attributes:
        ground: documents and compositions.
        dbt: runs it.
        warehouse: where the views are.
    """

    ground: Ground
    dbt: DbtRuns
    warehouse: Warehouse

    def describe(self, stage: BuildViews) -> str:
        """Name the views."""
        return f"make the views {', '.join(stage.work.views)} anew, with the grants that they have"

    def prepare(self, stage: BuildViews, run: Run) -> Outputs:  # noqa: ARG002 - the handler's signature
        """Remember who may read them, and what hides their rows: a replaced view has lost both."""
        views = _views_of(stage)
        return {**remembered(self.warehouse, views), **policies_of(self.warehouse, views)}

    def observe(self, stage: BuildViews, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """Doing it twice changes nothing the second time."""
        return Unclear()

    def do(self, stage: BuildViews, run: Run) -> Progress:
        """Make them from the composition with this change, and let in again who was."""
        self._build(stage, stage.change, run)
        return Done({"grants": str(restore(self.warehouse, _views_of(stage), run.own))})

    def verify(self, stage: BuildViews, run: Run, outputs: Outputs) -> None:  # noqa: ARG002 - same
        """Compare grants and policies with those of before; the code has to attach its policies again."""
        refuse_lost_of(self.warehouse, _views_of(stage), outputs)
        refuse_other(self.warehouse, _views_of(stage), outputs)

    def prepare_back(self, stage: BuildViews, run: Run, outputs: Outputs, *, was_done: bool) -> Outputs:  # noqa: ARG002 - same
        """Remember who may read them by now; of what was cut off only what was before is known."""
        return remembered(self.warehouse, _views_of(stage)) if was_done else {}

    def undo(self, stage: BuildViews, run: Run, outputs: Outputs) -> TakenBack:
        """Make those that were there before from the code of then; one that is new is left, unread.

        Where dbt cannot, it is owed: the tables behind the views are back, and nothing waits for views.
        """
        try:
            self._build(stage, stage.change.back, run)
        except StageFailed as failed:
            restore(self.warehouse, _views_of(stage), outputs)  # of those that dbt has replaced
            return owed(failed, run)
        restore(self.warehouse, _views_of(stage), outputs)
        return Done()

    def _build(self, stage: BuildViews, change: Change, run: Run) -> None:
        project = self.ground.workspace(change, run) / stage.work.project
        self.dbt.build_views(project, stage.work.views, tag_of(run, stage), limit=stage.work.limit)


def _views_of(stage: BuildViews) -> list[View]:
    return [each.view for each in stage.views]
