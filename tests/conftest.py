"""Settings of all tests."""

import signal

from hypothesis import HealthCheck, settings

# Speed is no property of the code under test: machines are shared, and a slow minute is not a counterexample.
settings.register_profile("shared-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared-machine")

# A script that starts the tests in the background has them ignore Ctrl-C, and every process that they start
# would inherit that: tests that interrupt a command would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)
