"""One tool as a process group: what it starts ends with it, whether it ends itself or is ended.

The group's leader is a guard: a shell that waits for the end of a pipe which only this process holds open,
and then kills its group. So a tool does not outlive a slipway that was killed, whatever killed it.

The leader is reaped last. Until then its number is taken, so a signal to the group can reach nobody else; and
whatever the tool left running in its group is killed before its result is returned.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, Final

from slipway.ports.tools import Tool, ToolResult, ToolStopped, ToolTimedOut

_TICK: Final = 0.1  # seconds between looks at the clock while the tool is silent
_GRACE: Final = 5.0  # seconds that a tool may take to end when it is asked to
_CHUNK: Final = 1 << 16
_GUARD: Final = ("/bin/sh", "-c", "trap '' TERM INT HUP; read -r _; kill -KILL 0")
"""The built-ins of a shell are enough. It outlives a polite end of its group, and is killed with the rest."""

LineListener = Callable[[str], None]


class ProcessGroup:
    """A running tool."""

    def __init__(
        self, tool: Tool, argv: Sequence[str], *, folder: Path, environment: Mapping[str, str]
    ) -> None:
        self._tool = tool
        self._began = time.monotonic()
        self._stop_asked = False
        self._guard = subprocess.Popen(
            _GUARD,
            env={},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C reaches slipway alone, which then ends the whole group
        )
        try:
            self._process = subprocess.Popen(
                argv,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                process_group=self._guard.pid,
            )
        except OSError:
            self._end_guard()
            raise

    def stop(self) -> None:
        """Have it ended, by the thread that waits for it."""
        self._stop_asked = True

    def wait(self, limit: timedelta, on_line: LineListener) -> ToolResult:
        """Read what it says until it ends.

        Raises:
            ToolTimedOut: it took longer than it may.
            ToolStopped: `stop` was called.
        """
        output, errors = _Lines(on_line), _Lines()
        try:
            self._read(output, errors, deadline=self._began + limit.total_seconds())
            if self._stop_asked:
                raise ToolStopped(f"{self._tool} was stopped", remedy="run the command again")
            if not self._has_ended():
                raise ToolTimedOut(
                    f"{self._tool} took longer than the {_words(limit)} it may and was ended",
                    remedy="run it alone to see what it waits for, or make its share of the work smaller",
                )
        finally:
            code = self._end()
        return ToolResult(
            exit_code=code,
            output=output.text(),
            errors=errors.text(),
            seconds=time.monotonic() - self._began,
        )

    def _read(self, output: "_Lines", errors: "_Lines", *, deadline: float) -> None:
        """Read both streams until the tool has ended and said all, time is up, or `stop` was called."""
        left_behind_was_killed = False
        with selectors.DefaultSelector() as selector:
            selector.register(_pipe(self._process.stdout), selectors.EVENT_READ, output)
            selector.register(_pipe(self._process.stderr), selectors.EVENT_READ, errors)
            while selector.get_map() and not self._stop_asked and time.monotonic() < deadline:
                for key, _ in selector.select(timeout=_TICK):
                    chunk = os.read(key.fd, _CHUNK)
                    key.data.take(chunk)
                    if not chunk:
                        selector.unregister(key.fileobj)
                if self._has_ended() and not left_behind_was_killed:
                    left_behind_was_killed = True
                    self._signal(signal.SIGKILL)  # it would hold the pipes open, perhaps for ever
                    deadline = min(deadline, time.monotonic() + _GRACE)
            while not self._stop_asked and not self._has_ended() and time.monotonic() < deadline:
                time.sleep(_TICK / 10)  # it closed its streams before its end

    def _has_ended(self) -> bool:
        """Whether the tool has ended; it stays unreaped."""
        seen = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return seen is not None

    def _end(self) -> int:
        """End what still runs of the group, and only then reap the tool, and its leader last."""
        if not self._has_ended():
            self._signal(signal.SIGTERM)
            until = time.monotonic() + _GRACE
            while not self._has_ended() and time.monotonic() < until:
                time.sleep(_TICK / 10)
        self._signal(signal.SIGKILL)
        for pipe in (self._process.stdout, self._process.stderr):
            _pipe(pipe).close()
        code = self._process.wait()
        self._end_guard()
        return code

    def _end_guard(self) -> None:
        self._guard.kill()
        _pipe(self._guard.stdin).close()
        self._guard.wait()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):  # macOS says EPERM for a group of zombies
            os.killpg(self._guard.pid, number)


class _Lines:
    """Collects a stream, and passes on each line of it once it is whole."""

    def __init__(self, listener: LineListener | None = None) -> None:
        self._listener = listener
        self._chunks: list[bytes] = []
        self._rest = b""

    def take(self, chunk: bytes) -> None:
        """Take what was read; nothing means that the stream has ended."""
        self._chunks.append(chunk)
        if self._listener is None:
            return
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        if not chunk and self._rest:
            whole, self._rest = [self._rest], b""
        for line in whole:
            self._listener(line.decode(errors="replace").rstrip("\r"))

    def text(self) -> str:
        """All of it."""
        return b"".join(self._chunks).decode(errors="replace")


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("the process was started without a pipe")
    return stream


def _words(limit: timedelta) -> str:
    seconds = limit.total_seconds()
    return f"{seconds / 60:g} minutes" if seconds >= 60 else f"{seconds:g} seconds"  # noqa: PLR2004 - a minute
