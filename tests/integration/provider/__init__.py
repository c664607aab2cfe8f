"""The provider on the real engine."""
