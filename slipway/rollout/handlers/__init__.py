"""A handler for each kind of stage; `slipway.rollout.table` joins them."""
