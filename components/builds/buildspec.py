"""What a project runs: a file of buildspecs/, and the values that the project gives it. Pure.

The values are written into the buildspec, not into the project's environment: an event about a build tells
the environment of its project, and `RELEASE`, with which a build is started, has to be the only value there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

RELEASE: Final = "RELEASE"
"""The variable that whoever starts a build sets."""


@dataclass(frozen=True, kw_only=True)
class BuildValues:
    """What a buildspec's commands read.

    Attributes:
        variables: name to value.
        secrets: name to where it is in Secrets Manager, `<name of the secret>:<key of its JSON>`.
        reports: name of a report to the ARN of its group.
        given: names that whoever starts the build sets.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    reports: Mapping[str, str] = field(default_factory=dict)
    given: tuple[str, ...] = ()


def batch_size(text: str) -> int:
    """Return how many builds a buildspec's batch starts; 1 for a buildspec without a batch.

    Args:
        text: of a file of buildspecs/.
    """
    spec: dict[str, Any] = yaml.safe_load(text)
    return len(spec.get("batch", {}).get("build-list", ())) or 1


def filled(text: str, values: BuildValues) -> str:
    """Return a buildspec with its values.

    Args:
        text: of a file of buildspecs/.
        values: of one project.
    """
    spec: dict[str, Any] = yaml.safe_load(text)
    env = {"variables": dict(values.variables), "secrets-manager": dict(values.secrets)}
    told = {key: each for key, each in env.items() if each}
    reports = {values.reports[name]: report for name, report in spec.get("reports", {}).items()}
    body = {**spec, "env": {**spec.get("env", {}), **told}, "reports": reports}
    kept = {key: value for key, value in body.items() if value}
    return str(yaml.safe_dump(kept, sort_keys=False, allow_unicode=True))
