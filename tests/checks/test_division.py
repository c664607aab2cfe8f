"""Each unit is one shard's, the shards together have all, and whoever divides gets the same."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.checks.dbt_shares import joined
from slipway.checks.division import Division, Unit, divided, selection_of, written
from slipway.checks.names import CheckName
from slipway.model.shard import ALL, Shard

NAMES = st.text(alphabet="abcdef/._ ", min_size=1, max_size=12).map(str.strip).filter(bool)


@st.composite
def units(draw: st.DrawFn) -> tuple[Unit, ...]:
    """Work of several checks; no target is in two units."""
    work = draw(st.lists(st.tuples(st.sampled_from(list(CheckName)), NAMES), unique=True, max_size=40))
    made = []
    while work:
        together = draw(st.integers(1, min(3, len(work))))
        seconds = draw(st.floats(0, 1000, allow_nan=False))
        made.append(Unit(work=tuple(work[:together]), seconds=seconds))
        work = work[together:]
    return tuple(made)


@given(units=units(), of=st.integers(1, 9), randomly=st.randoms(use_true_random=False))
def test_work_is_divided(units: tuple[Unit, ...], of: int, randomly: object) -> None:
    """Nothing is lost, nothing is done twice, and the order in which it is found does not count."""
    shards = divided(units, of)
    assert len(shards) == of
    assert Counter(unit for shard in shards for unit in shard) == Counter(units)
    shuffled = list(units)
    randomly.shuffle(shuffled)  # type: ignore[attr-defined]
    assert divided(shuffled, of) == shards


@given(units=units(), of=st.integers(1, 9))
def test_no_shard_has_much_more_to_do_than_it_must(units: tuple[Unit, ...], of: int) -> None:
    """Graham's bound for any order: an even share, and the longest unit on top of it."""
    busiest = max(sum(unit.seconds for unit in shard) for shard in divided(units, of))
    longest = max((unit.seconds for unit in units), default=0.0)
    assert busiest <= sum(unit.seconds for unit in units) / of + longest + 1e-6


@given(units=units(), of=st.integers(1, 9))
def test_what_shards_say_is_the_selection(units: tuple[Unit, ...], of: int) -> None:
    """So a fan-in needs no other document to know that nothing is missing."""
    parts = [Division.of(units, Shard(number=number, of=of)) for number in range(1, of + 1)]
    told = [name for part in parts for name in part.told]
    assert sorted(told) == list(written(units))
    assert {part.selection for part in parts} == {selection_of(told)}


@given(units=units())
def test_one_shard_of_one_has_everything(units: tuple[Unit, ...]) -> None:
    """`--shard 1/1` is no shard."""
    division = Division.of(units, ALL)
    for check in CheckName:
        assert division.targets(check) == tuple(sorted(t for u in units for c, t in u.work if c is check))


@pytest.mark.parametrize(("of", "busy"), [(2, [4, 4]), (3, [4, 2, 2])])
def test_the_longest_goes_first(of: int, busy: list[int]) -> None:
    """In the order in which they come it would be 5 and 3."""
    lengths = {"a": 1, "b": 1, "c": 4, "d": 2}
    made = [Unit(work=((CheckName.RUFF, name),), seconds=seconds) for name, seconds in lengths.items()]
    found = sorted((sum(unit.seconds for unit in shard) for shard in divided(made, of)), reverse=True)
    assert found == busy


@given(
    nodes=st.frozensets(st.integers(0, 30).map(str)),
    edges=st.dictionaries(st.integers(0, 30).map(str), st.lists(st.integers(0, 40).map(str), max_size=3)),
)
def test_what_rests_on_one_another_stays_together(nodes: frozenset[str], edges: dict[str, list[str]]) -> None:
    """Each node is in one group, no edge leads from one to another, and no group falls apart."""
    groups = joined(nodes, edges)
    assert sorted(node for group in groups for node in group) == sorted(nodes)
    place = {node: number for number, group in enumerate(groups) for node in group}
    inside = {(node, parent) for node in nodes for parent in edges.get(node, ()) if parent in nodes}
    assert all(place[node] == place[parent] for node, parent in inside)
    for group in groups:
        reached = {group[0]}
        for _ in group:
            reached |= {a for a, b in inside if b in reached} | {b for a, b in inside if a in reached}
        assert reached == set(group)
