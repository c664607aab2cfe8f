"""What runs in an environment: bundles of parts, and how they are put together again."""
