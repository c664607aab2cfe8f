"""From documents without findings to the model. Sorted, so that equal workspaces are equal values."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from slipway.catalog.documents import (
    LimitsDocument,
    PartsDocument,
    PipelineDocument,
    TeamDocument,
    WorkspaceDocument,
)
from slipway.model.pipeline import (
    Freshness,
    Output,
    Part,
    PartKind,
    Pipeline,
    PipelineName,
    TimeLimits,
    parse_age,
)
from slipway.model.team import Person, PersonId, Roster, Team, TeamName
from slipway.model.workspace import Consumer, Source, Workspace


def build_workspace(
    root: Path,
    settings: WorkspaceDocument,
    team: TeamDocument,
    pipelines: Sequence[tuple[str, PipelineDocument]],
) -> Workspace:
    """Build the model.

    Args:
        root: the folder that holds slipway.yaml.
        settings: its content.
        team: the content of team.yaml.
        pipelines: the catalogue's files, each with its path relative to the root.

    Returns:
        The workspace.
    """
    return Workspace(
        name=settings.workspace,
        root=root,
        pipelines=tuple(sorted((_pipeline(*row) for row in pipelines), key=lambda pipeline: pipeline.name)),
        sources=tuple(
            Source(dataset=source.dataset, owner=source.owner, description=source.description)
            for source in sorted(settings.sources, key=lambda source: source.dataset)
        ),
        consumers=tuple(
            Consumer(name=consumer.name, reads=consumer.reads, contact=consumer.contact)
            for consumer in sorted(settings.consumers, key=lambda consumer: consumer.name)
        ),
        team=build_roster(team),
        team_path=PurePosixPath(settings.team),
        github=settings.github,
    )


def _pipeline(path: str, document: PipelineDocument) -> Pipeline:
    return Pipeline(
        name=PipelineName(document.pipeline),
        kind=document.kind,
        criticality=document.criticality,
        owner=TeamName(document.owner),
        cost_center=document.cost_center,
        data_class=document.data_class,
        description=document.description,
        parts=(Part(kind=PartKind.ENTRY, path=PurePosixPath(path)), *_parts(document.parts)),
        inputs=document.inputs,
        outputs=tuple(
            Output(dataset=output.dataset, contract=_path(output.contract)) for output in document.outputs
        ),
        freshness=Freshness.parse(document.freshness.max_age) if document.freshness is not None else None,
        limits=_limits(document.limits),
        path=PurePosixPath(path),
    )


def _limits(document: LimitsDocument | None) -> TimeLimits:
    written = {} if document is None else document.model_dump(exclude_none=True)
    return TimeLimits(**{name: parse_age(age) for name, age in written.items()})


def _parts(parts: PartsDocument) -> list[Part]:
    written = parts.model_dump(exclude_none=True)
    return [Part(kind=kind, path=PurePosixPath(written[kind])) for kind in PartKind if kind in written]


def _path(text: str | None) -> PurePosixPath | None:
    return None if text is None else PurePosixPath(text)


def build_roster(document: TeamDocument) -> Roster:
    """Build the people and teams of a team's file."""
    people = (
        Person(
            id=PersonId(person.id),
            name=person.name,
            github=person.github,
            aws_principal=person.aws_principal,
            roles=person.roles,
        )
        for person in sorted(document.people, key=lambda person: person.id)
    )
    teams = (
        Team(
            name=TeamName(team.name),
            members=tuple(PersonId(member) for member in team.members),
            contact=team.contact,
        )
        for team in sorted(document.teams, key=lambda team: team.name)
    )
    return Roster(people=tuple(people), teams=tuple(teams))
