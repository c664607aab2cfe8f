"""Gate `carried-changes`: the release lists every change that it would bring into this environment.

A part is released as a whole. Where the environment runs an older one than the release was built upon, what
was merged in between would come along: its authors are in no list, and nobody has approved it.
"""

from collections.abc import Iterator

from slipway.model.approval_policy import APPROVALS_NEEDED
from slipway.model.digest import short
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.parts import PartId
from slipway.model.release import Manifest
from slipway.release.gates.facts import Answer, Question, needed


def carried_changes(question: Question) -> Answer:
    """Judge by what runs: it has to be what the release was built upon, or what it ships."""
    if not any(APPROVALS_NEEDED[question.environment].values()):
        return Answer(
            passed=True, why=f"{question.environment} asks for no approval, so anything may come along"
        )
    manifest = question.release.manifest
    running = needed(question.facts.running)
    complaints = list(_complaints(manifest, running))
    if not complaints:
        return Answer(passed=True, why=f"{question.environment} runs what it was built upon")
    return Answer(passed=False, why="; ".join(complaints), remedy=_remedy(manifest, running))


def _complaints(manifest: Manifest, running: EnvironmentDocument | None) -> Iterator[str]:
    upon = {artifact.part: artifact.digest for artifact in manifest.upon}
    ships = {artifact.part: artifact.digest for artifact in manifest.artifacts}
    for part in sorted(_parts(manifest)):
        entry = running.entry(part) if running is not None else None
        found = entry.artifact if entry is not None else None
        if found not in {upon.get(part), ships.get(part)}:
            expected = short(upon[part]) if part in upon else "nothing"
            runs = short(found) if found is not None else "nothing"
            yield f"it was built upon {expected} as {part}, and {runs} runs there"


def _parts(manifest: Manifest) -> set[PartId]:
    return {*(each.part for each in manifest.artifacts), *(PartId.parse(part) for part in manifest.removed)}


def _remedy(manifest: Manifest, running: EnvironmentDocument | None) -> str:
    """Name the commit to build upon; of several, any that all the running parts descend from will do."""
    entries = [running.entry(part) for part in sorted(_parts(manifest))] if running is not None else []
    commits = sorted({entry.commit[:12] for entry in entries if entry is not None})
    base = (
        f"of {', '.join(commits)} the oldest" if len(commits) > 1 else "".join(commits) or "the first commit"
    )
    return (
        f"deploy the releases in between first, or build one that lists them: "
        f"slipway build {manifest.commit[:12]} --base REV, where REV is {base}"
    )
