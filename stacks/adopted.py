"""What was adopted from Terraform: declared from the files of layers, or by the module that a file names.

Every resource is of its SDK's own class and protected. What is secret stays as Pulumi's state has it: the
file has a stand-in, and its changes are ignored.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

from slipway.model.adopted import FOLDER, AdoptedComponent, AdoptedLayer, AdoptedResource, read_layer
from slipway.model.environment import StackName
from slipway.model.errors import DefinitionError


def deploy_adopted(stack: StackName, root: Path) -> None:
    """Declare every adopted layer of a stack.

    Args:
        stack: whose.
        root: the folder of the program.

    Raises:
        pulumi.RunError: a file is no layer, or is of another SDK than the one that is installed.
    """
    for path in sorted((root / FOLDER).glob("*.json")):
        layer = _read(path)
        if layer.stack is not stack:
            continue
        if layer.program:
            _deploy_wrapped(layer)
        else:
            declare(layer)


def declare(layer: AdoptedLayer) -> None:
    """Declare one layer."""
    components: dict[str, pulumi.Resource] = {}
    for component in layer.components:
        components[component.urn] = _component(component, components)
    for resource in layer.resources:
        _resource(resource, components[resource.parent])


def _deploy_wrapped(layer: AdoptedLayer) -> None:
    """Have the layer's own module declare it."""
    try:
        program = importlib.import_module(layer.program)
    except ModuleNotFoundError as error:
        raise pulumi.RunError(
            f"the layer {layer.layer} is declared by {layer.program}, and there is no {error.name}"
            f"\n  remedy: restore it from git, or {FOLDER}/{layer.layer}.json as it was before it was wrapped"
        ) from None
    program.deploy()


def _read(path: Path) -> AdoptedLayer:
    try:
        return read_layer(path.read_bytes(), f"{FOLDER}/{path.name}")
    except DefinitionError as error:
        raise pulumi.RunError(str(error)) from None


def _component(
    component: AdoptedComponent, around: Mapping[str, pulumi.Resource]
) -> pulumi.ComponentResource:
    options = pulumi.ResourceOptions(parent=around.get(component.parent), protect=True)
    made = pulumi.ComponentResource(component.type, component.name, None, options)
    made.register_outputs({})
    return made


def _resource(resource: AdoptedResource, parent: pulumi.Resource) -> None:
    options = pulumi.ResourceOptions(parent=parent, protect=True, ignore_changes=list(resource.secrets))
    made = _class(resource)(resource.name, options, **resource.arguments)
    if made.pulumi_resource_type != resource.type:
        raise _other_sdk(resource)


def _class(resource: AdoptedResource) -> Any:
    module, _, name = resource.py.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        raise _other_sdk(resource) from None


def _other_sdk(resource: AdoptedResource) -> pulumi.RunError:
    return pulumi.RunError(
        f"{resource.urn} was adopted as {resource.type} through {resource.py}, which the SDK does not have"
        "\n  remedy: install the SDK's version of uv.lock (make setup)"
    )
