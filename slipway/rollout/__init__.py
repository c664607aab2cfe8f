"""How a release goes into an environment, and comes back: plans of stages, and a handler for each kind."""
