"""Changes of conditions, and the table of what was noticed."""

from bench.mutations.mutants import mutants
from bench.mutations.scenario import RULES, Survivor, Tried, files_of, table

SOURCE = """
def judged(values, limit):
    if limit:
        return [each for each in values if each > limit and each]
    return all(values)
"""


def test_each_condition_is_changed_by_itself() -> None:
    """Negated, dropped, or moved at its boundary; never two at once."""
    assert sorted(each.what for each in mutants(SOURCE)) == [
        "dropped: each",
        "dropped: each > limit",
        "dropped: each > limit and each",
        "negated: all(values)",
        "negated: limit",
        "otherwise: each > limit",
    ]
    texts = [each.text for each in mutants(SOURCE)]
    assert len(set(texts)) == len(texts)
    assert "if not limit:" in texts[0]


def test_the_table_tells_the_rate_and_what_nobody_noticed() -> None:
    """With its place."""
    survivor = Survivor(module="b", line=7, what="negated: x")
    told = table(
        [Tried(module="a", mutants=3, survivors=()), Tried(module="b", mutants=1, survivors=(survivor,))]
    )
    assert told.splitlines()[2:] == [
        "| a | 3 | 3 |",
        "| b | 1 | 0 |",
        "",
        "3 of 4 noticed, 75.0 %",
        "- b.py:7: negated: x",
    ]


def test_every_module_of_rules_has_tests() -> None:
    """Else its mutants would all survive, or all die of a file that is not there."""
    modules = [path.stem for path in RULES.glob("[!_]*.py")]
    missing = [
        file for module in modules for file in files_of(module) if not (RULES.parents[1] / file).exists()
    ]
    assert missing == []
