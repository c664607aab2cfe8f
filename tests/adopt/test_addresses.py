"""Terraform's addresses are read and written as Terraform does, whatever a key holds."""

import pytest

from slipway.adopt.addresses import (
    AddressError,
    ModuleStep,
    ProviderRef,
    module_path,
    provider_ref,
)
from slipway.model.instance_keys import keyed, short_key


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("", ()),
        ("module.a", (ModuleStep(name="a"),)),
        ("module.a[0]", (ModuleStep(name="a", key=0),)),
        ('module.a["0"]', (ModuleStep(name="a", key="0"),)),
        ('module.a["x.y"].module.b', (ModuleStep(name="a", key="x.y"), ModuleStep(name="b"))),
        (r'module.a["say \"module.b\" ]["]', (ModuleStep(name="a", key='say "module.b" ]['),)),
        ('module.a["$${x}"]', (ModuleStep(name="a", key="${x}"),)),
        ('module.a["größe"].module.b[2]', (ModuleStep(name="a", key="größe"), ModuleStep(name="b", key=2))),
    ],
)
def test_modules_are_read_and_written_alike(text: str, steps: tuple[ModuleStep, ...]) -> None:
    """A key may hold dots, quotes and brackets."""
    assert module_path(text) == steps
    assert ".".join(map(str, steps)) == text


@pytest.mark.parametrize("text", ["a", "module.", "module.a[x]", "module.a]", 'module.a["\\q"]'])
def test_other_texts_are_no_modules(text: str) -> None:
    """A module path that is misread would give its resources to the wrong component."""
    with pytest.raises(AddressError):
        module_path(text)


_HASHICORP = {"host": "registry.terraform.io", "namespace": "hashicorp", "type": "aws"}


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ('provider["registry.terraform.io/hashicorp/aws"]', ProviderRef(**_HASHICORP)),
        ('provider["registry.terraform.io/hashicorp/aws"].west', ProviderRef(**_HASHICORP, alias="west")),
        (
            'module.a["x"].provider["registry.terraform.io/hashicorp/aws"].west',
            ProviderRef(**_HASHICORP, alias="west", module='module.a["x"]'),
        ),
        (
            'provider["registry.opentofu.org/hashicorp/aws"].by["eu-west-1"]',
            ProviderRef(
                host="registry.opentofu.org", namespace="hashicorp", type="aws", alias='by["eu-west-1"]'
            ),
        ),
        (
            'provider["terraform.io/builtin/terraform"]',
            ProviderRef(host="terraform.io", namespace="builtin", type="terraform"),
        ),
        ("provider.aws", ProviderRef(host="registry.terraform.io", namespace="-", type="aws")),
        (
            "module.a.provider.aws.west",
            ProviderRef(
                host="registry.terraform.io", namespace="-", type="aws", alias="west", module="module.a"
            ),
        ),
    ],
)
def test_providers_are_read(text: str, provider: ProviderRef) -> None:
    """Those of Terraform, of OpenTofu's for_each, of modules, and of Terraform 0.12."""
    assert provider_ref(text) == provider


def test_other_texts_are_no_providers() -> None:
    """The error quotes the text."""
    with pytest.raises(AddressError, match="'aws' is no address of a provider"):
        provider_ref("aws")


def test_a_key_without_quotes_cannot_be_mistaken() -> None:
    """Names are stable and free of collisions because no two keys are written alike."""
    keys = [None, 0, "0", "a", "a.b", 'a"b', "a]b", "-", ""]
    assert [short_key(key) for key in keys] == [
        "",
        "[0]",
        '["0"]',
        "[a]",
        '["a.b"]',
        '["a\\"b"]',
        '["a]b"]',
        "[-]",
        '[""]',
    ]
    assert len({keyed(key) for key in keys}) == len(keys)
