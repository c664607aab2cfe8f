"""Runs the Pulumi CLI through its Automation API, and tells its errors apart."""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from pulumi import automation

from slipway.adapters.pulumi.project import keep_settings, lay_out
from slipway.model.effects import Operation
from slipway.ports.stack_engine import (
    Program,
    ResourceChange,
    StackEngine,
    StackEngineError,
    StackLocked,
    UpdateRefused,
)

_OPERATIONS: Final = {
    "create": Operation.CREATE,
    "update": Operation.UPDATE,
    "replace": Operation.REPLACE,
    "create-replacement": Operation.REPLACE,
    "delete-replaced": Operation.REPLACE,
    "delete": Operation.DELETE,
}
"""Steps that change something; every other step (same, read, refresh) does not."""

_UNREACHABLE: Final = re.compile(
    r"connection refused|no such host|failed to load stack|unable to open bucket|could not get cloud url|"
    r"incorrect passphrase|no Pulumi CLI|PULUMI_ACCESS_TOKEN",
    re.IGNORECASE,
)
"""What the engine says when backend, secrets or plugins cannot be had; the rest is the program's."""

_LINES: Final = 12


class PulumiEngine(StackEngine):
    """Previews and updates the stacks of one platform.

    Args:
        platform: the folder with Pulumi.yaml and the stack files; read, and written to only when the engine
            encrypts a stack's first secret.
        policy_pack: folder of the pack that judges; None: none does.
    """

    def __init__(self, platform: Path, *, policy_pack: Path | None = None) -> None:
        self._platform = platform.resolve()
        self._packs = [] if policy_pack is None else [str(policy_pack.resolve())]

    def preview(self, program: Program) -> tuple[ResourceChange, ...]:
        """Say what an update would change."""
        seen = _Changes(lambda _: None)
        with self._stack(program) as stack:
            stack.preview(on_event=seen.take, policy_packs=self._packs, color="never")
        return seen.sorted

    def up(
        self, program: Program, *, on_change: Callable[[ResourceChange], None]
    ) -> tuple[ResourceChange, ...]:
        """Update the stack."""
        seen = _Changes(on_change)
        with self._stack(program) as stack:
            stack.up(on_event=seen.take, policy_packs=self._packs, color="never", suppress_outputs=True)
        return seen.sorted

    @contextmanager
    def _stack(self, program: Program) -> Iterator[automation.Stack]:
        with tempfile.TemporaryDirectory(prefix="slipway-program-") as name:
            folder = Path(name)
            lay_out(self._platform, program, folder)
            stack = _selected(program, folder)
            try:
                yield stack
            except automation.ConcurrentUpdateError as error:
                raise _locked(program, error) from error
            except automation.CommandError as error:
                raise _translated(program, error) from error
            finally:
                keep_settings(self._platform, program, folder)


def _selected(program: Program, folder: Path) -> automation.Stack:
    try:
        # A PULUMI_OPTION_CWD of this process would lead the engine to the platform's own project.
        place = {"PULUMI_OPTION_CWD": str(folder)}
        return automation.Stack.select(
            program.stack.value, automation.LocalWorkspace(work_dir=str(folder), env_vars=place)
        )
    except automation.StackNotFoundError as error:
        raise StackEngineError(
            f"the backend has no stack {program.stack}",
            remedy=f"pulumi up -s {program.stack} makes it; PULUMI_BACKEND_URL says where it is looked for",
        ) from error
    except automation.CommandError as error:
        raise _unusable(program, _complaint(str(error))) from error
    except OSError as error:
        raise StackEngineError(
            f"the Pulumi CLI cannot be run: {error}", remedy="run `make setup`, or install Pulumi"
        ) from error


class _Changes:
    """Collects the resources that differ, each once."""

    def __init__(self, on_change: Callable[[ResourceChange], None]) -> None:
        self._on_change = on_change
        self._seen: dict[str, ResourceChange] = {}

    def take(self, event: Any) -> None:
        """Look at an event of the engine."""
        before = event.resource_pre_event
        if (
            before is None
            or (operation := _OPERATIONS.get(str(getattr(before.metadata.op, "value", "")))) is None
        ):
            return
        urn = before.metadata.urn
        if urn not in self._seen:
            self._seen[urn] = ResourceChange(urn=urn, operation=operation)
            self._on_change(self._seen[urn])

    @property
    def sorted(self) -> tuple[ResourceChange, ...]:
        """Every change, by URN."""
        return tuple(sorted(self._seen.values()))


def _locked(program: Program, error: Exception) -> StackLocked:
    by = re.search(r"locked by \d+ lock\(s\)(.*?)(?:\n\s*\n|$)", str(error), re.DOTALL)
    return StackLocked(
        f"stack {program.stack} is locked by another update{': ' + ' '.join(by[1].split()) if by else ''}",
        remedy=f"let it end; if it was killed, run pulumi cancel -s {program.stack}, then this again",
    )


def _translated(program: Program, error: automation.CommandError) -> StackEngineError | UpdateRefused:
    said = _complaint(str(error))
    if _UNREACHABLE.search(said):
        return _unusable(program, said)
    return UpdateRefused(
        f"Pulumi refuses stack {program.stack}: {said}", remedy="correct the program or the catalogue entry"
    )


def _unusable(program: Program, said: str) -> StackEngineError:
    return StackEngineError(
        f"Pulumi cannot work on stack {program.stack}: {said}",
        remedy="check the backend, its secrets provider and the servers, then run this again",
    )


def _complaint(output: str) -> str:
    """The lines that say what is wrong, without the engine's progress."""
    lines = [line.strip() for line in output.splitlines()]
    telling = [line for line in lines if re.search(r"\berror\b|mandatory|violation", line, re.IGNORECASE)]
    return "; ".join(dict.fromkeys(telling[:_LINES])) or " ".join(lines[-_LINES:])
