"""What a person sees while a step takes its minutes."""

import io

from toolchain.installer.display import Display


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_log_gets_a_plain_line_every_fifteen_seconds() -> None:
    """In CI, silence for five minutes looks like a hang, and a line a package drowns the log."""
    stream, clock = io.StringIO(), Clock()
    display = Display(stream, clock=clock)

    display.begin("pulumi")
    for second in range(61):
        clock.now = 100.0 + second
        display.status(f"package {second}")
    display.tick()

    assert stream.getvalue().splitlines() == [
        "setup: pulumi: starting",
        "setup: pulumi: 0:15: package 15",
        "setup: pulumi: 0:30: package 30",
        "setup: pulumi: 0:45: package 45",
        "setup: pulumi: 1:00: package 60",
    ]


def test_a_terminal_has_one_line_that_is_written_over() -> None:
    """A line that stays clears the live one first, and a long status does not wrap."""
    stream, clock = Terminal(), Clock()
    display = Display(stream, clock=clock)

    display.begin("pulumi")
    clock.now += 1
    display.status("a" * 300)
    display.say("pulumi: done")

    live, done = stream.getvalue().removeprefix("\r\033[K").split("\r\033[K")
    assert live == f"setup: pulumi: 0:01: {'a' * 300}"[:110]
    assert done == "setup: pulumi: done\n"
