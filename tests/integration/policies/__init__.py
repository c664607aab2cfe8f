"""The policy packs on the real engine."""
