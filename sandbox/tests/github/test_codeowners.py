"""CODEOWNERS: which line speaks of which path, by GitHub's own examples."""

import pytest

from slipway_sandbox.github.codeowners import owning_lines, parse

FILE = """\
# comment
*       @global-owner1 @global-owner2
*.js    @js-owner # inline comment
/build/logs/ @doctocat
docs/*  docs@example.com
apps/   @octocat
/scripts/ @doctocat @octocat
**/logs @logs-owner
/apps/ @apps
/apps/github
/src/**/gen?.py @gen
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README.md", ("@global-owner1", "@global-owner2")),
        ("web/index.js", ("@js-owner",)),
        ("build/logs/a/b.txt", ("@logs-owner",)),
        ("docs/getting-started.md", ("docs@example.com",)),
        ("docs/build-app/troubleshooting.md", ("@global-owner1", "@global-owner2")),
        ("lib/apps/x.py", ("@octocat",)),
        ("scripts/a.sh", ("@doctocat", "@octocat")),
        ("deeply/nested/logs/a.txt", ("@logs-owner",)),
        ("apps/x.py", ("@apps",)),
        ("apps/github/x.py", ()),
        ("src/gen1.py", ("@gen",)),
        ("src/a/b/gen2.py", ("@gen",)),
        ("src/a/gen22.py", ("@global-owner1", "@global-owner2")),
    ],
)
def test_the_last_line_that_matches_counts(path: str, owners: tuple[str, ...]) -> None:
    """One without owners takes ownership away."""
    found = owning_lines(parse(FILE), [path])
    assert [line.owners for line in found] == ([owners] if owners else [])


def test_each_line_is_asked_once() -> None:
    """However many paths it owns."""
    found = owning_lines(parse(FILE), ["a.js", "b.js", "scripts/x"])
    assert [line.pattern for line in found] == ["*.js", "/scripts/"]
