"""The AWS resources that are validated: what the four stacks declare, or what an exported stack holds."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slipway.attest import digest_of_document
from slipway.model.environment import StackName
from tests.doubles.declared_stacks import declared, with_cluster

_AWS: Final = "aws:"
_CLUSTER_UNITS: Final = 16
_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What Pulumi writes for a value that nobody knows yet."""
_MARK: Final = "4dabf18193072939515e22adb298388d"
"""The key by which Pulumi tells what is no plain value, such as one that is encrypted."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One AWS resource.

    Attributes:
        stack: whose it is.
        token: its Pulumi type.
        name: the program's name of it.
        inputs: what the program gives, under the names of the wire; without what is not known yet.
    """

    stack: str
    token: str
    name: str
    inputs: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.stack}: {self.token} {self.name}"


def declared_resources() -> tuple[Resource, ...]:
    """Return what the four stacks declare for FinEdge, with a plausible value for what AWS would tell.

    No environment has an EMR cluster on EC2; one with a cluster is looked at too.
    """
    recordings = {stack.value: declared(stack) for stack in StackName}
    recordings["prod with a cluster"] = with_cluster(StackName.PROD, _CLUSTER_UNITS)
    return tuple(
        Resource(stack=stack, token=each.type, name=each.name, inputs=_plain(each.inputs))
        for stack, recording in recordings.items()
        for each in recording.registered
        if each.type.startswith(_AWS)
    )


def exported_resources(path: Path) -> tuple[Resource, ...]:
    """Return what `pulumi stack export` has written; its values are those that AWS, or the sandbox, told."""
    deployment = json.loads(path.read_text(encoding="utf-8"))["deployment"]
    return tuple(
        Resource(
            stack=each["urn"].split("::")[0].rpartition(":")[2],
            token=each["type"],
            name=each["urn"].rpartition("::")[2],
            inputs=_plain(each.get("inputs", {})),
        )
        for each in deployment["resources"]
        if each["type"].startswith(_AWS) and not each.get("external")
    )


def digests(resources: tuple[Resource, ...]) -> dict[str, str]:
    """Return a digest of each stack's resources, whatever their order."""
    by_stack: dict[str, list[Any]] = {}
    for each in resources:
        by_stack.setdefault(each.stack, []).append([each.token, each.name, each.inputs])
    return {
        stack: digest_of_document({"resources": sorted(rows, key=_place)})
        for stack, rows in sorted(by_stack.items())
    }


def _place(row: list[Any]) -> tuple[str, str]:
    return str(row[0]), str(row[1])


def _plain(value: Any) -> Any:
    """Leave out what is unknown, look into secrets, and write whole numbers as such."""
    match value:
        case dict() if _MARK in value:  # `pulumi stack export --show-secrets` shows it as JSON
            return _plain(json.loads(value.get("plaintext", "null")))
        case dict():
            return dict(_known(value))
        case list():
            return [_plain(each) for each in value if each != _UNKNOWN]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _known(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        plain = _plain(value)
        if plain is not None and plain != _UNKNOWN and not name.startswith("__"):
            yield name, plain
