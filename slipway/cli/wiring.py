"""The one place that joins ports and adapters. An adapter is imported where it is built, for start-up."""

import sys

from slipway.ports.reporter import Reporter


def build_reporter(*, verbose: bool) -> Reporter:
    """Choose how the story is told: with a spinner on a terminal, as plain lines elsewhere.

    Args:
        verbose: details too.

    Returns:
        A reporter on stderr.
    """
    if sys.stderr.isatty():
        from rich.console import Console  # noqa: PLC0415 - rich costs start-up time, and only a terminal needs it

        from slipway.adapters.rich_reporter import RichReporter  # noqa: PLC0415 - same

        return RichReporter(Console(stderr=True), verbose=verbose)
    from slipway.adapters.line_reporter import LineReporter  # noqa: PLC0415 - kept beside its sibling

    return LineReporter(sys.stderr, verbose=verbose)
