"""Who decides about a release, and how many had to, by what the signed statements of a dossier tell."""

from collections.abc import Mapping

from slipway.attest.approval_count import Case
from slipway.attest.control import Control, criticality_in, roster_in
from slipway.attest.dossier import Dossier
from slipway.model.approval_policy import APPROVALS_NEEDED
from slipway.model.errors import DefinitionError
from slipway.model.parts import ENTRY_FOUNDATION, PartId
from slipway.model.people import principal_of
from slipway.model.pipeline import Criticality, PartKind
from slipway.model.principal import Caller, UserId
from slipway.model.release import Manifest, Release
from slipway.model.team import Roster
from slipway.model.touched import touched_pipelines


def case_of(release: Release, dossier: Dossier) -> Case:
    """Say what approvals are to allow, at the moment at which the gates of the deployment were asked.

    Raises:
        SlipwayError: the dossier does not have who decides.
    """
    index = dossier.index
    control = _control(release.manifest, dossier)
    deployer = Caller(arn=index.deployer, user_id=UserId(""), account="")  # an ARN is all that it is known by
    return Case(
        release=release,
        environment=index.environment,
        effects=index.effects,
        control=control,
        deployer=principal_of(deployer, control.roster).person,
        now=index.began,
    )


def needed_before(manifest: Manifest, dossier: Dossier) -> int:
    """Return how many had to allow a release that is there already, or is left.

    The entries that it brought say so, as they were before it. How critical the others were then no signature
    tells, and how critical they are today must not keep an environment from going back.

    Raises:
        SlipwayError: the dossier has not what it was built upon.
    """
    needed = APPROVALS_NEEDED[dossier.index.environment]
    parts = (*(each.part for each in manifest.artifacts), *map(PartId.parse, manifest.removed))
    entries = [part for part in parts if part.kind is PartKind.ENTRY]
    return max(
        (needed[_critical(each, manifest, dossier)] for each in entries), default=needed[Criticality.STANDARD]
    )


def team_of(dossier: Dossier) -> Roster:
    """Read the team of the composition.

    Raises:
        SlipwayError: the dossier does not have it.
    """
    composed = dossier.index.part(ENTRY_FOUNDATION)
    if composed is None:
        raise _nobody_decides(dossier)
    return roster_in(dossier.artifact(ENTRY_FOUNDATION, composed.artifact))


def _critical(entry: PartId, manifest: Manifest, dossier: Dossier) -> Criticality:
    """Of what it was before a release that brings or removes it; what is new counts as critical."""
    files = _before(entry, manifest, dossier)
    if files is None or entry == ENTRY_FOUNDATION:
        return Criticality.CRITICAL
    return criticality_in(files, entry.pipeline)


def _control(manifest: Manifest, dossier: Dossier) -> Control:
    """Who decides, as what the release was built upon says: of that, signatures tell every digest."""
    foundation = _before(ENTRY_FOUNDATION, manifest, dossier)
    if foundation is None:
        raise _nobody_decides(dossier)
    known = {
        name: _critical(PartId(name, PartKind.ENTRY), manifest, dossier)
        for name in touched_pipelines(manifest)
    }
    return Control(roster=roster_in(foundation), criticality=known)


def _before(part: PartId, manifest: Manifest, dossier: Dossier) -> Mapping[str, bytes] | None:
    """The files of a part before the release: what it was built upon, where it ships or removes the part."""
    if manifest.artifact(part) is not None or str(part) in manifest.removed:
        digest = next((each.digest for each in manifest.upon if each.part == part), None)
    else:
        composed = dossier.index.part(part)
        digest = None if composed is None else composed.artifact
    return None if digest is None else dossier.artifact(part, digest)


def _nobody_decides(dossier: Dossier) -> DefinitionError:
    environment = dossier.index.environment
    return DefinitionError(
        f"nothing ran in {environment} before, so nobody can say who decides there",
        remedy=f"slipway release bootstrap -s {environment}",
    )
