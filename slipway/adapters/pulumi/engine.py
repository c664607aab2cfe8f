"""Runs the Pulumi CLI through its Automation API, and tells its errors apart."""

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from pulumi import automation

from slipway.adapters.pulumi.locks import locks_told
from slipway.adapters.pulumi.project import keep_settings, lay_out
from slipway.model.effects import Operation
from slipway.model.environment import StackName
from slipway.ports.stack_engine import (
    PoliciesRefuse,
    Program,
    ResourceChange,
    StackEngine,
    StackEngineError,
    StackLocked,
    StackStates,
    UpdateRefused,
    Violation,
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

_DENIED: Final = re.compile(
    r"access ?denied|is not authorized to|UnauthorizedOperation|insufficient privileges", re.IGNORECASE
)
"""How AWS and Snowflake say that somebody may not do what they try."""

_LINES: Final = 12

_PACK_DEPTH: Final = 2
"""How far below the folder of a platform a pack lies: policies/packs/<pack>."""

_MANDATORY: Final = "mandatory"
_ERROR: Final = "error"
_ENDED: Final = frozenset({"preview failed", "update failed"})
"""What the engine says at the end when a policy has refused something; other errors are no policy's."""
_COLOUR: Final = re.compile(r"<\{%.*?%\}>")
"""How the engine writes colours into what policies say."""

_PROVIDERS: Final = "::pulumi:providers:"
"""In the URN of a provider: its settings are those of whoever works, and no resource of the cloud."""

DOSSIER_RULE: Final = "approved-composition"
"""The rule of the packs that asks who approved; `policies.rules.approval` is where it is defined."""


class PulumiEngine(StackEngine, StackStates):
    """Previews and updates the stacks of one platform.

    Args:
        platform: the folder with Pulumi.yaml and the stack files; read, and written to only when the engine
            encrypts a stack's first secret.
        policy_pack: folder of the pack that judges; None: none does.
        own: asked before each run for variables with the credentials that do the work; None: this process's
            open the backend, and the role of the stack file does the work.
    """

    def __init__(
        self,
        platform: Path,
        *,
        policy_pack: Path | None = None,
        own: Callable[[], Mapping[str, str]] | None = None,
    ) -> None:
        self._platform = platform.resolve()
        # Not resolved: a pack believes the keys beside the folder that names it, which may be a link to it.
        self._packs = [] if policy_pack is None else [str(policy_pack.absolute())]
        # The rules of the folder that has the pack, and not those of whatever platform is installed here.
        rules = None if policy_pack is None else policy_pack.absolute().parents[_PACK_DEPTH]
        self._variables = {} if rules is None else {"PYTHONPATH": str(rules)}
        self._own = own

    def preview(self, program: Program) -> tuple[ResourceChange, ...]:
        """Say what an update would change."""
        seen = _Changes(lambda _: None)
        with self._stack(program, seen) as stack, self._configured(program) as configs:
            stack.preview(
                on_event=seen.take,
                policy_packs=self._packs,
                policy_pack_configs=configs,
                color="never",
                refresh=program.refresh,
            )
        return seen.sorted

    def up(
        self, program: Program, *, on_change: Callable[[ResourceChange], None]
    ) -> tuple[ResourceChange, ...]:
        """Update the stack; a lock that a process of this machine has left behind does not keep it."""
        try:
            return self._up(program, on_change)
        except _LeftBehind:
            _selected(program.stack, self._platform).cancel()
            return self._up(program, on_change)

    def _up(
        self, program: Program, on_change: Callable[[ResourceChange], None]
    ) -> tuple[ResourceChange, ...]:
        seen = _Changes(on_change)
        with self._stack(program, seen) as stack, self._configured(program) as configs:
            stack.up(
                on_event=seen.take,
                policy_packs=self._packs,
                policy_pack_configs=configs,
                color="never",
                refresh=program.refresh,
                suppress_outputs=True,
            )
        return seen.sorted

    def export(self, stack: StackName, to: Path) -> None:
        """Write the state of a stack into a file."""
        opened = _selected(stack, self._platform)
        try:
            state = opened.export_stack()
        except automation.CommandError as error:
            raise _unusable(stack, _complaint(str(error))) from error
        document = {"version": state.version, "deployment": state.deployment}
        to.write_text(json.dumps(document), encoding="utf-8")

    @contextmanager
    def _configured(self, program: Program) -> Iterator[list[str] | None]:
        """Write the pack's configuration, where there is something to say: which dossier, which program."""
        if not self._packs or program.dossier is None:
            yield None
            return
        with tempfile.TemporaryDirectory(prefix="slipway-policies-") as name:
            configuration = Path(name) / "config.json"
            told = {"dossier": str(program.dossier.resolve()), "program": str(self._platform)}
            configuration.write_text(json.dumps({DOSSIER_RULE: told}), encoding="utf-8")
            yield [str(configuration)]

    @contextmanager
    def _stack(self, program: Program, seen: "_Changes") -> Iterator[automation.Stack]:
        with tempfile.TemporaryDirectory(prefix="slipway-program-") as name:
            folder = Path(name)
            lay_out(self._platform, program, folder, as_itself=self._own is not None)
            own = {} if self._own is None else self._own()
            stack = _selected(program.stack, folder, {**self._variables, **own})
            try:
                yield stack
            except automation.ConcurrentUpdateError as error:
                raise _locked(program, error) from error
            except automation.CommandError as error:
                raise seen.refusal_of(program) or self._translated(program, error) from error
            finally:
                keep_settings(self._platform, program, folder)

    def _translated(
        self, program: Program, error: automation.CommandError
    ) -> StackEngineError | UpdateRefused:
        said = _complaint(str(error))
        if _UNREACHABLE.search(said):
            return _unusable(program.stack, said)
        remedy = "correct the program or the catalogue entry"
        if self._own is not None and _DENIED.search(said):
            remedy = (
                "a build changes what pipelines have, and nothing of the platform: somebody who works on "
                "that deploys this release, by the same command"
            )
        return UpdateRefused(f"Pulumi refuses stack {program.stack}: {said}", remedy=remedy)


def _selected(
    name: StackName, folder: Path, variables: Mapping[str, str] = MappingProxyType({})
) -> automation.Stack:
    try:
        # A PULUMI_OPTION_CWD of this process would lead the engine to the platform's own project.
        place = {"PULUMI_OPTION_CWD": str(folder), **variables}
        return automation.Stack.select(
            name.value, automation.LocalWorkspace(work_dir=str(folder), env_vars=place)
        )
    except automation.StackNotFoundError as error:
        raise StackEngineError(
            f"the backend has no stack {name}",
            remedy=f"pulumi up -s {name} makes it; PULUMI_BACKEND_URL says where it is looked for",
        ) from error
    except automation.CommandError as error:
        raise _unusable(name, _complaint(str(error))) from error
    except OSError as error:
        raise StackEngineError(
            f"the Pulumi CLI cannot be run: {error}", remedy="run `make setup`, or install Pulumi"
        ) from error


class _Changes:
    """Collects the resources that differ, each once, and what policies refuse."""

    def __init__(self, on_change: Callable[[ResourceChange], None]) -> None:
        self._on_change = on_change
        self._seen: dict[str, ResourceChange] = {}
        self._violations: dict[Violation, None] = {}
        self._fails = False

    def take(self, event: Any) -> None:
        """Look at an event of the engine."""
        judged = event.policy_event
        if judged is not None and judged.enforcement_level == _MANDATORY:
            said = _COLOUR.sub("", judged.message).strip().splitlines()[-1]
            found = Violation(rule=judged.policy_name, urn=judged.resource_urn or "", says=said)
            self._violations[found] = None
        told = event.diagnostic_event
        if told is not None and told.severity == _ERROR and told.message.strip() not in _ENDED:
            self._fails = True
        before = event.resource_pre_event
        if (
            before is None
            or (operation := _OPERATIONS.get(str(getattr(before.metadata.op, "value", "")))) is None
        ):
            return
        urn = before.metadata.urn
        if urn not in self._seen and _PROVIDERS not in urn:
            self._seen[urn] = ResourceChange(urn=urn, operation=operation)
            self._on_change(self._seen[urn])

    def refusal_of(self, program: Program) -> PoliciesRefuse | None:
        """What policies have refused, each with what to do about it; None where something else did."""
        if not self._violations or self._fails:
            return None
        said = dict.fromkeys(f"{each.rule}: {each.says}" for each in self._violations)
        return PoliciesRefuse(
            f"policies refuse stack {program.stack}: {'; '.join(list(said)[:_LINES])}",
            remedy="do what each of them says; slipway policy explain RULE tells why it is there",
            violations=tuple(self._violations),
            changes=self.sorted,
        )

    @property
    def sorted(self) -> tuple[ResourceChange, ...]:
        """Every change, by URN."""
        return tuple(sorted(self._seen.values()))


class _LeftBehind(StackLocked):
    """The processes of all locks have ended."""


def _locked(program: Program, error: Exception) -> StackLocked:
    locks = locks_told(str(error))
    by = " and ".join(map(str, locks)) or "another update"
    is_left_behind = bool(locks) and all(lock.is_left_behind for lock in locks)
    return (_LeftBehind if is_left_behind else StackLocked)(
        f"stack {program.stack} is locked by {by}",
        remedy=f"let it end; if it was killed, run pulumi cancel -s {program.stack}, then this again",
    )


def _unusable(stack: StackName, said: str) -> StackEngineError:
    return StackEngineError(
        f"Pulumi cannot work on stack {stack}: {said}",
        remedy="check the backend, its secrets provider and the servers, then run this again",
    )


def _complaint(output: str) -> str:
    """The lines that say what is wrong, without the engine's progress."""
    lines = [line.strip() for line in output.splitlines()]
    telling = [line for line in lines if re.search(r"\berror\b|mandatory|violation", line, re.IGNORECASE)]
    return "; ".join(dict.fromkeys(telling[:_LINES])) or " ".join(lines[-_LINES:])
