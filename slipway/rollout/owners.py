"""Whose tables and views are: asked before anything is touched, and refused where they could not be kept.

What Snowflake creates or replaces belongs to the session's role, and a swap takes ownership of both tables.
So a release hands what it makes over to the role that owns it in production, or, where it is new, to its
pipeline's; it can do so for roles that its session holds (docs/adr/0021-one-owner-a-pipeline.md).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from slipway.model.errors import ExitCode, SlipwayError
from slipway.model.grants import GranteeKind
from slipway.model.pipeline import PipelineName
from slipway.model.snowflake_objects import SnowflakeObject
from slipway.ports.warehouse import Warehouse
from slipway.ports.warehouse_results import RoleStanding
from slipway.rollout.facts import ShippedPipeline
from slipway.rollout.relations import PublishedView, Relation


class OwnerNotHeld(SlipwayError):  # noqa: N818 - it says what is the case
    """Something that would be published belongs to a role for which the session cannot act."""

    exit_code = ExitCode.FINDINGS


@dataclass
class Owners:
    """Reads owners, and asks for each role once.

    Attributes:
        warehouse: asked.
        role: physical name of a pipeline's role.
    """

    warehouse: Warehouse
    role: Callable[[str], str]
    _known: dict[str, RoleStanding] = field(default_factory=dict)

    def owned(self, pipeline: ShippedPipeline, *, is_new: bool) -> ShippedPipeline:
        """Say of everything that a pipeline publishes who owns it.

        Args:
            pipeline: what is published.
            is_new: whether its catalog entry is: then the release itself makes its role.

        Raises:
            OwnerNotHeld: the session does not hold the role of one of them.
        """
        own = self.role(pipeline.name)
        given = pipeline.model_copy(
            update={
                "relations": tuple(self._relation(each, own) for each in pipeline.relations),
                "views": tuple(self._view(each, own) for each in pipeline.views),
            }
        )
        self.refuse_unheld([given], but=own if is_new else None)
        return given

    def refuse_unheld(self, pipelines: Iterable[ShippedPipeline], *, but: str | None = None) -> None:
        """Refuse what could not be left to its owner.

        Args:
            pipelines: with the owners of everything that is published.
            but: a role that is not there yet.

        Raises:
            OwnerNotHeld: the session does not hold the role of one of them.
        """
        for pipeline in pipelines:
            for published in pipeline.published:
                if published.owner not in (None, but):
                    self._refuse_unheld(pipeline.name, published)

    def _refuse_unheld(self, pipeline: PipelineName, published: Relation | PublishedView) -> None:
        standing = self._standing(str(published.owner))
        if standing.is_held:
            return
        owned = f"{published.dataset} is owned by {standing.role}, which {standing.in_use} does not hold"
        own = self.role(pipeline)
        if standing.role == own:
            remedy = f"bring the environment's stack up: it makes {own}, and the deployer holds it"
        else:
            remedy = (
                "have an administrator hand it over to the pipeline's role (GRANT OWNERSHIP ON ... TO ROLE "
                f"{own} COPY CURRENT GRANTS), or grant {standing.role} to {standing.in_use}"
            )
        raise OwnerNotHeld(f"{owned}: a release could neither swap it nor leave it so", remedy=remedy)

    def _relation(self, relation: Relation, own: str) -> Relation:
        owner = own if relation.is_new else self._owner(relation.production)
        return relation.model_copy(update={"owner": owner})

    def _view(self, view: PublishedView, own: str) -> PublishedView:
        is_new = self.warehouse.made(view.view) is None
        return view.model_copy(update={"owner": own if is_new else self._owner(view.view)})

    def _owner(self, subject: SnowflakeObject) -> str:
        owner = self.warehouse.grants(subject).owner
        if owner is None or owner.kind is not GranteeKind.ROLE:
            raise OwnerNotHeld(
                f"{subject} is owned by {owner or 'nobody'}, which is no role of the account",
                remedy=f"have an administrator hand it over: GRANT OWNERSHIP ON {subject.kind} {subject} TO "
                "ROLE ... COPY CURRENT GRANTS",
            )
        return owner.name

    def _standing(self, role: str) -> RoleStanding:
        if role not in self._known:
            self._known[role] = self.warehouse.standing(role)
        return self._known[role]
