"""Runs the commands of a step: logged, shown while they run, ended with setup."""

import ctypes
import os
import selectors
import shlex
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from toolchain.installer.display import Display
from toolchain.installer.problems import CommandFailedError, SetupError

_TICK = 0.2  # seconds between looks at the clock while a command is silent
_TAIL = 15  # lines of a failed command that are shown
_GRACE = 5.0  # seconds that a command may take to end when it is asked to
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
# Choices made for whatever the person worked on before.
_OTHER_PROJECTS = ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTHONPATH", "PYTHONHOME", "GOWORK")

LineListener = Callable[[str], None]


class Commands:
    """Runs commands in turn and appends what they say to one log.

    Attributes:
        log: the log file; it begins anew with each instance's first command.
    """

    def __init__(self, log: Path, display: Display) -> None:
        self.log = log
        self._display = display
        self._started = False

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        cwd: Path,
        extra: Mapping[str, str] | None = None,
        listener: LineListener | None = None,
    ) -> None:
        """Run one command to its end.

        Args:
            argv: the program and its arguments.
            cwd: the folder to run it in.
            extra: environment variables to add.
            listener: gets every line of output; without one, the last line is the status shown.

        Raises:
            SetupError: if the program cannot be started.
            CommandFailedError: if it ends with another exit code than 0.
        """
        command = shlex.join(str(word) for word in argv)
        hear = listener or self._display.status
        tail: deque[str] = deque(maxlen=_TAIL)
        with self._open_log() as log:
            log.write(f"$ {command}\n")

            def take(line: str) -> None:
                log.write(f"{line}\n")
                tail.append(f"    {line}")
                hear(line)

            code = self._supervise(argv, cwd=cwd, extra=extra or {}, take=take)
        if code != 0:
            raise CommandFailedError(command, code=code, log=self.log, tail="\n".join(tail))

    def _open_log(self) -> IO[str]:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        mode = "a" if self._started else "w"
        self._started = True
        return self.log.open(mode)

    def _supervise(
        self, argv: Sequence[str | Path], *, cwd: Path, extra: Mapping[str, str], take: LineListener
    ) -> int:
        process = _start(argv, cwd=cwd, extra=extra)
        try:
            for line in _lines(process, on_silence=self._display.tick):
                take(line)
            return process.wait()
        except BaseException:
            _end(process)
            raise


def _start(argv: Sequence[str | Path], *, cwd: Path, extra: Mapping[str, str]) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _OTHER_PROJECTS}
    try:
        return subprocess.Popen(
            argv,
            cwd=cwd,
            env=environment | dict(extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches setup alone, which then ends the whole group
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - setup has one thread; nothing else survives its SIGKILL
        )
    except OSError as error:
        raise SetupError(
            f"{argv[0]} cannot be started: {error.strerror}",
            remedy="check that it is installed and executable, then run setup again",
        ) from error


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _lines(process: subprocess.Popen[bytes], *, on_silence: Callable[[], None]) -> Iterator[str]:
    """Yield the lines of a process's output, and keep the clock going while there is none."""
    if process.stdout is None:
        raise ValueError("the process was started without a pipe")
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            on_silence()
            if not selector.select(timeout=_TICK):
                continue
            chunk = os.read(process.stdout.fileno(), 65536)
            if not chunk:
                break
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line.decode(errors="replace").rstrip("\r") for line in whole)
    if rest:
        yield rest.decode(errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=_GRACE)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
