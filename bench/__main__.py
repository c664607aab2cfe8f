"""`make bench`: runs every benchmark and prints its table; an aim that is missed is said, not an error.

python -m bench                                    all of them
python -m bench --only preview --sizes 12 --pairs 2        a quick look at previews
python -m bench --only edit --sizes 250 --pairs 3          what the edit of one pipeline costs
python -m bench --only snowflake --rows 100000             and at the sandbox Snowflake
python -m bench --only check                               how long a typical change takes to check
python -m bench --only deploy --deployments 1              how long a release takes, and its way back
python -m bench --only publish --rows 100000 --pairs 1     and what write-audit-publish adds to a rebuild
python -m bench --only policies --sizes 250 --pairs 3      what a pack of policies adds to a preview
python -m bench --only mutations                           whether tests notice what is wrong with a rule
python -m bench --only adopt --pairs 3                     how long an estate takes to become Pulumi's
"""

import argparse
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.adopt.owning import owning_table
from bench.adopt.scenario import adopt_table
from bench.check.scenario import check_table
from bench.deploy.scenario import deploy_tables
from bench.edit.scenario import edit_table
from bench.mutations.scenario import mutations_table
from bench.policies.scenario import policies_table
from bench.preview.scenario import preview_table
from bench.publish.scenario import publish_tables
from bench.snowflake.scenario import snowflake_tables

_ENDED = 128 + signal.SIGTERM
_PARTS = ("preview", "edit", "policies", "mutations", "snowflake", "check", "deploy", "publish", "adopt")


def main() -> None:
    """Parse the options, run, print Markdown."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_ENDED))  # so that the sandbox is taken down
    parser = argparse.ArgumentParser(description="Figures of the docs, each beside its yardstick.")
    parser.add_argument("--only", choices=_PARTS, help="one alone")
    parser.add_argument("--sizes", default="12,120,250", help="pipelines, separated by commas")
    parser.add_argument("--pairs", type=int, default=5, help="interleaved pairs of each comparison")
    parser.add_argument("--statements", type=int, default=100, help="statements of each kind a round")
    parser.add_argument("--deployments", type=int, default=3, help="releases that go in, and back")
    parser.add_argument(
        "--rows", type=int, default=10_000_000, help="rows of the large tables, a power of ten"
    )
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.sizes.split(",")]
    with TemporaryDirectory(prefix="slipway-bench-") as scratch:
        for name, measured in _parts(chosen, sizes).items():
            if chosen.only in {None, name}:
                print(measured(_folder(scratch, name)), flush=True)


def _parts(chosen: argparse.Namespace, sizes: list[int]) -> dict[str, Callable[[Path], str]]:
    return {
        "preview": lambda folder: preview_table(sizes, chosen.pairs, folder),
        "edit": lambda folder: edit_table(sizes, chosen.pairs, folder),
        "policies": lambda folder: policies_table(sizes, chosen.pairs, folder),
        "mutations": lambda folder: mutations_table([], folder),
        "snowflake": lambda folder: snowflake_tables(chosen.pairs, chosen.statements, chosen.rows, folder),
        "check": check_table,
        "deploy": lambda folder: deploy_tables(chosen.deployments, folder),
        "adopt": lambda folder: f"{adopt_table(chosen.pairs, folder / 'types')}\n\n{owning_table(folder)}",
        "publish": lambda folder: publish_tables(chosen.pairs, chosen.rows, folder),
    }


def _folder(scratch: str, name: str) -> Path:
    """An account of its own: servers keep their data in a folder."""
    folder = Path(scratch) / name
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main()
