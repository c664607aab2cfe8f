"""Runs `pulumi import` and the commands of `pulumi state`. What is imported goes through a pipe, no file.

Checkpoints between resources are skipped: a batch is cut off whole, and the next call takes it again.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from slipway.model.environment import StackName
from slipway.ports.stack_engine import StackEngineError, StackLocked
from slipway.ports.stack_imports import Held, ImportRefused, Secret, StackImports, Taken

_MARK: Final = "4dabf18193072939515e22adb298388d"
_IS_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - how the engine marks secrets
_OPTIONS: Final = ("--yes", "--skip-preview", "--generate-code=false", "--suppress-progress")
_LOCKED: Final = re.compile(r"locked by \d+ lock")
_UNREACHABLE: Final = re.compile(
    r"no stack named|connection refused|no such host|unable to open bucket|incorrect passphrase"
    r"|no resource plugin|PULUMI_ACCESS_TOKEN",
    re.IGNORECASE,
)
_LINES: Final = 6
_QUOTED_AT_MOST: Final = 3
_LINE_TELLS: Final = 8
"""How long a line of a secret is that tells something by itself: an engine may indent them."""


class PulumiImports(StackImports):
    """The states of one platform's stacks, through the CLI of the PATH.

    Args:
        platform: the folder with Pulumi.yaml and the stack files.
    """

    def __init__(self, platform: Path) -> None:
        self._platform = platform

    def held(self, stack: StackName) -> tuple[Held, ...]:
        """Read an export; what only waits to be deleted is not held. Secrets in it are encrypted."""
        exported = json.loads(self._run(stack, "stack", "export"))
        return tuple(
            Held(
                urn=row["urn"],
                type=row["type"],
                id=row.get("id", ""),
                protected=row.get("protect", False),
                needs=frozenset(_needs(row)),
                texts={key: each for key, each in row.get("outputs", {}).items() if isinstance(each, str)},
            )
            for row in exported["deployment"].get("resources") or ()
            if not row.get("delete", False)
        )

    def take(self, stack: StackName, resources: Sequence[Taken]) -> None:
        """Hand an import file to `pulumi import`."""
        if resources:
            document = json.dumps(_import_file(resources))
            hidden = tuple(_hidden([[each.inputs, each.outputs] for each in resources]))
            self._run(stack, "import", "--file", "/dev/stdin", *_OPTIONS, given=document, hidden=hidden)

    def forget(self, stack: StackName, urns: Sequence[str]) -> None:
        """Unprotect and remove rows."""
        if urns:
            self._run(stack, "state", "delete", *urns, "--force", "--yes")

    def _run(
        self, stack: StackName, *arguments: str, given: str | None = None, hidden: Sequence[str] = ()
    ) -> str:
        command = ["pulumi", *arguments, "--stack", stack.value, "--non-interactive", "--color", "never"]
        try:
            ended = subprocess.run(
                command,
                input=given,
                stdin=subprocess.DEVNULL if given is None else None,
                env=self._environment(),
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            raise StackEngineError(
                f"the Pulumi CLI cannot be run: {error}", remedy="run `make setup`, or install Pulumi"
            ) from error
        if ended.returncode != 0:
            raise _failure(stack, arguments[0], _without(ended.stdout + ended.stderr, hidden))
        return ended.stdout

    def _environment(self) -> Mapping[str, str]:
        own = {"PULUMI_OPTION_CWD": str(self._platform), "PULUMI_SKIP_CHECKPOINTS": "true"}
        return {**os.environ, **own, "PULUMI_SKIP_UPDATE_CHECK": "true"}


def _needs(row: Mapping[str, Any]) -> Iterator[str]:
    """Name what a row's deletion has to come before (Pulumi's sdk/go/common/apitype, ResourceV3)."""
    yield from filter(None, (row.get("parent"), row.get("deletedWith")))
    yield from row.get("dependencies") or ()
    for urns in (row.get("propertyDependencies") or {}).values():
        yield from urns or ()


def _import_file(resources: Sequence[Taken]) -> dict[str, Any]:
    """Write the file: keys of its own, since two types may have one name; parents that are there by URN."""
    keys = {each.urn: f"taken-{number}" for number, each in enumerate(resources)}
    there = {each.parent for each in resources if each.parent and each.parent not in keys}
    table = {f"there-{number}": urn for number, urn in enumerate(sorted(there))}
    known = {**keys, **{urn: key for key, urn in table.items()}}
    return {"nameTable": table, "resources": [_entry(each, known) for each in resources]}


def _entry(taken: Taken, keys: Mapping[str, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": taken.type, "name": keys[taken.urn], "logicalName": taken.name}
    if taken.parent:
        entry["parent"] = keys[taken.parent]
    if not taken.id:
        return {**entry, "component": True}
    return {
        **entry,
        "id": taken.id,
        "version": taken.version,
        "inputs": _marked(taken.inputs),
        "outputs": _marked(taken.outputs),
    }


def _marked(value: Any) -> Any:
    """Write secrets as the engine reads them: it encrypts them."""
    match value:
        case Secret():
            return {_MARK: _IS_SECRET, "plaintext": json.dumps(value.value)}
        case dict():
            return {key: _marked(each) for key, each in value.items()}
        case list():
            return [_marked(each) for each in value]
        case _:
            return value


def _hidden(value: Any) -> Iterator[str]:
    """Find every text of every secret, so that no complaint of a provider repeats one."""
    match value:
        case Secret():
            yield from _texts(value.value)
        case dict():
            for each in value.values():
                yield from _hidden(each)
        case list():
            for each in value:
                yield from _hidden(each)
        case _:
            return


def _texts(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for each in value.values():
                yield from _texts(each)
        case list():
            for each in value:
                yield from _texts(each)
        case str() if value:
            yield value
            yield from (line for line in value.splitlines() if len(line) >= _LINE_TELLS)
        case _:
            return


def _without(said: str, hidden: Sequence[str]) -> str:
    """Take secrets out, also where they are quoted, or quoted within what is quoted."""
    forms = set(hidden)
    for _ in range(_QUOTED_AT_MOST):
        forms |= {json.dumps(each)[1:-1] for each in forms}
    for form in sorted(forms, key=len, reverse=True):
        said = said.replace(form, "[secret]")
    return said


def _failure(stack: StackName, verb: str, said: str) -> StackEngineError | ImportRefused:
    if _LOCKED.search(said):
        return StackLocked(
            f"stack {stack} is locked by another update",
            remedy=f"let it end; if it was killed, run pulumi cancel -s {stack}, then this again",
        )
    complaint = _complaint(said)
    if verb != "import" or _UNREACHABLE.search(said):
        return StackEngineError(
            f"Pulumi cannot work on stack {stack}: {complaint}",
            remedy="check the backend, its secrets provider and the servers, then run this again",
        )
    return ImportRefused(
        f"Pulumi does not take it into stack {stack}: {complaint}",
        remedy="correct that in Terraform, or leave it out of the layer; then propose and import again",
    )


def _complaint(said: str) -> str:
    found = [line.partition("error: ")[2].strip() for line in said.splitlines() if "error: " in line]
    return "; ".join(dict.fromkeys(found[:_LINES])) or " ".join(said.split("\n")[-_LINES:])
