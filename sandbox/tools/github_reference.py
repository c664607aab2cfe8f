"""Write the list of routes in docs/reference/sandbox-github.md from the server's own table of routes.

    sandbox/.venv/bin/python sandbox/tools/github_reference.py          write it
    sandbox/.venv/bin/python sandbox/tools/github_reference.py --check  fail when it is not current

What is above the mark is written by hand and stays.
"""

import argparse
import re
import sys
from itertools import groupby
from pathlib import Path

from slipway_sandbox.github.app import ROUTES
from slipway_sandbox.github.rest import Route

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "sandbox-github.md"
MARK = "<!-- from here on: sandbox/tools/github_reference.py, `make format` -->\n"
_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")


def page_with_routes(page: str) -> str:
    """The page with the list as it is now."""
    by_hand, mark, _ = page.partition(MARK)
    if not mark:
        sys.exit(f"{PAGE} has no line {MARK}")
    return by_hand + MARK + listing()


def listing() -> str:
    """A row for each path, with the methods that it takes."""
    ordered = sorted(ROUTES, key=_path)
    rows = [
        f"| `{path}` | {', '.join(sorted({route.method for route in routes}))} |\n"
        for path, routes in groupby(ordered, key=_path)
    ]
    return "\n| path | methods |\n|---|---|\n" + "".join(rows)


def _path(route: Route) -> str:
    """A path as GitHub's documentation writes it."""
    return _VARIABLE.sub(r"{\1}", route.path)


def main() -> None:
    """Write or check the page."""
    parser = argparse.ArgumentParser(
        description="Write the routes of the sandbox's GitHub into its reference."
    )
    parser.add_argument("--check", action="store_true", help="change nothing, fail when it is not current")
    page = PAGE.read_text(encoding="utf-8")
    fresh = page_with_routes(page)
    if not parser.parse_args().check:
        PAGE.write_text(fresh, encoding="utf-8")
    elif fresh != page:
        sys.exit(f"{PAGE} is not current: run `make format` and commit the result")


if __name__ == "__main__":
    main()
