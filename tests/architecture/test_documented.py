"""What a person looks up is written down: each component, rule and setting has its row."""

import importlib
import pkgutil
import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic.alias_generators import to_camel

import components
from components.base import PlatformComponent
from policies.catalogue import ALL_RULES
from slipway.audit.discrepancy import Fault
from slipway.audit.stack_states import VERSION_GONE, StateFault
from slipway.bootstrap.stages import BootstrapStage
from slipway.checks.names import PURPOSES, CheckName
from slipway.model.environment import Environment
from slipway.model.events import EventKind
from slipway.model.signals import UNITS, Metric, PlatformMetric, Signal, platform_signals, signals
from slipway.model.stack_states import MISJUDGED
from slipway.rollout.stages import RolloutStage
from stacks.setting_errors import ELSEWHERE
from stacks.settings import EnvironmentSettings, SharedSettings
from tests.doubles.entries import SETTLEMENTS

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def _tokens() -> list[str]:
    for module in pkgutil.walk_packages(components.__path__, "components."):
        importlib.import_module(module.name)
    return sorted(component.token for component in PlatformComponent.__subclasses__())


def _rows(page: str, *, below: str = "") -> list[str]:
    text = (REFERENCE / page).read_text(encoding="utf-8")
    text = text[text.index(below) :]
    return [line.split("|")[1].strip().strip("`") for line in text.splitlines() if line.startswith("| `")]


def test_every_component_has_a_row_and_every_row_a_component() -> None:
    """A row that outlives its component is a lie."""
    assert sorted(_rows("components.md")) == _tokens()


@pytest.mark.parametrize("token", _tokens())
def test_type_tokens_follow_the_one_grammar(token: str) -> None:
    """`slipway:<module>:<Class>`: a token is part of every URN, so dialects cannot be mended later."""
    package, module, name = token.split(":")
    assert package == "slipway"
    assert module.islower()
    assert name[0].isupper()


def test_every_rule_has_a_row() -> None:
    """Ids in the page and in the catalogue are the same."""
    documented = set(_rows("policies.md", below="## Rules"))
    assert documented == {rule.id for rule in ALL_RULES}


def test_every_setting_has_a_row() -> None:
    """Keys in the page and in the models are the same."""
    fields = SharedSettings.model_fields.keys() | EnvironmentSettings.model_fields.keys()
    keys = {to_camel(field) for field in fields} - {"stack"} - ELSEWHERE.keys()
    assert set(_rows("stack-settings.md")) == keys


def test_every_check_has_a_row_and_says_what_a_pass_means() -> None:
    """In the order of reports, so that a reader finds it where it is printed."""
    assert _rows("checks.md") == list(CheckName) == list(PURPOSES)


def test_every_rule_of_a_check_is_in_its_row() -> None:
    """A rule of ours that nobody explains cannot be looked up."""
    sources = (Path(__file__).parents[2] / "slipway" / "checks").glob("d*.py")
    rules = {
        rule for file in sources for rule in re.findall(r'"(d(?:ag|bt)-[a-z-]+)"', file.read_text("utf-8"))
    }
    page = (REFERENCE / "checks.md").read_text(encoding="utf-8")
    assert len(rules) > 10
    assert {rule for rule in rules if f"`{rule}`" not in page} == set()


def test_every_event_and_every_fault_has_a_row() -> None:
    """An auditor looks up what an entry says, and what a verification has found."""
    rows = set(_rows("records.md"))
    faults = {*Fault, *StateFault, VERSION_GONE, MISJUDGED}
    assert rows == {kind.value for kind in EventKind} | {str(fault) for fault in faults}


def _measured(signal: Signal) -> tuple[str, ...]:
    series = signal.series
    slots = f"{signal.needed} of {signal.periods} slots"
    return series.namespace, series.dimension, UNITS[series.metric].value, slots


def test_every_metric_has_a_row_that_says_when_it_alarms() -> None:
    """Namespace, dimension, unit, and in how many slots it has to be above its threshold."""
    known = {
        each.series.metric.value: _measured(each)
        for each in (*signals(SETTLEMENTS), *platform_signals(Environment.DEV))
    }
    assert known.keys() == {*Metric, *PlatformMetric}
    text = (REFERENCE / "observability.md").read_text(encoding="utf-8")
    rows = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    told = {row[0]: row[1:] for row in rows if row and row[0] in known}
    assert told.keys() == known.keys()
    for metric, (namespace, dimension, unit, slots) in known.items():
        row = told[metric]
        assert (row[0], row[1], row[2].split(" ")[0]) == (namespace, dimension, unit)
        assert row[4].endswith(f"in {slots}")


@pytest.mark.parametrize(
    ("page", "stages"),
    [("stages.md", RolloutStage), ("bootstrap.md", BootstrapStage)],
    ids=["rollout", "bootstrap"],
)
def test_every_stage_has_a_row_in_the_order_of_the_model(page: str, stages: object) -> None:
    """What a plan can hold, a person can look up."""
    union = get_args(get_args(stages)[0])
    assert _rows(page) == [kind.model_fields["kind"].default for kind in union]
