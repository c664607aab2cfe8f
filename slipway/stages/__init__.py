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
    Progress,
    Run,
    StageFailed,
    Unclear,
    Untouched,
    Waiting,
)
from slipway.stages.outcome import Completed, Outcome, Parked, Undone
from slipway.stages.stage import Stage

__all__ = [
    "Completed",
    "Done",
    "Executor",
    "Explanation",
    "Handler",
    "Handlers",
    "Observed",
    "Outcome",
    "Parked",
    "Progress",
    "Run",
    "Stage",
    "StageFailed",
    "Unclear",
    "Undone",
    "Untouched",
    "Waiting",
    "explain",
]
