"""The pool: clones of production's rows, masked, that checks of pull requests are built on."""

from slipway.masking.plan import Pool, PoolPlan, plan_pool
from slipway.masking.tending import Tended, tend

__all__ = ["Pool", "PoolPlan", "Tended", "plan_pool", "tend"]
