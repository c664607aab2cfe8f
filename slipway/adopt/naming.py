"""What adopted components and resources are called in Pulumi. Pure.

A name is Terraform's address without what the URN says anyway (the word `module`, the type), behind the
layer's name: `lake/zone[landing]`, `pipelines/batch_pipeline[fx_rates].this`. Addresses are unique within a
state and nothing of them is lost, so names cannot collide, and they are the same in every run.
"""

import re
from collections.abc import Iterable
from typing import Final

from slipway.adopt.addresses import ModulePath
from slipway.adopt.identifiers import class_name, snake
from slipway.adopt.state import Instance
from slipway.model.instance_keys import short_key

LAYER: Final = "slipway:adopted:Layer"
"""The component that holds what was adopted as one layer."""
_TYPE: Final = "slipway:adopted:{}"
_WORD: Final = re.compile(r"[A-Za-z0-9]+")


def wrapped_layer_type(layer: str) -> str:
    """Name the type of a layer's component once the layer is wrapped: `slipway:lake:LakeLayer`."""
    return wrapped_type(layer, f"{class_name([layer])}Layer")


def wrapped_type(layer: str, class_: str) -> str:
    """Name the type of a wrapped component, after its class."""
    return f"slipway:{snake(layer)}:{class_}"


def component_name(layer: str, module: ModulePath) -> str:
    """Name the component of a module's instance; the layer itself for the root module."""
    return layer if not module else f"{layer}/{_steps(module)}"


def component_type(module: ModulePath) -> str:
    """Name the type of a module's component, after the call: `slipway:adopted:BatchPipeline`."""
    if not module:
        return LAYER
    words = _WORD.findall(module[-1].name)
    return _TYPE.format("".join(word[:1].upper() + word[1:] for word in words))


def resource_name(layer: str, instance: Instance) -> str:
    """Name a resource."""
    above = f"{_steps(instance.module)}." if instance.module else ""
    return f"{layer}/{above}{instance.name}{short_key(instance.key)}"


def component_urn(stack: str, project: str, layer: str, module: ModulePath) -> str:
    """Return the URN of a module's component."""
    above = _types(module[:-1]) if module else ()
    return _urn(stack, project, (*above, component_type(module)), component_name(layer, module))


def resource_urn(stack: str, project: str, layer: str, instance: Instance, token: str) -> str:
    """Return the URN of a resource."""
    return _urn(stack, project, (*_types(instance.module), token), resource_name(layer, instance))


def _types(module: ModulePath) -> tuple[str, ...]:
    """The types of all components around what is in a module, the layer first."""
    return tuple(component_type(module[:depth]) for depth in range(len(module) + 1))


def _urn(stack: str, project: str, types: Iterable[str], name: str) -> str:
    return f"urn:pulumi:{stack}::{project}::{'$'.join(types)}::{name}"


def _steps(module: ModulePath) -> str:
    return ".".join(f"{step.name}{short_key(step.key)}" for step in module)
