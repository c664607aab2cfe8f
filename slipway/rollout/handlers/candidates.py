"""Candidates: schemas beside production's, the new code built into them, and the audits they must pass."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from slipway.model.environment import Environment
from slipway.model.errors import SlipwayError
from slipway.model.evidence import AuditRun, DataAudit
from slipway.model.snowflake_objects import Column, Schema, Table
from slipway.ports.warehouse import Warehouse
from slipway.ports.warehouse_results import Fingerprint, StatementPoint
from slipway.rollout.audits import Figures, audits
from slipway.rollout.dbt_runs import DbtRuns
from slipway.rollout.generations import made_text, stage_name
from slipway.rollout.ground import Evidences, Ground, tag_of
from slipway.rollout.relations import Relation
from slipway.rollout.splits import Split, named_sums
from slipway.rollout.stages import AuditCandidates, BuildCandidates, PrepareCandidates
from slipway.stages import Done, Handler, Observed, Progress, Run, StageFailed, Unclear
from slipway.stages.handler import Outputs

POINT: Final = "point"
"""Output of `prepare-candidates`: rows that come to production after it count as late."""


class CandidateGuarded(SlipwayError):  # noqa: N818 - it says what is the case
    """A schema of candidates that holds what production needs."""


@dataclass(frozen=True, kw_only=True)
class PrepareCandidatesHandler(Handler[PrepareCandidates]):
    """Makes the schemas, takes the point, clones what grows.

    Attributes:
        warehouse: where.
    """

    warehouse: Warehouse

    def describe(self, stage: PrepareCandidates) -> str:
        """Name the schemas and what is cloned."""
        grown = [str(relation.dataset) for relation in stage.relations if _is_cloned(relation)]
        cloned = f", with zero-copy clones of {', '.join(grown)}" if grown else ""
        names = ", ".join(place.name for place in stage.schemas)
        return f"make {names} for candidates of {stage.target}{cloned}"

    def observe(self, stage: PrepareCandidates, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """It is done anew: the point has to be younger than what was begun before."""
        return Unclear()

    def do(self, stage: PrepareCandidates, run: Run) -> Progress:
        """Remember changes first, then take the point, then clone at it."""
        expires = run.clock.now() + timedelta(days=stage.keep_days)
        for place in stage.schemas:
            self.warehouse.make_schema(place.schema_object, expires=expires)
        known = [relation for relation in stage.relations if not relation.is_new]
        for relation in known:
            self.warehouse.track_changes(relation.production)
        made = {f"made {each.dataset}": made_text(self.warehouse, each.production) for each in known}
        point = self.warehouse.point()
        for relation in filter(_is_cloned, stage.relations):
            self._remove(relation.candidate, run)
            self.warehouse.clone(relation.production, relation.candidate, expires=None, at=point)
        return Done({POINT: point.query_id, **made})

    def undo(self, stage: PrepareCandidates, run: Run, outputs: Outputs) -> Progress:
        """Drop the schemas with everything in them, but never a generation that was production.

        One that was it for a while, until it was swapped back, has a mark of its own, and stays until then
        with the rows that people have written to it.
        """
        for relation in stage.relations:
            was = outputs.get(f"made {relation.dataset}")
            if was is not None and made_text(self.warehouse, relation.candidate) == was:
                raise CandidateGuarded(
                    f"{relation.candidate} is the generation that ran before: its schema is not dropped",
                    remedy=f"swap {relation.dataset} back, then run this again",
                )
        kept = self._kept(stage)
        for place in stage.schemas:
            if place.schema_object not in kept:
                self._remove(place.schema_object, run)
        return Done()

    def _kept(self, stage: PrepareCandidates) -> frozenset[Schema]:
        databases = {relation.candidate_schema.database for relation in stage.relations}
        marked = {
            mark.object
            for database in databases
            for mark in self.warehouse.expiring(database)
            if mark.expiry.object == str(mark.object)
        }
        return frozenset(each.candidate_schema for each in stage.relations if each.candidate in marked)

    def _remove(self, subject: Table | Schema, run: Run) -> None:
        if self.warehouse.made(subject) is not None:
            now = run.clock.now()
            self.warehouse.expire(subject, at=now)
            self.warehouse.drop_expired(subject, now=now)


@dataclass(frozen=True, kw_only=True)
class BuildCandidatesHandler(Handler[BuildCandidates]):
    """Runs the new code into the candidate schemas.

    Attributes:
        ground: documents and compositions.
        dbt: runs it.
    """

    ground: Ground
    dbt: DbtRuns

    def describe(self, stage: BuildCandidates) -> str:
        """Name what is built."""
        names = ", ".join((*stage.work.tables, *stage.work.views))
        minutes = stage.work.limit // timedelta(minutes=1)
        return (
            f"build {names} with the new code into schemas ending in {stage.work.suffix}, and test them, "
            f"in at most {minutes} minutes"
        )

    def observe(self, stage: BuildCandidates, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """It is built again: dbt's builds may be repeated."""
        return Unclear()

    def do(self, stage: BuildCandidates, run: Run) -> Progress:
        """Build and test the composition with this change, in candidate schemas."""
        project = self.ground.workspace(stage.change, run) / stage.work.project
        built = self.dbt.build_candidates(project, stage.work, tag_of(run, stage))
        return Done({"built": str(len(built))})

    def undo(self, stage: BuildCandidates, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """The schemas go with their preparation."""
        return Done()


@dataclass(frozen=True, kw_only=True)
class AuditCandidatesHandler(Handler[AuditCandidates]):
    """Compares candidates with contracts and with production.

    Attributes:
        warehouse: where both are.
        evidence: where the comparison is kept.
    """

    warehouse: Warehouse
    evidence: Evidences

    def describe(self, stage: AuditCandidates) -> str:
        """Name the tables."""
        names = ", ".join(str(relation.dataset) for relation in stage.relations)
        return f"audit {names}: contract and keys, and rows and control sums against what runs"

    def observe(self, stage: AuditCandidates, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """It changes nothing but evidence, which is named by its content."""
        return Unclear()

    def do(self, stage: AuditCandidates, run: Run) -> Progress:
        """Read figures, judge them and keep the judgement."""
        found = tuple(self._audits(stage.relations, run, point_of(run, stage.target)))
        kept = self.evidence.put(AuditRun(deployment=run.deployment, audits=found))
        failed = [audit.message for audit in found if not audit.passed]
        for relation in stage.relations:
            self.warehouse.track_changes(relation.candidate)
        return Done({"evidence": kept, "audits": str(len(found)), "failed": "; ".join(failed)})

    def verify(self, stage: AuditCandidates, run: Run, outputs: Outputs) -> None:  # noqa: ARG002 - same
        """Refuse a candidate that failed an audit."""
        if outputs["failed"]:
            raise StageFailed(
                f"a data audit failed: {outputs['failed']}",
                remedy="correct the code; where the figure is right, widen its band in the contract",
            )

    def undo(self, stage: AuditCandidates, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Evidence stays."""
        return Done()

    def _audits(self, relations: Iterable[Relation], run: Run, point: StatementPoint) -> Iterator[DataAudit]:
        for relation in relations:
            yield from audits(self._figures(relation, run.environment, point))

    def _figures(self, relation: Relation, environment: Environment, point: StatementPoint) -> Figures:
        key = relation.contract.key if relation.contract is not None else ()
        candidate, production = relation.candidate, relation.production
        before = None if relation.is_new else self.warehouse.fingerprint(production, at=point)
        columns = self.warehouse.columns(candidate)
        required = relation.contract.required if relation.contract is not None else frozenset[Column]()
        counted = [each.name for each in columns if each.nullable and each.name in required]
        after = self.warehouse.fingerprint(candidate, required=counted)
        return Figures(
            environment=environment,
            table=relation.dataset.uri,
            contract=relation.contract,
            columns=columns,
            key=self.warehouse.key_faults(candidate, key) if key else None,
            candidate=after,
            production=before,
            splits=dict(self._splits(relation, after, before, point)),
        )

    def _splits(
        self, relation: Relation, after: Fingerprint, before: Fingerprint | None, point: StatementPoint
    ) -> Iterator[tuple[Column, Split]]:
        """One statement a side for all amounts that are split alike, where both sides have all columns."""
        known = relation.contract.splits if relation.contract is not None else {}
        currencies = relation.contract.currencies if relation.contract is not None else {}
        for by in sorted(set(known.values())):
            named = [each for each, its in known.items() if its == by]
            amounts = [each for each in named if _are_summed(by, each, after, before)]
            if not amounts:
                continue
            new = self.warehouse.sums_by(relation.candidate, amounts, by=by)
            old = (
                None
                if before is None
                else self.warehouse.sums_by(relation.production, amounts, by=by, at=point)
            )
            for each in amounts:
                currency = currencies.get(each)
                yield (
                    each,
                    Split(
                        by=by,
                        candidate=named_sums(new, each, by, currency),
                        production=None if old is None else named_sums(old, each, by, currency),
                    ),
                )


def _are_summed(by: tuple[Column, ...], amount: Column, *sides: Fingerprint | None) -> bool:
    """Whether every table that is there has all columns and an exact sum: else the totals are compared."""
    return all(
        {*by} <= {*side.columns} and any(each.column == amount for each in side.sums)
        for side in sides
        if side is not None
    )


def point_of(run: Run, pipeline: str) -> StatementPoint:
    """The point that a pipeline's candidates were made from: each pipeline of a release has its own."""
    return StatementPoint(_prepared(run, pipeline)[POINT])


def made_before(run: Run, relation: Relation, pipeline: str) -> str | None:
    """When production's object was made, as it was when the pipeline's candidates were."""
    return _prepared(run, pipeline).get(f"made {relation.dataset}")


def _prepared(run: Run, pipeline: str) -> Outputs:
    return run.earlier[stage_name("prepare-candidates", pipeline)]


def _is_cloned(relation: Relation) -> bool:
    return relation.grows and not relation.is_new
