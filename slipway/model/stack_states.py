"""Which states of a stack somebody answers for: how a record names them. The words of ledger and journal.

A state is named by the version of its object in the bucket. Whoever updates a stack finds one version newest
and leaves another; what was written in between is theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from slipway.model.environment import StackName

UPDATE_STAGE: Final = "apply-platform"
"""The kind of the stage that updates a stack; its name is this and the stack's."""

STATE_FROM: Final = "state-from"
"""The figure that has the newest version before each update, with spaces between."""

STATE_TO: Final = "state-to"
"""The figure that has the newest version after each of them; a killed one has none."""

POLICIES: Final = "policies"
"""The figure that has the digest of the policies that judged each of them."""

JUDGES: Final = "control"
"""The figure that has the digest of a control part that is put in charge: its keys and program too."""

GONE: Final = "gone"
"""The figure by which somebody answers for versions that were deleted."""

MISJUDGED: Final = "misjudged"
"""The figure by which somebody answers for deployments that other policies judged than those in charge."""

BEGINNING: Final = "-"
"""Stands for a version before the first one; S3 gives none that name."""

_UNJUDGED: Final = "none"
"""Stands for policies where no pack judged."""


def update_subject(stack: StackName) -> str:
    """What events about updates of a stack are about: the stage."""
    return f"{UPDATE_STAGE} {stack}"


def record_subject(stack: StackName) -> str:
    """What events are about by which somebody answers for states that no deployment has written."""
    return f"state of {stack}"


@dataclass(frozen=True, kw_only=True)
class Span:
    """The versions that one update has written, or that somebody answers for.

    Attributes:
        after: the newest version before it; BEGINNING: there was none.
        until: the newest version after it; None while it goes on, or after its process was killed.
        policies: digest of the policies that judged it; empty: none did.
    """

    after: str
    until: str | None
    policies: str = ""


def figures_of(spans: Sequence[Span]) -> dict[str, str]:
    """Write spans as figures of an event, or as outputs of a stage; only the last one may be open."""
    return {
        STATE_FROM: " ".join(span.after for span in spans),
        STATE_TO: " ".join(span.until for span in spans if span.until is not None),
        POLICIES: " ".join(span.policies or _UNJUDGED for span in spans),
    }


def spans_of(figures: Mapping[str, str]) -> tuple[Span, ...]:
    """Read what `figures_of` wrote; nothing where there is nothing of it."""
    after, until, policies = (figures.get(name, "").split() for name in (STATE_FROM, STATE_TO, POLICIES))
    if len(policies) != len(after):
        policies = [_UNJUDGED] * len(after)
    return tuple(
        Span(
            after=version,
            until=until[number] if number < len(until) else None,
            policies="" if policies[number] == _UNJUDGED else policies[number],
        )
        for number, version in enumerate(after)
    )


def closed(spans: Sequence[Span], newest: str) -> tuple[Span, ...]:
    """End the last span where it is open."""
    return tuple(replace(span, until=newest) if span.until is None else span for span in spans)
