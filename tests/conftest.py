"""Settings of all tests."""

from hypothesis import HealthCheck, settings

# Speed is no property of the code under test: machines are shared, and a slow minute is not a counterexample.
settings.register_profile("shared-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared-machine")
