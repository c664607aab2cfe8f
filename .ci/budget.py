"""Prints the minutes of each suite beside ci-budget.toml.

A suite that is over is marked; machines are noisy, so only the sum decides. Exit code 1 when the sum is over,
when a suite has no budget, or when no suite has run.

With --limit SUITE it prints the seconds after which .ci/suite ends that suite.
"""

import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RECORD = Path(".slipway/suite-seconds.tsv")
"""What .ci/suite writes, relative to the checkout."""


def budgeted() -> dict[str, Any]:
    """Return what ci-budget.toml says: `sum`, and `minutes` by suite."""
    return tomllib.loads((ROOT / "ci-budget.toml").read_text(encoding="utf-8"))


def print_limit(suite: str) -> int:
    """Print the seconds after which a suite hangs rather than is slow: twice its budget and two minutes."""
    minutes = budgeted()["minutes"]
    if suite not in minutes:
        sys.stderr.write(f"suite {suite} has no budget\n  remedy: add its minutes to ci-budget.toml\n")
        return 1
    sys.stdout.write(f"{(2 * minutes[suite] + 2) * 60}\n")
    return 0


def measured() -> dict[str, float]:
    """Return minutes by suite, summed over its runs."""
    minutes: dict[str, float] = defaultdict(float)
    for line in (ROOT / RECORD).read_text(encoding="utf-8").splitlines():
        name, seconds = line.split("\t")
        minutes[name] += int(seconds) / 60
    return dict(minutes)


def main() -> int:
    """Print the table; the argument is the wall clock of the whole run in seconds."""
    if not (ROOT / RECORD).exists():
        sys.stderr.write(f"no minutes to compare: no suite has run ({RECORD} is missing); setup failed\n")
        return 1
    total = int(sys.argv[1]) / 60
    budget = budgeted()
    spent = measured()
    spent["setup"] = max(0.0, total - sum(spent.values()))
    sys.stdout.write(f"{'suite':<14}{'minutes':>8}{'budget':>8}\n")
    over = [name for name, minutes in spent.items() if minutes > budget["minutes"].get(name, 0)]
    for name, minutes in spent.items():
        mark = "  OVER" if name in over else ""
        sys.stdout.write(f"{name:<14}{minutes:>8.1f}{budget['minutes'].get(name, 0):>8}{mark}\n")
    sys.stdout.write(f"{'sum':<14}{total:>8.1f}{budget['sum']:>8}\n")
    unbudgeted = spent.keys() - budget["minutes"].keys()
    return 1 if unbudgeted or total > budget["sum"] else 0


if __name__ == "__main__":
    sys.exit(print_limit(sys.argv[2]) if sys.argv[1] == "--limit" else main())
