"""What a release would bring that an environment runs already: other releases have brought it.

The same parts can be in several releases: one that was built again with the evidence that it lacked, or one
that carries together what went in one by one. There is nothing to deploy of it then, and yet the environment
above asks for a verdict on this very release.
"""

from collections.abc import Iterable, Iterator

from slipway.model.digest import DigestField
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.frozen import Frozen
from slipway.model.parts import DBT_FOUNDATION, PartId, PartIdField
from slipway.model.pipeline import PartKind, PipelineName, dag_id
from slipway.model.workspace import Workspace
from slipway.rollout.facts import ShippedPipeline

_SHOWN: frozenset[PartKind] = frozenset({PartKind.DAG, PartKind.DBT})
"""Kinds of part of which a run shows something."""


class Standing(Frozen):
    """Parts of a release that run, or are gone, already.

    Attributes:
        entries: as the environment document has them, sorted by part.
        removed: parts that the release takes out, and that are gone.
        seen: what was seen of them: who brought them, and how those releases do.
    """

    entries: tuple[Entry, ...]
    removed: tuple[PartIdField, ...] = ()
    seen: tuple[str, ...] = ()

    def is_in(self, document: EnvironmentDocument) -> bool:
        """Whether a document still says so: the same artifacts, of the same releases."""
        same = all(document.entry(entry.part) == entry for entry in self.entries)
        return same and all(document.entry(part) is None for part in self.removed)

    @property
    def parts(self) -> tuple[PartId, ...]:
        """Every part, sorted."""
        return tuple(sorted({*(entry.part for entry in self.entries), *self.removed}))

    @property
    def owners(self) -> tuple[PipelineName, ...]:
        """Whose leases keep it as it is while somebody looks, sorted."""
        return tuple(sorted({part.pipeline for part in self.parts}))


class Bringer(Frozen):
    """A release by which parts are as they are.

    Attributes:
        release: its digest; None for what nobody has deployed: it was there before the first release.
        parts: which of them, sorted.
    """

    release: DigestField | None
    parts: tuple[PartIdField, ...]


def standing_of(
    document: EnvironmentDocument, entries: Iterable[Entry], removed: Iterable[PartId]
) -> Standing:
    """Say what a release that changes nothing has in a document.

    Args:
        document: what runs.
        entries: what the release would put in: artifacts that run already.
        removed: what it would take out: parts that are gone already.
    """
    found = (document.entry(entry.part) for entry in entries)
    return Standing(
        entries=tuple(sorted((each for each in found if each is not None), key=lambda each: each.part)),
        removed=tuple(sorted(removed)),
    )


def looked_at(standing: Standing, workspace: Workspace) -> Iterator[ShippedPipeline]:
    """Every pipeline of which a run shows something of these parts, by name.

    Args:
        standing: the parts.
        workspace: what runs.
    """
    shown = [entry.part for entry in standing.entries if entry.part.kind in _SHOWN]
    for pipeline in sorted(workspace.pipelines, key=lambda each: each.name):
        rests = DBT_FOUNDATION in shown and pipeline.part(PartKind.DBT) is not None
        own = any(part.pipeline == pipeline.name for part in shown)
        if pipeline.part(PartKind.DAG) is not None and (own or rests):
            yield ShippedPipeline(
                name=pipeline.name, dag=dag_id(pipeline.name), run_limit=pipeline.limits.run
            )


def leased(standing: Standing, pipelines: Iterable[ShippedPipeline]) -> tuple[PipelineName, ...]:
    """Whose leases a look needs, sorted: the owners of its parts, and the pipelines that run."""
    return tuple(sorted({*standing.owners, *(each.name for each in pipelines)}))
