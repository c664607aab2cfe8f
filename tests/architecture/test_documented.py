"""What a person looks up is written down: each component, rule and setting has its row."""

import importlib
import pkgutil
from pathlib import Path

import pytest
from pydantic.alias_generators import to_camel

import components
from components.base import PlatformComponent
from policies.catalogue import RULES
from stacks.settings import EnvironmentSettings, SharedSettings

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def _tokens() -> list[str]:
    for module in pkgutil.walk_packages(components.__path__, "components."):
        importlib.import_module(module.name)
    return sorted(component.token for component in PlatformComponent.__subclasses__())


def _rows(page: str) -> list[str]:
    text = (REFERENCE / page).read_text(encoding="utf-8")
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
    documented = set(_rows("policies.md")) - {"baseline"}
    assert documented == {rule.id for rule in RULES}


def test_every_setting_has_a_row() -> None:
    """Keys in the page and in the models are the same."""
    fields = SharedSettings.model_fields.keys() | EnvironmentSettings.model_fields.keys()
    keys = {to_camel(field) for field in fields} - {"stack", "accountId", "region"}
    assert set(_rows("stack-settings.md")) == keys
