"""One engine for whatever is carried out in stages: rollout, rollback, bootstrap, adoption.

A plan is a frozen list of stages: data. `explain` and `execute` walk the same list. What a kind of stage does
is its handler's, and a table joins the two. The engine knows no kind by name.
"""

from slipway.stages.executor import Executor
from slipway.stages.explainer import Explanation, explain
from slipway.stages.handler import (
    Done,
    Handler,
    Handlers,
    Observed,
    Owed,
    Progress,
    Run,
    StageFailed,
    TakenBack,
    Unclear,
    Untouched,
    Waiting,
)
from slipway.stages.outcome import Completed, Outcome, Parked, Undone, owed_in
from slipway.stages.stage import Stage
from slipway.stages.way_back import way_back

__all__ = [
    "Completed",
    "Done",
    "Executor",
    "Explanation",
    "Handler",
    "Handlers",
    "Observed",
    "Outcome",
    "Owed",
    "Parked",
    "Progress",
    "Run",
    "Stage",
    "StageFailed",
    "TakenBack",
    "Unclear",
    "Undone",
    "Untouched",
    "Waiting",
    "explain",
    "owed_in",
    "way_back",
]
