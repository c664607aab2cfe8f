"""`make bench`: runs every benchmark and prints its table; an aim that is missed is said, not an error.

python -m bench                                    all of them
python -m bench --sizes 12 --pairs 2               a quick look
"""

import argparse
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.preview.scenario import preview_table

_ENDED = 128 + signal.SIGTERM


def main() -> None:
    """Parse the options, run, print Markdown."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_ENDED))  # so that the sandbox is taken down
    parser = argparse.ArgumentParser(description="Preview time and memory beside a bare Pulumi program.")
    parser.add_argument("--sizes", default="12,120,250", help="pipelines, separated by commas")
    parser.add_argument("--pairs", type=int, default=5, help="interleaved pairs at each size")
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.sizes.split(",")]
    with TemporaryDirectory(prefix="slipway-bench-") as scratch:
        print(preview_table(sizes, chosen.pairs, Path(scratch)))


if __name__ == "__main__":
    main()
