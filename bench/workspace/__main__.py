"""Write a workspace: ``python -m bench.workspace --pipelines 250 --out DIR [--seed 7]``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.workspace.growth import SMALLEST, TooSmallError, grow


def main(argv: Sequence[str]) -> int:
    """Write the workspace; 2 when it was asked for less than the example has."""
    parser = argparse.ArgumentParser(prog="python -m bench.workspace", description=__doc__)
    parser.add_argument("--pipelines", type=int, required=True, help=f"how many, at least {SMALLEST}")
    parser.add_argument("--out", type=Path, required=True, help="an empty folder, or one to be made")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args(argv)
    try:
        grow(chosen.out, pipelines=chosen.pipelines, seed=chosen.seed)
    except (TooSmallError, FileExistsError) as refusal:
        print(f"error: {refusal}", file=sys.stderr)
        return 2
    print(f"{chosen.pipelines} pipelines in {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
