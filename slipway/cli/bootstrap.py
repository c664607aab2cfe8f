"""`slipway release bootstrap`: write down what runs in an environment, before the first release goes in."""

from dataclasses import replace
from typing import Annotated

import typer

from slipway.attest.bundle import artifact_key
from slipway.attest.first_document import FIRST, first_document_key, seal_first_document
from slipway.audit.stack_audit import record_states
from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.control_part import in_charge, put_control
from slipway.cli.deploy import WaitOption
from slipway.cli.deploy_view import render_outcome
from slipway.cli.desk import Desk, EnvironmentOption, ledger_of
from slipway.cli.outcomes import exit_as
from slipway.cli.rollout_desk import PATIENCE_MINUTES, RolloutDesk
from slipway.cli.workspace_option import WorkspaceOption, workspace_root
from slipway.environment.composition import composition_digest
from slipway.model.approval_policy import asks_for_approvals
from slipway.model.counted import counted
from slipway.model.deployment import Purpose
from slipway.model.digest import Digest, short
from slipway.model.environment import Environment, StackName
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.events import Event, EventKind
from slipway.model.events import Outcome as EventOutcome
from slipway.model.parts import CONTROL, FOUNDATION
from slipway.model.pipeline import PartKind
from slipway.model.stack_states import BEGINNING, Span
from slipway.ports.journal import Conclusion, StageState
from slipway.ports.reporter import Reporter, Task
from slipway.release.bundles import every_bundle
from slipway.release.committed import read_commit
from slipway.rollout.attempts import Attempt
from slipway.rollout.change import Change
from slipway.rollout.dag_files import parse_ahead
from slipway.rollout.deployments import Deployments
from slipway.rollout.plan import build_bootstrap
from slipway.rollout.planned import Plan
from slipway.rollout.readable import project_of
from slipway.rollout.stage_count import StageCount
from slipway.rollout.stages import PublishDag


def command(
    context: typer.Context,
    commit: Annotated[str, typer.Argument(metavar="COMMIT", help="The commit that runs there now.")] = "HEAD",
    *,
    environment: EnvironmentOption,
    workspace: WorkspaceOption = None,
    wait: WaitOption = PATIENCE_MINUTES,
    style: FormatOption = Format.TEXT,
) -> None:
    """Write the first environment document: every part of a commit, as what runs in an environment.

    To be run once an environment is up and its tables are there, and before the first release: releases
    replace entries of this document. DAGs and dbt project are given to Airflow as their first generations.
    The document is signed: where releases need approvals, Pulumi's policies believe no other. Run again, it
    continues, or says that it is done.
    """
    reporter = console_of(context).reporter
    desk = wiring.build_desk()
    with wiring.rollout_desk(desk, environment, reporter) as at:
        document = at.engines.documents.newest(environment)
        if document is None:
            with reporter.task(f"bundling every part of {commit}"):
                document = _first(environment, _entries(desk, commit, workspace))
                _answer_for_states(desk, at)  # first: a process that is killed in between tells it again
                _tell(desk, document)
                at.engines.documents.add(document)
        _sign(desk, environment)
        if not document.deployment.startswith(_name(environment)):
            reporter.step(f"{environment} has an environment document already: version {document.version}")
            return
        _publish(at, at.deployments(reporter), document, reporter, wait, style)


def _name(environment: Environment) -> str:
    return f"{environment}-{Purpose.BOOTSTRAP}-"


def _entries(desk: Desk, commit: str, workspace: WorkspaceOption) -> tuple[Entry, ...]:
    revisions = wiring.build_revisions(workspace_root(workspace))
    committed = read_commit(revisions, revisions.resolve(commit))
    bundles = every_bundle(committed)
    for bundle in bundles:
        desk.artifacts.create(artifact_key(bundle.artifact.digest), bundle.content)
    entries = (
        Entry(
            part=bundle.artifact.part,
            artifact=bundle.artifact.digest,
            release=None,
            commit=committed.revision.commit,
        )
        for bundle in bundles
    )
    return (*entries, put_control(desk.artifacts, wiring.build_control()))


def _first(environment: Environment, entries: tuple[Entry, ...]) -> EnvironmentDocument:
    ordered = tuple(sorted(entries, key=lambda entry: entry.part))
    return EnvironmentDocument(
        environment=environment,
        version=FIRST,
        entries=ordered,
        deployment=f"{_name(environment)}{composition_digest(ordered)[:12]}-1",
    )


def _tell(desk: Desk, document: EnvironmentDocument) -> None:
    ledger_of(desk).record(
        document.environment.value,
        Event(
            kind=EventKind.BOOTSTRAPPED,
            outcome=EventOutcome.SUCCESS,
            at=desk.clock.now(),
            actor=desk.identity.caller().arn,
            environment=document.environment,
            subject=document.deployment,
            figures={"parts": str(len(document.entries))},
            message=f"what runs in {document.environment} is written down: "
            f"{counted(len(document.entries), 'part')}",
        ),
    )
    control = document.entry(CONTROL)
    if control is not None:
        _tell_in_charge(desk, document.environment, control)


def _tell_in_charge(desk: Desk, environment: Environment, control: Entry) -> None:
    """By what changes are judged from the beginning."""
    ledger_of(desk).record(
        environment.value,
        Event(
            kind=EventKind.CONTROL_CHANGED,
            outcome=EventOutcome.SUCCESS,
            at=desk.clock.now(),
            actor=desk.identity.caller().arn,
            environment=environment,
            subject=str(CONTROL),
            figures={**in_charge(desk.artifacts, control)},
            message=f"{environment} is judged by {short(control.artifact)} from the beginning",
        ),
    )


def _sign(desk: Desk, environment: Environment) -> None:
    """Vouch for what ran before the first release: policies believe it, for no release has brought it."""
    if not asks_for_approvals(environment):
        return
    key = first_document_key(environment)
    first = desk.documents(environment).version(environment, FIRST)
    if first is not None and not desk.artifacts.keys(key):
        desk.artifacts.create(key, seal_first_document(first, desk.signer))


def _answer_for_states(desk: Desk, at: RolloutDesk) -> None:
    """Take the states on record that the environment's stack has had before there were deployments."""
    stack = StackName(at.environment.value)
    newest = at.engines.updates.versions.newest(stack)
    if newest is not None:
        record_states(
            ledger_of(desk),
            stack,
            [Span(after=BEGINNING, until=newest)],
            reason=f"{at.environment} was taken on",
            actor=desk.identity.caller().arn,
            at=desk.clock.now(),
        )


def _publish(  # noqa: PLR0917 - one call
    at: RolloutDesk,
    made: Deployments,
    document: EnvironmentDocument,
    reporter: Reporter,
    wait: int,
    style: Format,
) -> None:
    plan = _plan(at, document)
    attempt = made.attempt(document.environment, Purpose.BOOTSTRAP, plan.release)
    done = attempt.last is not None and attempt.last.conclusion is Conclusion.COMPLETED
    if done and attempt.open is None:
        reporter.step(f"{document.environment} is bootstrapped: version {document.version}")
        return
    with reporter.task(f"publishing {_named(plan)} in {document.environment}") as task:
        parse_ahead(plan.stages, at.engines.artifacts, at.engines.parsing)
        made = replace(made, count=_count(at, attempt, plan, task))
        if attempt.open is not None:
            outcome = at.carry_on(made, attempt.id, minutes=wait)
        else:
            outcome = at.begin(made, attempt.id, plan, minutes=wait)
    typer.echo(render_outcome(attempt.id, document.environment, outcome, style))
    exit_as(outcome)


def _named(plan: Plan) -> str:
    dags = sum(isinstance(stage, PublishDag) for stage in plan.stages)
    project = " and the dbt project" if len(plan.stages) > dags else ""
    return f"{counted(dags, 'DAG')}{project}"


def _count(at: RolloutDesk, attempt: Attempt, plan: Plan, task: Task) -> StageCount:
    rows = () if attempt.open is None else at.journal.rows(attempt.id)
    done = sum(row.state is StageState.DONE for row in rows)
    return StageCount(of=len(plan.stages), done=done, clock=at.desk.clock, task=task)


def _plan(at: RolloutDesk, document: EnvironmentDocument) -> Plan:
    folder = at.survey.compositions.of(document.entries)
    change = Change(entries=document.entries)
    dags = [entry.part for entry in document.entries if entry.part.kind is PartKind.DAG]
    project = project_of(folder)
    return Plan(
        purpose=Purpose.BOOTSTRAP,
        release=Digest(f"sha256:{composition_digest(document.entries)}"),
        pipelines=(FOUNDATION, *(part.pipeline for part in dags)),
        stages=build_bootstrap(
            document.environment,
            change,
            project=project,
            dags=dags,
            airflow=at.engines.orchestrator.is_there(),
        ),
    )
