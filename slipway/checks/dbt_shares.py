"""What of a dbt build can be done apart: selected nodes that rest on one another stay together.

A model reads its parents and a test its models, where they were built: in the shard's own database. So a unit
is what hangs together within the selection; what is not selected is read elsewhere, and joins nothing.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from slipway.checks.context import Tell
from slipway.checks.dbt_commands import DbtRun
from slipway.checks.dbt_parse import ParsedProject
from slipway.checks.division import Division, Unit
from slipway.checks.names import CheckName
from slipway.lineage.extract.dbt import DbtProject

BUILDS: Final = (CheckName.DBT_UNIT_TESTS, CheckName.DBT_BUILD)

WHOLE_BUILD: Final = Unit(work=tuple((name, "") for name in BUILDS), seconds=1)
"""Everything that dbt builds, whatever that is."""

UNIT_TEST: Final = "unit_test."
"""How dbt's ids of unit tests begin."""

_UNBUILT: Final = ("source", "metric", "semantic_model", "saved_query", "analysis")
_EXPOSURE: Final = "exposure."
_PRINTED: Final = "PrintEvent"
_LISTED: Final = '{"unique_id": '


@dataclass(frozen=True, kw_only=True)
class Part:
    """What of a build is one shard's.

    Attributes:
        nodes: ids of what it builds and tests; None for everything.
        elsewhere: ids of what other shards do.
    """

    nodes: tuple[str, ...] | None = None
    elsewhere: frozenset[str] = frozenset()

    @classmethod
    def of(cls, division: Division) -> "Part":
        """Read it from how the work was divided."""
        mine = {target for unit in division.mine for name, target in unit.work if name in BUILDS}
        everything = {target for unit in division.whole for name, target in unit.work if name in BUILDS}
        if "" in mine:
            return cls()
        return cls(nodes=tuple(sorted(mine)), elsewhere=frozenset(everything - mine))

    def selected(self, project: DbtProject) -> tuple[str, ...]:
        """Words by which dbt selects exactly that, where not everything is."""
        known = (project.resources.get(node) for node in self.nodes or ())
        return tuple(".".join(resource.fqn) for resource in known if resource is not None)


def modified(parsed: ParsedProject) -> tuple[str, ...]:
    """Words by which dbt selects what changed and all that rests on it; none (everything) without a base."""
    return () if parsed.state is None else ("--select", "state:modified+", "--state", str(parsed.state))


def units_of(parsed: ParsedProject, tell: Tell) -> tuple[Unit, ...]:
    """Ask dbt what a build would select, and find what of it hangs together.

    Args:
        parsed: a project that dbt can read at head.
        tell: told how far it is.

    Returns:
        The parts; the build as a whole where dbt cannot say, or has nothing to build: it tells itself why.
    """
    if parsed.head is None:
        raise AssertionError("selected without a project")
    run = parsed.dbt.listed((*modified(parsed), "--exclude-resource-type", *_UNBUILT), tell)
    selected = frozenset(_ids(run)) if not run.exit_code else frozenset[str]()
    return tuple(_unit(nodes) for nodes in joined(selected, _parents(parsed.head, selected))) or (
        WHOLE_BUILD,
    )


def joined(nodes: frozenset[str], parents: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """Find what hangs together.

    Args:
        nodes: ids.
        parents: what each rests on; what is not among the nodes joins nothing.

    Returns:
        Groups, each sorted, in the order of their first ids. Each node is in one.
    """
    beside: dict[str, set[str]] = {node: set() for node in nodes}
    for node in nodes:
        for parent in nodes.intersection(parents.get(node, ())):
            beside[node].add(parent)
            beside[parent].add(node)
    groups, seen = [], set[str]()
    for first in sorted(nodes):
        if first not in seen:
            group = _reached(first, beside)
            seen |= group
            groups.append(tuple(sorted(group)))
    return tuple(groups)


def _reached(first: str, beside: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = {first}, [first]
    while waiting:
        more = beside[waiting.pop()] - reached
        reached |= more
        waiting.extend(more)
    return reached


def _unit(nodes: tuple[str, ...]) -> Unit:
    """A statement of the warehouse a node: they take about as long as one another."""
    tests = CheckName.DBT_UNIT_TESTS, CheckName.DBT_BUILD
    return Unit(
        work=tuple((tests[not node.startswith(UNIT_TEST)], node) for node in nodes), seconds=len(nodes)
    )


def _parents(project: DbtProject, selected: frozenset[str]) -> Mapping[str, Iterable[str]]:
    """What each rests on; an exposure is told of and not built, so it goes with one parent and joins none."""
    found = {each.unique_id: each.depends_on.nodes for each in project.resources.values()}
    exposures = [node for node in found if node.startswith(_EXPOSURE)]
    return found | {node: tuple(sorted(selected.intersection(found[node]))[:1]) for node in exposures}


def _ids(run: DbtRun) -> Iterator[str]:
    """What `dbt ls` printed; a macro of the project may print too."""
    for event in run.events:
        if event.name == _PRINTED and event.message.startswith(_LISTED):
            yield str(json.loads(event.message)["unique_id"])
