"""What was validated last: the provider's version and a digest of each stack's resources."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slipway.attest import digest_of
from tests.validation.translation import Difference

HERE: Final = Path(__file__).parent
RECORD: Final = HERE / "record.json"
_DIFFERENCES: Final = HERE / "differences.toml"
_NAMES: Final = HERE / "names.json"


@dataclass(frozen=True, kw_only=True)
class Record:
    """One validation without a finding.

    Attributes:
        provider: version of the AWS provider.
        rules: digest of the table of names and of the known differences.
        stacks: digest of each stack's resources.
        left_out: what the provider does not know, each with its reason.
    """

    provider: str
    rules: str
    stacks: Mapping[str, str]
    left_out: tuple[str, ...]


def rules_digest() -> str:
    """Return the digest of what decides how resources are translated."""
    return digest_of(b"\n".join(path.read_bytes() for path in (_DIFFERENCES, _NAMES)))


def differences(version: str) -> tuple[Difference, ...]:
    """Return what a version of the provider is known to lack."""
    listed = tomllib.loads(_DIFFERENCES.read_text(encoding="utf-8")).get("difference", [])
    major = version.partition(".")[0]
    return tuple(
        Difference(type=each["type"], argument=each.get("argument", ""), reason=each["reason"])
        for each in listed
        if each["provider"] == major
    )


def load(path: Path = RECORD) -> Record | None:
    """Read the record; None when there is none."""
    if not path.is_file():
        return None
    written: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Record(**{**written, "left_out": tuple(written["left_out"])})


def save(record: Record, path: Path = RECORD) -> None:
    """Write the record."""
    content = {
        "provider": record.provider,
        "rules": record.rules,
        "stacks": dict(record.stacks),
        "left_out": list(record.left_out),
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def stale(record: Record | None, stacks: Mapping[str, str], rules: str) -> Iterator[str]:
    """Say what has changed since the last validation.

    Args:
        record: of the last validation.
        stacks: digests of what the stacks declare now.
        rules: digest of the tables now.

    Yields:
        One line for each reason to validate again.
    """
    if record is None:
        yield "nothing was ever validated"
        return
    if record.rules != rules:
        yield "the table of names or the known differences have changed"
    for stack in sorted(stacks.keys() | record.stacks.keys()):
        if stacks.get(stack) != record.stacks.get(stack):
            yield f"the resources of {stack} have changed"
