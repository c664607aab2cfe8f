"""What an SDK says of a type is kept by the SDK's version, and told again without asking it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from slipway.adapters.pulumi.kept_types import KeptTypes
from slipway.adapters.pulumi.sdk_types import InstalledTypes
from slipway.ports.resource_types import Argument, ResourceType, ResourceTypes, SdkMissing, Shape, ShapeKind

BUCKET = "pulumi_aws.s3.Bucket"
TYPES = InstalledTypes()


class Asked(ResourceTypes):
    """Counts what is asked.

    Args:
        version: of every SDK.
    """

    def __init__(self, version: str = "7.0.0") -> None:
        self._version = version
        self.names: list[str] = []

    def version(self, package: str) -> str:  # noqa: ARG002 - of every package
        return self._version

    def resource(self, path: str) -> ResourceType:
        self.names.append(path)
        return TYPES.resource(path)

    def fields(self, shape: Shape) -> Mapping[str, Argument]:
        self.names.append(shape.name)
        return TYPES.fields(shape)


def _all(types: ResourceTypes) -> tuple[ResourceType, Mapping[str, Argument]]:
    bucket = types.resource(BUCKET)
    rules = bucket.arguments["cors_rules"].shape.item
    assert rules is not None
    assert rules.kind is ShapeKind.OBJECT
    return bucket, types.fields(rules)


def test_what_is_kept_is_what_the_sdk_says(tmp_path: Path) -> None:
    """A type and an object in it; the second time nobody is asked."""
    first, second = Asked(), Asked()
    assert _all(KeptTypes(first, tmp_path)) == _all(TYPES)
    assert len(first.names) == 2
    assert _all(KeptTypes(second, tmp_path)) == _all(TYPES)
    assert second.names == []


def test_another_version_is_asked(tmp_path: Path) -> None:
    """What another one has said holds for that one."""
    KeptTypes(Asked(), tmp_path).resource(BUCKET)
    newer = Asked("8.0.0")
    KeptTypes(newer, tmp_path).resource(BUCKET)
    assert newer.names == [BUCKET]


def test_a_file_that_cannot_be_read_is_written_anew(tmp_path: Path) -> None:
    """Whatever is in it; where nothing can be written, the SDK is asked every time."""
    KeptTypes(Asked(), tmp_path).resource(BUCKET)
    (file,) = tmp_path.rglob(f"{BUCKET}.json")
    file.write_text('{"arguments": 1}', encoding="utf-8")
    asked, again = Asked(), Asked()
    assert KeptTypes(asked, tmp_path).resource(BUCKET) == TYPES.resource(BUCKET)
    assert KeptTypes(again, tmp_path).resource(BUCKET) == TYPES.resource(BUCKET)
    assert (asked.names, again.names) == ([BUCKET], [])
    assert KeptTypes(Asked(), file / "no folder").resource(BUCKET) == TYPES.resource(BUCKET)


def test_what_an_sdk_lacks_is_not_kept(tmp_path: Path) -> None:
    """The error is the SDK's."""
    with pytest.raises(SdkMissing, match=r"pulumi_aws\.s3\.Nothing is in no SDK"):
        KeptTypes(TYPES, tmp_path).resource("pulumi_aws.s3.Nothing")
    assert list(tmp_path.rglob("*.json")) == []
