"""A release that brings an environment nothing: what is to be looked at before it may go on, and by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from slipway.audit import EvidenceStore
from slipway.catalog import load_workspace
from slipway.cli.rollout_desk import RolloutDesk
from slipway.model.deployment import Purpose
from slipway.model.digest import Digest, short
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.errors import SlipwayError
from slipway.model.evidence import Verdict, VerdictResult
from slipway.model.parts import PartId
from slipway.model.release import Release
from slipway.ports.journal import Deployment
from slipway.release.gates.facts import Stopped
from slipway.release.gates.verdicts import history_on, newest_word
from slipway.rollout.facts import Facts
from slipway.rollout.plan import build_look
from slipway.rollout.planned import Plan, plan_of
from slipway.rollout.running import bringers_of
from slipway.rollout.standing import Bringer, Standing, leased, looked_at, standing_of
from slipway.rollout.survey import entries_of, removed_of


class NobodyVouches(SlipwayError):  # noqa: N818 - it says what is the case
    """A release runs already, and of what brought it no verdict is healthy."""


@dataclass(frozen=True, kw_only=True)
class RunsAlready:
    """A release whose parts run, or are gone, in an environment.

    Attributes:
        at: the environment.
        release: verified.
    """

    at: RolloutDesk
    release: Release

    @property
    def is_unseen(self) -> bool:
        """Whether the environment above waits for a verdict that nobody has given here."""
        if self.at.environment.above is None:
            return False
        match self._word(self.release.digest):
            case None | Stopped():
                return True
            case Verdict() as verdict:
                return verdict.result is VerdictResult.FAILED

    @property
    def inconclusive(self) -> Deployment | None:
        """The deployment that has given the newest verdict here, if that is inconclusive."""
        match self._word(self.release.digest):
            case Verdict(result=VerdictResult.INCONCLUSIVE) as verdict:
                return self.at.journal.deployment(verdict.deployment)
            case _:
                return None

    def look(self, facts: Facts) -> Plan:
        """Plan a look at it, which rests on the verdicts on the releases that brought its parts.

        Args:
            facts: the release, and the environment as it is.

        Raises:
            NobodyVouches: one of those is not healthy, or a part was there before the first release.
        """
        document = self.at.document
        found = standing_of(document, entries_of(self.release), removed_of(self.release))
        standing = self._vouched(found, document)
        workspace = load_workspace(self.at.engines.ground.compositions.of(document.entries))
        pipelines = tuple(looked_at(standing, workspace))
        return Plan(
            purpose=Purpose.DEPLOY,
            release=self.release.digest,
            pipelines=leased(standing, pipelines),
            stages=build_look(facts, standing, pipelines),
        )

    def _vouched(self, standing: Standing, document: EnvironmentDocument) -> Standing:
        brought = bringers_of(self.at.journal, self.at.engines.documents, document, standing)
        seen = tuple(self._said(each, standing) for each in brought)
        return standing.model_copy(update={"seen": seen})

    def _said(self, bringer: Bringer, standing: Standing) -> str:
        """What was seen of the parts of one release."""
        named = ", ".join(map(str, bringer.parts))
        if bringer.release is None:
            raise NobodyVouches(
                f"{self._runs} already, and nobody has looked at {named}: they were there before the "
                "first release, so no verdict can rest on them",
                remedy=f"ship {named} with their next change: then they are audited and observed in "
                f"{self.at.environment}",
            )
        word = self._word(bringer.release)
        if not isinstance(word, Verdict) or word.result is not VerdictResult.HEALTHY:
            raise self._unproven(bringer.release, bringer.parts, _done(bringer.parts, standing), word)
        return f"release {short(bringer.release)} {_done(bringer.parts, standing)}, {_of(word)}"

    def _unproven(
        self, release: Digest, parts: tuple[PartId, ...], did: str, word: Verdict | Stopped | None
    ) -> NobodyVouches:
        return NobodyVouches(
            f"{self._runs} already, and no verdict can rest on that: release {short(release)} {did}, "
            f"{_of(word)}",
            remedy=self._remedy(release, parts, word),
        )

    def _remedy(self, release: Digest, parts: tuple[PartId, ...], word: Verdict | Stopped | None) -> str:
        where = f"-s {self.at.environment}"
        again = f"slipway deploy {short(self.release.digest)} {where}"
        if isinstance(word, Verdict) and word.result is VerdictResult.INCONCLUSIVE:
            first = self.at.journal.deployment(word.deployment)
            if first is not None and plan_of(first).runs_in(self.at.document):
                return f"slipway deploy {short(release)} {where} looks at it again; then {again}"
        owners = sorted({part.pipeline for part in parts})
        back = ", ".join(f"slipway rollback {owner} {where}" for owner in owners)
        return f"{back}; then {again}: it is built, audited and observed there"

    @property
    def _runs(self) -> str:
        return f"{self.at.environment} runs {short(self.release.digest)}"

    def _word(self, release: Digest) -> Verdict | Stopped | None:
        """The newest word on a release here."""
        desk, environment = self.at.desk, self.at.environment
        said = history_on(release, environment, desk.ledger, EvidenceStore(desk.evidence, desk.clock))
        return newest_word(said, release, environment)


def _done(parts: Iterable[PartId], standing: Standing) -> str:
    """What a release has done with parts, in words."""
    gone = [str(part) for part in parts if part in standing.removed]
    there = [str(part) for part in parts if part not in standing.removed]
    brought = [f"brought {', '.join(there)}"] if there else []
    took = [f"took out {', '.join(gone)}"] if gone else []
    return " and ".join((*brought, *took))


def _of(word: Verdict | Stopped | None) -> str:
    match word:
        case None:
            return "on which there is no verdict"
        case Stopped():
            return f"which was stopped at {word.at:%Y-%m-%d %H:%M} UTC: {word.why}"
        case Verdict():
            return f"whose verdict of {word.at:%Y-%m-%d %H:%M} UTC is {word.result}"
        case _:
            assert_never(word)
