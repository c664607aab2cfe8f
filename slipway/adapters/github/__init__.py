"""The source control port on GitHub's REST API, of github.com or of an Enterprise Server.

Requests go through `session`, refusals become errors in `faults`, answers are read in `wire`. Who counts as
an author and whose review stands is decided in `people`, which commits are asked for in `history`; both are
pure.
"""

from slipway.adapters.github.settings import GithubSettings
from slipway.adapters.github.source_control import GithubSourceControl, github_source_control

__all__ = ["GithubSettings", "GithubSourceControl", "github_source_control"]
