"""`slipway janitor`: drop what has expired, and keep masked clones ready for checks where a stack says so."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated

import typer

from slipway.catalog import load_workspace
from slipway.cli import wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.desk import EnvironmentOption
from slipway.cli.janitor_pool import PoolKept, keep_pool
from slipway.cli.rollout_desk import RolloutDesk
from slipway.model.errors import ExitCode
from slipway.model.naming import ci_databases
from slipway.model.snowflake_objects import Database, SnowflakeObject
from slipway.model.workspace import Workspace
from slipway.ports.orchestrator import OrchestratorError, StoredProject
from slipway.ports.reporter import Reporter
from slipway.ports.warehouse_errors import NotExpired, WarehouseError
from slipway.ports.warehouse_results import Expiring
from slipway.rollout.dropping import Dropping
from slipway.rollout.janitor import Sweep, sweep
from slipway.rollout.leasing import Leasing
from slipway.rollout.removal import Removal
from slipway.rollout.rollback_window import RollbackWindow
from slipway.rollout.unused_generations import UnusedGenerations, told
from slipway.rollout.unused_projects import UnusedProjects, project_told


@dataclass(frozen=True, kw_only=True)
class _Swept:
    """What one look has done.

    Attributes:
        plan: what was chosen.
        dropped: what is gone now.
        failed: what could not be dropped, with the reason.
        busy: what stays for now, with who works on it.
        pool: what was done for the pool of masked clones; None where there is none.
        unused: names of DAG generations and dbt projects that nobody needs.
        removal: what became of them.
    """

    plan: Sweep
    dropped: tuple[SnowflakeObject, ...] = ()
    failed: dict[SnowflakeObject, str] = field(default_factory=dict)
    busy: dict[SnowflakeObject, str] = field(default_factory=dict)
    pool: PoolKept | None = None
    unused: tuple[str, ...] = ()
    removal: Removal = field(default_factory=Removal)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to be done again."""
        return not self.all_failed and not (self.pool and self.pool.failed)

    def chosen(self, *, dry_run: bool) -> list[str]:
        """What is gone, or would go, by its name."""
        if dry_run:
            return [*map(_named, self.plan.expired), *self.unused]
        return [*map(_named, self.dropped), *self.removal.removed]

    @property
    def all_kept(self) -> dict[str, str]:
        """What stays for now, with why."""
        return {
            **{_named(each.object): each.why for each in self.plan.kept},
            **{_named(each): why for each, why in self.busy.items()},
            **self.removal.busy,
        }

    @property
    def all_failed(self) -> dict[str, str]:
        """What could not be dropped, with the reason."""
        return {
            **{_named(each): why for each, why in self.failed.items()},
            **self.removal.failed,
        }


def command(
    context: typer.Context,
    *,
    environment: EnvironmentOption,
    ci: Annotated[
        bool, typer.Option("--ci", help="Also the databases that killed checks of pull requests have left.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be dropped.")] = False,
    style: FormatOption = Format.TEXT,
) -> None:
    """Drop what has expired of an environment, and keep its pool of masked clones.

    What expires: kept generations, candidates, clones of checks; and in the folder that Airflow reads DAG
    generations from before the rollback window that no environment document of that window, no pointer and
    no open deployment names, and dbt projects that no document of that window composes to. A rollback that
    reaches further back writes its own again.

    Each carries its own mark; nothing without one is ever dropped, and nothing that an open deployment may
    have to swap back. What a deployment has made is dropped with the leases of its pipelines held: while a
    process works on one of them it stays for the next day. Time Travel keeps what was dropped for as long as
    the database's retention says. Run it daily; running it twice does nothing the second time.

    Where the stack file has a `checkPool`, masked clones of the environment's rows are kept ready for checks
    of pull requests: those of too old rows, of other rules or left half made are dropped, missing ones made.
    A table without a contract, or with a column that its contract does not classify, is in none of them.

    Exits with 4 when something could not be dropped or made.
    """
    reporter = console_of(context).reporter
    desk = wiring.build_desk()
    with wiring.rollout_desk(desk, environment, reporter) as at:
        with reporter.task("reading marks of expiry"):
            chosen = sweep(_marks(at, ci=ci, dry_run=dry_run), at.journal.open(environment), desk.clock.now())
        for each in chosen.kept:
            reporter.detail(f"{each.object} stays: {each.why}")
        swept = _Swept(plan=chosen) if dry_run else _swept(at, chosen, reporter)
        swept = _with_unused(at, swept, reporter, dry_run=dry_run)
        if at.pool is not None:
            kept = keep_pool(at, at.pool, _workspace(at), reporter, dry_run=dry_run)
            swept = replace(swept, pool=kept)
    typer.echo(_render(swept, style, dry_run=dry_run))
    if not swept.is_whole:
        raise typer.Exit(ExitCode.PARTIAL)


def _workspace(at: RolloutDesk) -> Workspace:
    """What runs: neither the rows of a change nor its contracts decide here."""
    return load_workspace(at.engines.ground.compositions.of(at.document.entries))


def _marks(at: RolloutDesk, *, ci: bool, dry_run: bool) -> Iterator[Expiring]:
    warehouse = at.engines.warehouse
    logical = _workspace(at).snowflake_databases
    for name in sorted(logical):
        yield from warehouse.expiring(Database(at.survey.physical(name)))
    if ci:
        yield from _of_checks(at, tuple(map(ci_databases, logical)), dry_run=dry_run)


def _of_checks(at: RolloutDesk, own: tuple[str, ...], *, dry_run: bool) -> Iterator[Expiring]:
    """Of the databases of checks.

    One that was taken from the pool by a check that was killed right then still has the mark under the name
    of before, which would never drop it.
    """
    for mark in at.engines.warehouse.expiring_databases():
        name = mark.object.database.name
        if name.startswith(own):
            yield _adopted(at, mark, dry_run=dry_run) if mark.expiry.object.startswith(own) else mark


def _adopted(at: RolloutDesk, mark: Expiring, *, dry_run: bool) -> Expiring:
    name = mark.object.database.name
    if mark.expiry.object == name:
        return mark
    if not dry_run:
        at.engines.warehouse.expire(mark.object, at=mark.expiry.at)
    return replace(mark, expiry=replace(mark.expiry, object=name))


def _swept(at: RolloutDesk, chosen: Sweep, reporter: Reporter) -> _Swept:
    dropped: list[SnowflakeObject] = []
    failed: dict[SnowflakeObject, str] = {}

    def drop(subject: SnowflakeObject) -> None:
        try:
            if at.engines.warehouse.drop_expired(subject, now=at.desk.clock.now()):
                dropped.append(subject)
        except NotExpired as kept_longer:  # somebody has marked it anew meanwhile
            reporter.step(kept_longer.message)
        except WarehouseError as error:
            failed[subject] = error.message
            reporter.warning(f"{subject} could not be dropped: {error.message}; {error.remedy}")

    dropping = Dropping(
        environment=at.environment,
        journal=at.journal,
        leasing=Leasing(leases=at.leases, clock=at.desk.clock, reporter=reporter),
        marks=lambda: _marks(at, ci=False, dry_run=False),
        actor=at.desk.identity.caller().arn,
        drop=drop,
    )
    busy = dropping.carry_out(chosen)
    for subject, why in busy.items():
        reporter.step(f"{subject} stays for now: {why}")
    return _Swept(plan=chosen, dropped=tuple(dropped), failed=failed, busy=busy)


def _with_unused(at: RolloutDesk, swept: _Swept, reporter: Reporter, *, dry_run: bool) -> _Swept:
    """What nobody needs of the folder that Airflow reads."""
    clock, actor = at.desk.clock, at.desk.identity.caller().arn
    leasing = Leasing(leases=at.leases, clock=clock, reporter=reporter)
    window = RollbackWindow(
        environment=at.environment, documents=at.engines.documents, journal=at.journal, clock=clock
    )
    store = at.engines.dag_store
    generations = UnusedGenerations(store=store, window=window, leasing=leasing, actor=actor)
    projects = UnusedProjects(
        store=store, orchestrator=at.engines.orchestrator, window=window, leasing=leasing, actor=actor
    )
    with reporter.task("reading the DAG folder"):
        old = generations.found()
        past, unread = _unused_projects(projects)
    unused = (*map(told, old), *map(project_told, past))
    if dry_run:
        return replace(swept, unused=unused, removal=unread)
    removal = unread + generations.remove(old) + projects.remove(past)
    for name, why in removal.busy.items():
        reporter.step(f"{name} stays for now: {why}")
    for name, why in removal.failed.items():
        reporter.warning(f"{name} could not be removed: {why}")
    return replace(swept, unused=unused, removal=removal)


def _unused_projects(projects: UnusedProjects) -> tuple[tuple[StoredProject, ...], Removal]:
    """Those that may go: none, while Airflow does not say which of them its workers use."""
    try:
        return projects.found(), Removal()
    except OrchestratorError as error:
        return (), Removal(failed={"dbt projects": error.message})


def _render(swept: _Swept, style: Format, *, dry_run: bool) -> str:
    names = swept.chosen(dry_run=dry_run)
    match style:
        case Format.JSON:
            return json.dumps(
                {
                    "would_drop" if dry_run else "dropped": names,
                    "kept": swept.all_kept,
                    "failed": swept.all_failed,
                    **({"pool": swept.pool.document} if swept.pool else {}),
                },
                indent=2,
            )
        case Format.MARKDOWN:
            listed = [_title(swept, dry_run=dry_run), "", *(f"- {each}" for each in names)]
            pool = (
                ["", swept.pool.title, "", *(f"- {each}" for each in swept.pool.lines)] if swept.pool else []
            )
            return "\n".join([*listed, *pool])
        case Format.TEXT:
            listed = [_title(swept, dry_run=dry_run), *(f"  {each}" for each in names)]
            pool = [swept.pool.title, *(f"  {each}" for each in swept.pool.lines)] if swept.pool else []
            return "\n".join([*listed, *pool])


def _title(swept: _Swept, *, dry_run: bool) -> str:
    kept = f"{len(swept.all_kept)} marked for later or in use"
    count = len(swept.chosen(dry_run=dry_run))
    if dry_run:
        return f"Would drop {count}; {kept}."
    failed = f"; {len(swept.all_failed)} could not be dropped" if swept.all_failed else ""
    return f"Dropped {count}; {kept}{failed}."


def _named(subject: SnowflakeObject) -> str:
    return f"{subject.kind.lower()} {subject}"
