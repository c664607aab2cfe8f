"""Whether a session runs a statement now, and what others want done in it meanwhile."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Turn:
    """One session's: a statement has it to itself; what others want done is done between two statements."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_busy = False
        self._wanted: list[Callable[[], None]] = []

    @contextmanager
    def taken(self) -> Iterator[None]:
        """While a statement runs."""
        with self._lock:
            self._is_busy = True
        try:
            yield
        finally:
            with self._lock:
                self._is_busy = False
                wanted, self._wanted = self._wanted, []
                for act in wanted:
                    act()

    def between_statements(self, act: Callable[[], None]) -> None:
        """Do something in the session: at once while it rests, else when its statement has ended."""
        with self._lock:
            if self._is_busy:
                self._wanted.append(act)
            else:
                act()
