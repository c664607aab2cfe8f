"""The pre-receive hook of every repository: refuses a push that the rules of the repository forbid.

Git starts it with the pushed objects in quarantine and one line for each ref on stdin; what it prints to
stderr reaches the person who pushes. The server says by environment which repository and who it is.
"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from slipway_sandbox.github.enforcement import Refusal, refusal
from slipway_sandbox.github.forge import Forge
from slipway_sandbox.github.gitobjects import ABSENT

HOME = "SLIPWAY_GITHUB_HOME"
ACTOR = "SLIPWAY_GITHUB_ACTOR"
REPOSITORY = "SLIPWAY_GITHUB_REPOSITORY"


def refusals(home: Path, repository_id: int, login: str, lines: Iterable[str]) -> list[Refusal]:
    """What the rules say against the refs of a push."""
    forge = Forge(home, os.environ)
    repository = forge.repository_by_id(repository_id)
    if repository is None:
        raise SystemExit(f"error: repository {repository_id} is gone")
    found: list[Refusal | None] = []
    for line in lines:
        old, new, ref = line.split()
        before, after = (None if sha == ABSENT else sha for sha in (old, new))
        found.append(refusal(forge, repository, login, ref=ref, old=before, new=after))
    return [each for each in found if each is not None]


def main() -> int:
    """Judge the push on stdin; 1 refuses it as a whole."""
    found = refusals(
        Path(os.environ[HOME]), int(os.environ[REPOSITORY]), os.environ[ACTOR], sys.stdin.read().splitlines()
    )
    for each in found:
        sys.stderr.write("\n".join(each.lines) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
