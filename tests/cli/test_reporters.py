"""The story on stderr: what is told, how a task ends, and that silence is possible."""

import io
import re

import pytest
from rich.console import Console

from slipway.adapters.line_reporter import LineReporter
from slipway.adapters.rich_reporter import RichReporter
from slipway.cli.wiring import build_reporter
from slipway.ports.reporter import Reporter, SilentReporter


def _told(reporter: Reporter) -> None:
    reporter.step("a step")
    reporter.warning("a warning")
    reporter.detail("a detail")
    with reporter.task("starting") as task:
        task.update("1 of 2")


def _line_reporter(stream: io.StringIO, *, verbose: bool) -> Reporter:
    return LineReporter(stream, verbose=verbose)


def _rich_reporter(stream: io.StringIO, *, verbose: bool) -> Reporter:
    return RichReporter(Console(file=stream, width=80), verbose=verbose)


@pytest.mark.parametrize("build", [_line_reporter, _rich_reporter])
@pytest.mark.parametrize("verbose", [False, True])
def test_what_is_told(build: type, *, verbose: bool) -> None:
    """Details only when they are wanted; a task says that it ended, and when."""
    stream = io.StringIO()
    _told(build(stream, verbose=verbose))
    lines = stream.getvalue().splitlines()
    assert "a step" in lines
    assert "warning: a warning" in lines
    assert ("  a detail" in lines) is verbose
    assert re.search(r"starting: done in \d+\.\d s", lines[-1])


@pytest.mark.parametrize("build", [_line_reporter, _rich_reporter])
def test_a_task_that_fails_says_so(build: type) -> None:
    """The error itself is told by whoever catches it."""
    stream = io.StringIO()
    with pytest.raises(RuntimeError, match="boom"), build(stream, verbose=False).task("starting"):
        raise RuntimeError("boom")
    assert re.search(r"starting: failed after \d+\.\d s", stream.getvalue())


def test_lines_name_the_task_they_belong_to() -> None:
    """In a CI log, lines of several tasks follow each other."""
    stream = io.StringIO()
    _told(LineReporter(stream, verbose=False))
    assert "starting ...\nstarting: 1 of 2\n" in stream.getvalue()


def test_brackets_in_a_message_are_not_markup() -> None:
    """A file or rule name in brackets is text, not a colour."""
    stream = io.StringIO()
    RichReporter(Console(file=stream, width=80), verbose=False).step("x [red]y[/red]")
    assert stream.getvalue() == "x [red]y[/red]\n"


def test_silence_is_a_reporter(capsys: pytest.CaptureFixture[str]) -> None:
    """The default where nobody listens."""
    _told(SilentReporter())
    written = capsys.readouterr()
    assert (written.out, written.err) == ("", "")


@pytest.mark.parametrize(("terminal", "expected"), [(True, RichReporter), (False, LineReporter)])
def test_a_terminal_gets_a_spinner_and_a_log_plain_lines(
    monkeypatch: pytest.MonkeyPatch, *, terminal: bool, expected: type
) -> None:
    """Control characters in a CI log are noise."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    assert isinstance(build_reporter(verbose=False), expected)
