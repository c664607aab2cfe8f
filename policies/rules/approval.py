"""The approval rule: in staging and prod Pulumi updates what was approved there, and nothing else.

It proves by signatures and digests alone: that every part of the catalogue on disk is one that a signed
manifest names; that every release among them was let in here; and that enough people who may have allowed the
release that goes in. It asks no server, so it cannot know what a dossier leaves out: the gates of
`slipway deploy` ask the ledger, and judge the same approvals by the same code (docs/adr/0023).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from pydantic import Field

from policies.rules.composition import Vouched, changed_files, told, unsigned_parts
from policies.rules.deciding import case_of, needed_before, team_of
from policies.rules.place import stack_of
from policies.rules.rule import Operation, OperationRule
from slipway.attest.approval_tally import allowed_before, tally, unnamed_writers
from slipway.attest.dossier import Dossier, DossierIndex
from slipway.attest.program import differing
from slipway.model.approval_policy import LASTS_AT_MOST, asks_for_approvals
from slipway.model.digest import short
from slipway.model.environment import Environment
from slipway.model.errors import SlipwayError
from slipway.model.frozen import Frozen
from slipway.model.pipeline import PartKind
from slipway.model.policy_report import Severity
from slipway.model.release import Release

_A_DAY: Final = timedelta(days=1)
_NAMED: Final = 5
"""So many files are named; the others are counted."""


class ApprovalLimits(Frozen):
    """What says that an operation was approved, and how long it says so.

    Attributes:
        dossier: folder of what says who approved; slipway deploy names it.
        program: folder of the program that runs; slipway deploy names it.
        days: how many days after it began a deployment may run on.
    """

    dossier: str = Field(default="")
    program: str = Field(default="")
    days: int = Field(
        default=LASTS_AT_MOST // _A_DAY,
        ge=1,
    )


def _unapproved(operation: Operation, limits: ApprovalLimits) -> Iterator[str]:
    stack = stack_of(operation.urn)
    if stack not in tuple(Environment) or not asks_for_approvals(Environment(stack)):
        return
    if operation.dossier is None:
        yield f"nothing says who approved these files in {stack}: the pack's configuration names no dossier"
        return
    dossier = Dossier(files=operation.dossier, keys=operation.keys)
    try:
        index = dossier.index
    except SlipwayError as error:
        yield told(error)
        return
    if index.environment != stack:
        yield f"the dossier is of a composition of {index.environment}, and this is {stack}"
        return
    yield from _other_program(operation, stack)
    vouched = Vouched(dossier)
    yield from unsigned_parts(dossier, vouched)
    yield from _on_disk(operation, dossier)
    yield from _out_of_time(index, operation, limits)
    yield from _not_allowed(dossier, vouched)


def _other_program(operation: Operation, stack: str) -> Iterator[str]:
    """The program and its settings are those that a control owner has put in charge with these policies."""
    adopt = f"slipway policy adopt -s {stack}, by a control owner"
    if operation.allowed is None:
        yield f"nothing beside the policies says which program may run in {stack} ({adopt})"
    elif operation.program is None:
        yield "the pack's configuration names no program, so nobody can tell which runs (slipway deploy does)"
    else:
        allowed, runs = operation.allowed.of_stack(stack), operation.program.of_stack(stack)
        others = tuple(differing(allowed, runs))
        if others:
            more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
            yield (
                f"the program that runs is not the one that may run in {stack}: {', '.join(others[:_NAMED])}"
                f"{more} differ (use that checkout, or have this one's put in charge: {adopt})"
            )


def _on_disk(operation: Operation, dossier: Dossier) -> Iterator[str]:
    if operation.workspace is None:
        yield (
            "slipway:workspace is no whole path, so it cannot be told which files the program reads "
            "(slipway deploy names the folder of the composition)"
        )
        return
    for link in sorted(operation.links):
        yield (
            f"{link} is a link, and nobody has signed what it leads to "
            "(slipway deploy lays the composition out anew, without any)"
        )
    yield from changed_files(dossier, operation.workspace)


def _out_of_time(index: DossierIndex, operation: Operation, limits: ApprovalLimits) -> Iterator[str]:
    began = f"deployment {index.deployment} began at {index.began:%Y-%m-%d %H:%M} UTC"
    if index.began > operation.now:
        yield f"{began}, which is yet to come"
    if not index.leaves and operation.now - index.began > limits.days * _A_DAY:  # no end blocks a way back
        yield f"{began}, more than {limits.days} days ago (take it back: slipway rollback)"


def _not_allowed(dossier: Dossier, vouched: Vouched) -> Iterator[str]:
    index = dossier.index
    release = vouched.release(index.release)
    if isinstance(release, str):
        if not any(part.release == index.release for part in index.parts):  # else its parts have said so
            yield release
        return
    if index.leaves and _is_whole(release, index):
        yield (
            f"the dossier says that release {short(release.digest)} is left, "
            "and the composition has all of it"
        )
    for each in vouched.believed:
        if index.leaves or each.digest != index.release:
            yield from _never_let_in(each, dossier)
    if not index.leaves:
        yield from _too_few(release, dossier)


def _is_whole(release: Release, index: DossierIndex) -> bool:
    """Whether everything of a release that the program reads is in the composition: then nothing is left."""
    brought = [each for each in release.manifest.artifacts if each.part.kind is PartKind.ENTRY]
    composed = {part.part: part.artifact for part in index.parts}
    return bool(brought) and all(composed.get(each.part) == each.digest for each in brought)


def _never_let_in(release: Release, dossier: Dossier) -> Iterator[str]:
    """What is there already, or is left, had what it needed, however long ago."""
    environment, id_ = dossier.index.environment, short(release.digest)
    try:
        needed = needed_before(release.manifest, dossier)
        people = allowed_before(release, dossier.approvals(release.digest), team_of(dossier))
    except SlipwayError as error:
        yield told(error)
        return
    if people < needed:
        yield (
            f"release {id_} is in the composition, or left, and needed {needed} in {environment} who had no "
            f"hand in it: {people} have ever approved it "
            f"(slipway gate explain {id_} -s {environment} says who may)"
        )


def _too_few(release: Release, dossier: Dossier) -> Iterator[str]:
    """As the gate of `slipway deploy` counts, at the moment at which that gate was asked."""
    subject = f"release {short(release.digest)} in {dossier.index.environment}"
    try:
        given = dossier.approvals(release.digest).at(dossier.index.began)
        unnamed = unnamed_writers(release)
        if unnamed is not None:
            yield f"{subject}: {unnamed.why} ({unnamed.remedy})"
            return
        counted = tally(case_of(release, dossier), given)
    except SlipwayError as error:
        yield told(error)
        return
    if counted.lacking is not None:
        others = "".join(
            f"; {each.person}'s does not count: {each.complaint}"
            for each in counted.weighed
            if not each.counts
        )
        yield f"{subject} has {counted.lacking.why}{others} ({counted.lacking.remedy})"


APPROVED_COMPOSITION: Final = OperationRule(
    id="approved-composition",
    severity=Severity.CRITICAL,
    frameworks=("SOX ITGC", "PCI DSS 6.5.1"),
    rationale="What changes staging and prod was allowed by enough people who had no hand in it.",
    remedy="Update the stack by slipway deploy, which writes the dossier of what it runs.",
    limits=ApprovalLimits,
    violations=_unapproved,
)
