"""The four stacks on the real engine."""
