"""Tries the mutants of a module of the folder where it runs: `-m bench.mutations.worker MODULE TEST...`.

Prints JSON: how many there were, and line and change of each that no test noticed.
"""

import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pydantic  # noqa: F401 - loaded before the forks
import pytest
import yaml  # noqa: F401 - same

import slipway.model.naming  # noqa: F401 - same
from bench.mutations.mutants import mutants

_SECONDS: Final = 120
"""A mutant that never ends is noticed."""

_OPTIONS: Final = (
    "-q",
    "-x",
    "--noconftest",
    "--import-mode=importlib",
    "--rootdir=.",
    "-c",
    os.devnull,
    "-p",
    "no:cacheprovider",
    "-p",
    "no:randomly",
    "-p",
    "no:xdist",
)


def main() -> None:
    """Try them, and refuse to when the tests fail without any change."""
    module, *tests = sys.argv[1:]
    path = Path("policies") / "rules" / f"{module}.py"
    source = path.read_text(encoding="utf-8")
    if not _pass(tests):
        sys.exit(f"{' '.join(tests)}: they fail without any change")
    made, survivors = 0, []
    for mutant in mutants(source):
        path.write_text(mutant.text, encoding="utf-8")
        made += 1
        if _pass(tests):
            survivors.append((mutant.line, mutant.what))
    path.write_text(source, encoding="utf-8")
    sys.stdout.write(json.dumps({"mutants": made, "survivors": survivors}))


def _pass(tests: Sequence[str]) -> bool:
    """Whether the tests pass, in a process that imports the rules anew."""
    child = os.fork()
    if child == 0:
        signal.alarm(_SECONDS)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, sys.stdout.fileno())
        os.dup2(silence, sys.stderr.fileno())
        os._exit(int(pytest.main([*_OPTIONS, *tests])))
    _, ended = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(ended) == 0


if __name__ == "__main__":
    main()
