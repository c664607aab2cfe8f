"""What runs where, for people: each pipeline's parts, the release that brought them, what is under way."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from slipway.model.deployment import Purpose, deployment_id
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.events import DeploymentId
from slipway.model.parts import DBT_FOUNDATION, PartId
from slipway.model.pipeline import PipelineName
from slipway.ports.documents import EnvironmentDocuments
from slipway.ports.journal import Conclusion, Deployment, Journal
from slipway.rollout.planned import plan_of
from slipway.rollout.standing import Bringer, Standing

_LOOK_BACK: Final = 500
"""How many versions are asked for a pipeline that is gone: more than a rollback window has."""


@dataclass(frozen=True, kw_only=True)
class RunningPipeline:
    """A pipeline as it runs in an environment.

    Attributes:
        name: its name.
        entries: its parts, sorted.
    """

    name: PipelineName
    entries: tuple[Entry, ...]

    @property
    def releases(self) -> tuple[Digest | None, ...]:
        """The releases that brought its parts, each once; None for what was there before the first one."""
        return tuple(dict.fromkeys(entry.release for entry in self.entries))


@dataclass(frozen=True, kw_only=True)
class RunningEnvironment:
    """What runs in an environment.

    Attributes:
        environment: which one.
        document: the newest document; None before `slipway release bootstrap`.
        under_way: deployments that have not ended, oldest first.
    """

    environment: Environment
    document: EnvironmentDocument | None
    under_way: tuple[Deployment, ...]

    @property
    def pipelines(self) -> tuple[RunningPipeline, ...]:
        """Every pipeline, by name."""
        grouped: defaultdict[PipelineName, list[Entry]] = defaultdict(list)
        for entry in self.document.entries if self.document else ():
            grouped[entry.part.pipeline].append(entry)
        return tuple(
            RunningPipeline(name=name, entries=tuple(entries)) for name, entries in sorted(grouped.items())
        )


def bringer_of(
    journal: Journal, documents: EnvironmentDocuments, document: EnvironmentDocument, pipeline: PipelineName
) -> Deployment | None:
    """Find the deployment that brought what runs of a pipeline, or took it out; of several, the newest.

    What all models stand on rebuilds every pipeline's: the release that brought it counts for each of them.

    Args:
        journal: of the environment.
        documents: its earlier versions are asked for a pipeline that is gone.
        document: what runs now.
        pipeline: which pipeline.

    Returns:
        Its head; None when nothing of the pipeline came, or went, with a release.
    """
    own = {entry.release for entry in document.entries if entry.part.pipeline == pipeline}
    if not own:
        return _remover_of(journal, documents, document, lambda entry: entry.part.pipeline == pipeline)
    foundation = document.entry(DBT_FOUNDATION)
    releases = own if foundation is None else {*own, foundation.release}
    heads = [
        head
        for release in releases
        if release is not None
        for head in _completed(journal, document.environment, release)
        if pipeline in plan_of(head).pipelines
    ]
    return max(heads, key=lambda head: head.began, default=None)


def bringers_of(
    journal: Journal, documents: EnvironmentDocuments, document: EnvironmentDocument, standing: Standing
) -> tuple[Bringer, ...]:
    """Find the releases by which parts are as they are, each once, in the order of their parts.

    Args:
        journal: of the environment.
        documents: its earlier versions are asked for parts that are gone.
        document: what runs now.
        standing: the parts.
    """
    found: dict[PartId, Digest | None] = {entry.part: entry.release for entry in standing.entries}
    for part in standing.removed:
        head = _remover_of(journal, documents, document, partial(_is_of, part))
        found[part] = None if head is None else plan_of(head).release
    releases = dict.fromkeys(found[part] for part in sorted(found))
    return tuple(
        Bringer(release=release, parts=tuple(part for part in sorted(found) if found[part] == release))
        for release in releases
    )


def _remover_of(
    journal: Journal,
    documents: EnvironmentDocuments,
    document: EnvironmentDocument,
    is_it: Callable[[Entry], bool],
) -> Deployment | None:
    """The newest version that still had it was followed by the one that says who took it out."""
    after = document
    for version in range(document.version - 1, max(0, document.version - _LOOK_BACK), -1):
        before = documents.version(document.environment, version)
        if before is None:
            return None
        if any(is_it(entry) for entry in before.entries):
            head = journal.deployment(DeploymentId(after.deployment))
            return head if head is not None and plan_of(head).purpose is Purpose.DEPLOY else None
        after = before
    return None


def _is_of(part: PartId, entry: Entry) -> bool:
    return entry.part == part


def under_way_with(heads: Iterable[Deployment], pipeline: PipelineName) -> Deployment | None:
    """Find the open deployment that works on a pipeline: there is never more than one."""
    return next((head for head in heads if pipeline in plan_of(head).pipelines), None)


def _completed(journal: Journal, environment: Environment, release: Digest) -> Iterator[Deployment]:
    number = 1
    while head := journal.deployment(deployment_id(environment, Purpose.DEPLOY, release, number)):
        if head.conclusion is Conclusion.COMPLETED:
            yield head
        number += 1
