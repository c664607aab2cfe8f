"""The tables are whole: every row can be read, and every filter that a template names is known."""

import re

from slipway.adopt.import_ids import ImportIds
from slipway.adopt.knowledge import IdRule, import_rule, known_types, pulumi_type
from tests.doubles.terraform_states import of_type, only


def test_every_type_has_a_token_and_a_rule() -> None:
    """2,047 types, as data/SOURCE.md says; a removed one has no class."""
    types = {name: pulumi_type(name) for name in known_types()}
    assert len(types) == 2047
    assert [name for name, each in types.items() if each is None or bool(each.py) is each.removed] == []


def test_every_template_can_be_filled() -> None:
    """A filter that nobody wrote would end the inventory of whoever has such a type."""
    lists = {"groups", "cidr_blocks"}
    for name in known_types():
        rule = import_rule(name)
        slots = {slot for each in rule.templates for slot in re.findall(r"\{(\w+)", each)} - {"sources"}
        values = {slot: ["x"] if slot in lists else "x" for slot in slots} | {"cidr_blocks": ["x"]}
        found = ImportIds([]).of(only(of_type(name, values)))
        if rule.rule is IdRule.TEMPLATE:
            assert found.value, name
