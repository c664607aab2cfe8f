"""Names of adopted resources: stable, readable, never twice; and Pulumi's word for each of Terraform's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.adopt.addresses import ModuleStep
from slipway.adopt.argument_names import match_names
from slipway.adopt.naming import (
    component_name,
    component_type,
    component_urn,
    resource_name,
    resource_urn,
)
from slipway.adopt.state import Instance
from slipway.model.instance_keys import Key
from tests.doubles.terraform_states import a_resource, an_instance, only

WORDS = st.from_regex(r"[a-z_][a-z0-9_-]{0,3}", fullmatch=True)
KEYS = st.none() | st.integers(min_value=0, max_value=20) | st.text(max_size=4)
STEPS = st.builds(lambda name, key: ModuleStep(name=name, key=key), WORDS, KEYS)


def _instance(module: tuple[ModuleStep, ...], name: str, key: Key | None) -> Instance:
    base = only(a_resource())
    return Instance(
        state=base.state,
        module=module,
        mode=base.mode,
        type=base.type,
        name=name,
        key=key,
        provider=base.provider,
    )


INSTANCES = st.builds(_instance, st.lists(STEPS, max_size=2).map(tuple), WORDS, KEYS)


@given(INSTANCES, INSTANCES)
def test_two_addresses_have_two_names(one: Instance, other: Instance) -> None:
    """Pulumi's importer drops modules: every module with a `this` collides (pulumi#17386)."""
    same = resource_name("lake", one) == resource_name("lake", other)
    assert same == (one.address == other.address)


@given(st.lists(STEPS, max_size=3).map(tuple), st.lists(STEPS, max_size=3).map(tuple))
def test_two_modules_have_two_components(one: tuple[ModuleStep, ...], other: tuple[ModuleStep, ...]) -> None:
    """Also where a module has keys with dots and brackets."""
    assert (component_name("lake", one) == component_name("lake", other)) == (one == other)


@pytest.mark.parametrize(
    ("module", "key", "name"),
    [
        ("", None, "lake/lake"),
        ("", "landing", "lake/lake[landing]"),
        ("", "a.b", 'lake/lake["a.b"]'),
        ("", 0, "lake/lake[0]"),
        ('module.batch["fx"].module.inner', None, "lake/batch[fx].inner.lake"),
    ],
)
def test_names_read_like_addresses(module: str, key: Key | None, name: str) -> None:
    """A person finds the one from the other."""
    assert resource_name("lake", only(a_resource(an_instance(index_key=key), module=module))) == name


def test_urns_are_those_of_the_components_around() -> None:
    """The engine makes them of the types from the outside in."""
    instance = only(a_resource(module='module.batch_pipeline["fx"].module.io'))
    assert component_type(instance.module) == "slipway:adopted:Io"
    assert (
        component_urn("dev", "slipway", "lake", ()) == "urn:pulumi:dev::slipway::slipway:adopted:Layer::lake"
    )
    assert component_urn("dev", "slipway", "lake", instance.module[:1]) == (
        "urn:pulumi:dev::slipway::slipway:adopted:Layer$slipway:adopted:BatchPipeline::lake/batch_pipeline[fx]"
    )
    assert resource_urn("dev", "slipway", "lake", instance, "aws:s3/bucket:Bucket") == (
        "urn:pulumi:dev::slipway::slipway:adopted:Layer$slipway:adopted:BatchPipeline$slipway:adopted:Io"
        "$aws:s3/bucket:Bucket::lake/batch_pipeline[fx].io.lake"
    )


@pytest.mark.parametrize(
    ("attribute", "argument"),
    [
        ("bucket", "bucket"),
        ("cors_rule", "cors_rules"),
        ("alias", "aliases"),
        ("policy", "policies"),
        ("analysis", "analyses"),
        ("address_line_1", "address_line1"),
        ("from", "from_"),
    ],
)
def test_an_attribute_finds_its_argument(attribute: str, argument: str) -> None:
    """By the bridge's own rules."""
    assert match_names([attribute, "only_an_output"], [argument, "other"], {}) == {attribute: argument}


def test_a_rename_and_an_equal_name_go_before_a_plural() -> None:
    """`bucket_id` is called `bucket`, and is not `buckets`."""
    assert match_names(["rule", "bucket_id"], ["rules", "rule", "bucket"], {"bucket_id": "bucket"}) == {
        "rule": "rule",
        "bucket_id": "bucket",
    }
