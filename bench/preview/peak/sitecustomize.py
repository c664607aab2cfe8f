"""Writes the peak memory of a Pulumi program when it ends; put on PYTHONPATH by the benchmark only.

Python imports this module at the start of every process; all but the program's own leave at once.
"""

import atexit
import os
import re
import sys
from pathlib import Path


def _write_peak() -> None:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    if peak:
        Path(os.environ["BENCH_PEAK"]).write_text(peak[1], encoding="utf-8")


if any("pulumi-language-python-exec" in word for word in sys.orig_argv) and "BENCH_PEAK" in os.environ:
    atexit.register(_write_peak)
