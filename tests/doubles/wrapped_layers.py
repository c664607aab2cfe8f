"""Layers that a test writes, and what is written of them, run against mocks of the engine."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Never

import pulumi
from pulumi.runtime import mocks

import components.adopted
import stacks.layers
from slipway.adopt.addresses import resource_address
from slipway.adopt.naming import component_name, component_type, component_urn
from slipway.adopt.wrap.program_text import program_of
from slipway.model.adopted import AdoptedComponent, AdoptedLayer, AdoptedResource
from slipway.model.digest import Digest
from slipway.model.environment import StackName
from slipway.model.instance_keys import short_key

BUCKET: Final = ("aws:s3/bucket:Bucket", "pulumi_aws.s3.Bucket")
QUEUE: Final = ("aws:sqs/queue:Queue", "pulumi_aws.sqs.Queue")
TOPIC: Final = ("aws:sns/topic:Topic", "pulumi_aws.sns.Topic")
_PLACES: Final = (components.adopted, stacks.layers)

Row = tuple[str, tuple[str, str], Mapping[str, Any]]
"""An address in Terraform, token and class, and arguments."""


def a_layer(
    *rows: Row, name: str = "lake", secrets: Mapping[str, tuple[str, ...]] | None = None
) -> AdoptedLayer:
    """A layer of the stack dev, as `slipway adopt import` would have written it."""
    addresses = [resource_address(each[0]) for each in rows]
    paths = {each.module[:depth] for each in addresses for depth in range(len(each.module) + 1)} | {()}
    components_ = [
        AdoptedComponent(
            type=component_type(path),
            name=component_name(name, path),
            urn=component_urn("dev", "slipway", name, path),
            parent=component_urn("dev", "slipway", name, path[:-1]) if path else "",
        )
        for path in sorted(paths, key=lambda each: (len(each), str(each)))
    ]
    return AdoptedLayer(
        layer=name,
        stack=StackName.DEV,
        proposal=Digest(f"sha256:{'0' * 64}"),
        components=tuple(components_),
        resources=tuple(_resource(each, name, (secrets or {}).get(each[0], ())) for each in rows),
    )


def _resource(row: Row, layer: str, secrets: tuple[str, ...]) -> AdoptedResource:
    text, (token, py), arguments = row
    address = resource_address(text)
    parent = component_urn("dev", "slipway", layer, address.module)
    above = component_name(layer, address.module)
    name = f"{above}{'.' if address.module else '/'}{address.name}{short_key(address.key)}"
    types = parent.split("::")[2]
    return AdoptedResource(
        state="lineage",
        address=text,
        type=token,
        py=py,
        name=name,
        urn=f"urn:pulumi:dev::slipway::{types}${token}::{name}",
        parent=parent,
        id=f"id of {text}",
        arguments=dict(arguments),
        secrets=secrets,
    )


class Declared(mocks.Mocks):
    """What a program declared: inputs and options by type and name.

    Args:
        outputs: what resources have beside their inputs, by type and name.
    """

    def __init__(self, outputs: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
        self.inputs: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._outputs = outputs

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Note it; its outputs are those that the state has."""
        if args.custom is not False:
            self.inputs[args.typ, args.name] = {name: _plain(each) for name, each in args.inputs.items()}
        known = dict(self._outputs.get((args.typ, args.name), {}))
        return str(known.get("id", f"{args.name}-id")), {**args.inputs, **known}

    def call(self, args: mocks.MockCallArgs) -> Never:
        """Wrapped programs ask for nothing."""
        raise AssertionError(args.token)


def _plain(value: Any) -> Any:
    """Return the value of what the SDK marks as secret."""
    marked = isinstance(value, dict) and pulumi.runtime.rpc._special_sig_key in value
    return value["value"] if marked else value


def declared_by(
    files: Mapping[str, str],
    layer: str,
    folder: Path,
    outputs: Mapping[tuple[str, str], Mapping[str, Any]] | None = None,
) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """Run what was written of a layer, and return the inputs of its resources by type and name.

    Args:
        files: by path below the platform's folder.
        layer: its name.
        folder: an empty one.
        outputs: what resources have beside their inputs, by type and name.
    """
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    seen = Declared(outputs or {})
    mocks.set_mocks(seen, project="slipway", stack="dev")
    with _importable(folder):
        program = importlib.import_module(program_of(layer))

        def run() -> None:
            program.deploy()

        awaited: Any = pulumi.runtime.test
        awaited(run)()
    return seen.inputs


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Have the packages of the platform found in another folder too, and nothing of that kept."""
    before, places = set(sys.modules), [(each, list(each.__path__)) for each in _PLACES]
    for package, paths in places:
        package.__path__ = [*paths, str(folder / package.__name__.replace(".", "/"))]
    try:
        yield
    finally:
        for package, paths in places:
            package.__path__ = paths
        for name in set(sys.modules) - before:
            if name.startswith(tuple(f"{each.__name__}." for each in _PLACES)):
                del sys.modules[name]
