"""`dbt-unit-tests` and `dbt-build`: what changed and what rests on it, tested and built on a clone.

One command does both, for a unit test reads the columns of its model's parents: of a new parent it has them
only once that is built. What is not selected is read where base's manifest says, in the environment.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, assert_never

from slipway.catalog.dbt_database import logical_database
from slipway.checks.ci_clone import LIFETIME, CiClone
from slipway.checks.context import CheckContext, Tell
from slipway.checks.dbt_commands import DbtRun, NodeResult
from slipway.checks.dbt_parse import ParsedProject
from slipway.checks.dbt_results import Findings
from slipway.checks.dbt_shares import UNIT_TEST, Part, modified
from slipway.checks.names import CheckName
from slipway.checks.outcomes import judged, problem, unjudged
from slipway.checks.pool_claim import NotTaken, Taken, Wanted, take
from slipway.checks.snowflake_access import SnowflakeAccess
from slipway.lineage.extract.dbt import DbtProject, Resource
from slipway.lineage.graph import Node, NodeKind
from slipway.lineage.impact import Impact
from slipway.model.dataset import Dataset
from slipway.model.evidence import CheckOutcome, CheckResult, Finding, Severity
from slipway.ports.tools import Tool

_BREAKING: Final = "UnversionedBreakingChange"
_MODEL_FILE: Final = re.compile(r"\(([^()]+\.sql)\)")


def build(  # noqa: PLR0917 - called once
    context: CheckContext,
    parsed: ParsedProject,
    impact: Impact,
    access: SnowflakeAccess,
    part: Part,
    tell: Tell,
) -> tuple[CheckOutcome, CheckOutcome]:
    """Test and build.

    Args:
        context: what every check is given; its catalog can be read.
        parsed: the project, which dbt can read at head.
        impact: what the change can touch.
        access: the way to Snowflake.
        part: what of it is built and tested here.
        tell: told how far it is.

    Returns:
        The outcome of the unit tests, and that of the build.
    """
    if context.workspace is None or parsed.head is None:
        raise AssertionError("selected without a catalog or a project")
    logical = logical_database(context.workspace)
    clone = access.clone_of(logical, context.change.head.tree)
    built = frozenset(node for node in impact if not _is_elsewhere(parsed.head, node, part))
    wanted = Wanted(project=parsed.head, built=built, logical=logical)
    taken = take(access.warehouse, wanted, clone.target, now=access.clock.now(), lasting=LIFETIME)
    run = _run(parsed, wanted, clone, access, taken, part, tell)
    return _judged(context, parsed, parsed.head, impact, run)


def _run(  # noqa: PLR0917 - one private call
    parsed: ParsedProject,
    wanted: Wanted,
    clone: CiClone,
    access: SnowflakeAccess,
    taken: Taken | NotTaken,
    part: Part,
    tell: Tell,
) -> DbtRun:
    """Build on a masked clone of production's rows, or else on clones of the environment's tables."""
    match taken:
        case Taken():
            with clone.taken(access.warehouse, clock=access.clock, tell=tell):
                tell(f"building on {taken.offered}, a masked clone of production")
                parsed.defer_to_target(clone.source.name)
                return parsed.dbt.build(_selection(parsed, part, taken.also_built), tell)
        case NotTaken():
            tell(f"building on {clone.source}: of the masked clones {taken.why}")
            tables = to_clone(wanted.project, wanted.built, wanted.logical)
            with clone.made(access.warehouse, tables, clock=access.clock, tell=tell):
                return parsed.dbt.build(_selection(parsed, part), tell)
        case _:
            assert_never(taken)


def to_clone(project: DbtProject, built: Iterable[Node], logical: str) -> tuple[Dataset, ...]:
    """Choose the tables that a build goes on from or that it reads by a name of the target database.

    Args:
        project: at head.
        built: what may be built.
        logical: the database that dbt builds in, by the catalog's name.

    Returns:
        What is built, should it be there already, and the sources that it and its tests read: sorted.
    """
    touched = {node for node in built if node in project.relations}
    ids = {project.relations[node].unique_id for node in touched}
    readers = (r for r in project.resources.values() if ids & {r.unique_id, *r.depends_on.nodes})
    sources = {parent for r in readers for parent in r.depends_on.nodes if parent.startswith("source.")}
    nodes = touched | {
        project.node(project.resources[source]) for source in sources & project.resources.keys()
    }
    datasets = (Dataset.parse(node.name) for node in nodes if node.kind is NodeKind.DATASET)
    return tuple(sorted(dataset for dataset in datasets if dataset.database == logical))


def _selection(parsed: ParsedProject, part: Part, more: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Words by which a build selects; a part has its tests by name, so none of another's comes with it."""
    words = modified(parsed)
    if part.nodes is not None and parsed.head is not None:
        state = words[2:]
        words = ("--select", *part.selected(parsed.head), *more, "--indirect-selection", "cautious", *state)
    elif more and words:
        words = (*words[:2], *more, *words[2:])
    return (*words, "--defer", "--favor-state") if parsed.state is not None else words


def _is_elsewhere(project: DbtProject, node: Node, part: Part) -> bool:
    return node in project.relations and project.relations[node].unique_id in part.elsewhere


def _judged(
    context: CheckContext, parsed: ParsedProject, head: DbtProject, impact: Impact, run: DbtRun
) -> tuple[CheckOutcome, CheckOutcome]:
    tool = context.named(Tool.DBT)
    if run.fatal:
        remedy = "read dbt's message; it is about the connection when it names no file"
        message = f"dbt could not build: {run.fatal[:400]}"
        return (
            unjudged(CheckName.DBT_UNIT_TESTS, tool=tool, message=message, remedy=remedy),
            unjudged(CheckName.DBT_BUILD, tool=tool, message=message, remedy=remedy),
        )
    findings = _findings(context, parsed, head, impact)
    tests = [result for result in run.results if result.unique_id.startswith(UNIT_TEST)]
    others = [result for result in run.results if not result.unique_id.startswith(UNIT_TEST)]
    return (
        _outcome(CheckName.DBT_UNIT_TESTS, tool, findings, head, tests),
        _outcome(CheckName.DBT_BUILD, tool, findings, head, others, _breaking(run, parsed.folder)),
    )


def _outcome(  # noqa: PLR0917 - one private call twice
    check: CheckName,
    tool: str,
    findings: Findings,
    head: DbtProject,
    results: Iterable[NodeResult],
    more: Iterable[Finding] = (),
) -> CheckOutcome:
    """Judge results; a pass in which something was left out is none."""
    kept = list(results)
    skipped = findings.skipped(kept)
    found = [*findings.of(kept), *more, *_left_out(skipped)]
    subjects = (head.resources[r.unique_id].name for r in kept if r.unique_id in head.resources)
    outcome = judged(check, tool=tool, subjects=subjects, findings=found)
    if skipped and outcome.result is CheckResult.PASSED:
        return outcome.model_copy(update={"result": CheckResult.UNJUDGED})
    return outcome


def _left_out(skipped: list[str]) -> Iterator[Finding]:
    if skipped:
        yield problem(
            "dbt-skipped",
            "",
            f"left out because something before it failed: {', '.join(skipped[:20])}",
            remedy="correct what failed first",
            severity=Severity.WARNING,
        )


def _breaking(run: DbtRun, folder: str) -> Iterator[Finding]:
    for event in run.events:
        if event.name == _BREAKING:
            found = _MODEL_FILE.search(event.message)
            yield problem(
                "dbt-breaking-change",
                folder + found[1] if found else "",
                " ".join(event.message.removeprefix("[WARNING]: ").split())[:600],
                remedy="keep what was promised, or publish the change as a new version of the model",
            )


def _findings(context: CheckContext, parsed: ParsedProject, head: DbtProject, impact: Impact) -> Findings:
    ran = parsed.dbt.target / "run" / head.name

    def statement(path: str) -> str:
        file = ran / path
        return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""

    def because(resource: Resource) -> str:
        node = head.node(resource)
        steps = impact.path(node) if node in impact else ()
        return f"; the change gets there by {' -> '.join(str(s.source) for s in steps)}" if steps else ""

    return Findings(
        project=head,
        folder=parsed.folder,
        source=lambda path: context.read(parsed.folder + path),
        statement=statement,
        because=because,
    )
