"""The thresholds of every rule: each has a meaning, a schema that the engine takes, and bounds."""

from typing import Any

import pytest

from policies.catalogue import ALL_RULES
from policies.configuration import ConfigurationError, limits_of
from policies.rules.rule import AnyRule
from policies.thresholds import meanings_of, shapes_of
from slipway.model.frozen import Frozen

_LIMITED = [rule for rule in ALL_RULES if shapes_of(rule.limits)]
_BY_ID = {rule.id: rule for rule in ALL_RULES}


@pytest.mark.parametrize("rule", _LIMITED, ids=[rule.id for rule in _LIMITED])
def test_a_threshold_says_what_it_bounds_and_stands_alone(rule: AnyRule) -> None:
    """The engine takes the schema of each property and none that another one refers to."""
    for name, shape in shapes_of(rule.limits).items():
        assert shape["description"].endswith((".", "lasts"))
        assert "$ref" not in str(shape), name


def test_a_meaning_may_be_of_several_lines() -> None:
    """And ends where the next one begins."""

    class _Limits(Frozen):
        """Bounds.

        Attributes:
            days: at most so many,
                and no more.
            years: others: longer.
        """

        days: int = 1
        years: int = 1

    assert meanings_of(_Limits) == {"days": "at most so many, and no more.", "years": "others: longer."}


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("airflow-size", {"largest": "mw1.huge"}),
        ("airflow-size", {"prod": -1}),
        ("warehouse-size", {"dev": -1}),
        ("spark-size", {"staging": -1}),
        ("time-travel", {"prod": -1}),
        ("warehouse-suspension", {"seconds": -1}),
        ("build-time", {"others": -1}),
        ("build-time", {"batch": -1}),
        ("build-time", {"duties": {"check": -1}}),
        ("spark-auto-stop", {"minutes": -1}),
        ("cluster-end", {"minutes": -1}),
        ("branch-review", {"reviews": -1}),
        ("account-budget", {"stacks": ["prdo"]}),
        ("table-durability", {"stacks": ["prdo"]}),
        ("pipeline-approval", {"approvals": {"prod": {"critcal": 2}}}),
        ("pipeline-approval", {"approvals": {"prdo": {"critical": 2}}}),
        ("pipeline-approval", {"approvals": {"prod": {"critical": -1}}}),
    ],
)
def test_a_threshold_that_cannot_be_is_refused_before_anything_is_judged(
    rule: str, values: dict[str, Any]
) -> None:
    """A misspelt stack would be a rule that judges nowhere."""
    with pytest.raises(ConfigurationError, match=f"{rule}\\.{next(iter(values))}"):
        limits_of(_BY_ID[rule], values)
