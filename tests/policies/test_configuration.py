"""A pack's configuration, and one that is given over it."""

import json
from pathlib import Path
from typing import Any

import pytest

from policies.catalogue import ALL_RULES
from policies.configuration import ConfigurationError, limits_of, read_configuration
from policies.digest import digest
from policies.rules.pipelines import PIPELINE_SILENCE
from policies.rules.rule import AnyRule
from policies.rules.spend import BUDGET, WAREHOUSE_SIZE
from policies.rules.tagging import REQUIRED_TAGS_RULE as RULE
from slipway.model.policy_report import PolicyLevel


def _given(folder: Path, content: Any) -> Path:
    path = folder / "config.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("pack", ["baseline", "production"])
def test_each_pack_says_how_every_rule_holds(pack: str) -> None:
    """A rule that a pack has forgotten would be off."""
    read = read_configuration(pack)
    assert set(read.held) == {rule.id for rule in ALL_RULES}


def test_production_lets_nothing_be_switched_off() -> None:
    """In staging and prod every rule holds, as an advice at least."""
    held = read_configuration("production").held
    assert PolicyLevel.DISABLED not in {each.level for each in held.values()}


@pytest.mark.parametrize("value", ["advisory", {"enforcementLevel": "advisory"}])
def test_what_is_given_goes_over_the_packs_own(tmp_path: Path, value: object) -> None:
    """In both of Pulumi's ways to say it, for one rule or for all."""
    read = read_configuration("production", _given(tmp_path, {RULE.id: value}))
    assert read.of(RULE).level is PolicyLevel.ADVISORY
    every = read_configuration("production", _given(tmp_path, {"all": value}))
    assert {each.level for each in every.held.values()} <= {PolicyLevel.ADVISORY, PolicyLevel.MANDATORY}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "cannot be read"),
        ([1], "is no object"),
        ({"no-such": "advisory"}, "configures no-such"),
        ({RULE.id: "sometimes"}, "sometimes is no level"),
        ({RULE.id: {"most": 3}}, "required-tags.most"),
        ({BUDGET.id: "disabled"}, "account-budget, which the engine runs as part of whole-stack"),
        ({"all": 5}, "all is 5, which says no level"),
        ({RULE.id: None}, "required-tags is null, which says no level"),
        ({RULE.id: ["advisory"]}, "which says no level"),
        ({"whole-stack": None}, "whole-stack is null, which says no level"),
        ({"whole-stack": "sometimes"}, "sometimes is no level"),
        ({"whole-stack": {"rule": {}}}, "whole-stack cannot say rule"),
        ({"whole-stack": {"rules": []}}, r"whole-stack\.rules cannot be"),
        ({"whole-stack": {"rules": {RULE.id: {}}}}, r"whole-stack\.rules\.required-tags cannot be"),
        (
            {"whole-stack": {"rules": {BUDGET.id: "disabled"}}},
            r"whole-stack\.rules\.account-budget cannot be",
        ),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, content: object, told: str) -> None:
    """One message that names the rule."""
    with pytest.raises(ConfigurationError, match=told):
        read_configuration("production", _given(tmp_path, content))


@pytest.mark.parametrize(
    ("pack", "content", "rule", "level"),
    [
        ("production", {"whole-stack": "disabled"}, BUDGET, "disabled"),
        ("production", {"whole-stack": "advisory"}, BUDGET, "advisory"),
        ("production", {"whole-stack": "disabled"}, RULE, "mandatory"),
        ("production", {"all": "disabled"}, BUDGET, "disabled"),
        ("production", {"all": "disabled", "whole-stack": "mandatory"}, BUDGET, "mandatory"),
        (
            "production",
            {"whole-stack": {"rules": {BUDGET.id: {"enforcementLevel": "advisory"}}}},
            BUDGET,
            "advisory",
        ),
        ("baseline", {"all": "mandatory"}, WAREHOUSE_SIZE, "mandatory"),
        ("baseline", {"all": "mandatory"}, PIPELINE_SILENCE, "advisory"),
        ("baseline", {"all": "advisory", WAREHOUSE_SIZE.id: "mandatory"}, WAREHOUSE_SIZE, "mandatory"),
    ],
)
def test_a_file_means_to_slipway_what_it_means_to_the_engine(
    tmp_path: Path, pack: str, content: object, rule: AnyRule, level: str
) -> None:
    """The engine sets the level of `whole-stack`, and what its rules say cannot be stricter than that."""
    assert read_configuration(pack, _given(tmp_path, content)).of(rule).level == level


def test_thresholds_of_a_rule_of_the_whole_stack(tmp_path: Path) -> None:
    """They stand where Pulumi wants them, and go over the pack's own."""
    content = {"whole-stack": {"rules": {BUDGET.id: {"stacks": ["prod"]}}}}
    held = read_configuration("production", _given(tmp_path, content)).of(BUDGET)
    assert held.limits == BUDGET.limits(stacks=("prod",))


def test_an_unknown_pack_is_told_with_those_that_there_are() -> None:
    """A typing mistake would judge by nothing."""
    with pytest.raises(ConfigurationError) as refused:
        read_configuration("produktion")
    assert refused.value.remedy == "choose one of baseline, production"


def test_a_threshold_that_there_is_not() -> None:
    """By its name."""
    with pytest.raises(ConfigurationError, match=r"required-tags\.days"):
        limits_of(RULE, {"days": 3})


def test_the_digest_is_of_names_and_contents(tmp_path: Path) -> None:
    """Each file that decides changes it, each that does not leaves it."""
    (tmp_path / "a.py").write_text("1")
    first = digest(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    assert digest(tmp_path) == first
    (tmp_path / "a.py").write_text("2")
    second = digest(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, digest(tmp_path)}) == 3
