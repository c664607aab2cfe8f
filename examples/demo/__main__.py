"""`make demo`: four stacks come up on this machine, then one setting is changed, previewed and applied.

Every step is a command that a person can type; each is printed before it runs. The output of a command goes
to `.slipway/logs/demo-<n>.log`, and its end is shown when the command fails. An interrupted demo takes the
sandbox down again, so that no process stays behind.
"""

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOGS = ROOT / ".slipway" / "logs"
STACKS = ("shared", "dev", "staging", "prod")
PACK = "policies/packs/baseline"

_numbers = count(1)


class CommandFailedError(Exception):
    """A command of the demo ended with an exit code other than 0."""


def main() -> int:
    """Tell the story; 0 when every command succeeded."""
    began = time.monotonic()
    try:
        _tell()
    except KeyboardInterrupt:
        print("\ninterrupted: taking the sandbox down", flush=True)
        subprocess.run(["slipway", "sandbox", "down"], cwd=ROOT, check=False)
        return 130
    except CommandFailedError as failure:
        print(failure, file=sys.stderr)
        return 3
    print(f"\n{time.monotonic() - began:.0f} seconds. {_WHAT_NEXT}")
    return 0


def _tell() -> None:
    _title("1. A sandbox: AWS, GitHub and recorded Snowflake on this machine")
    _show(["slipway", "sandbox", "down"], os.environ)
    _show(["slipway", "sandbox", "up"], os.environ)
    world = _environment()
    _title("2. Four stacks, with the real Pulumi engine and the baseline policy pack")
    for stack in STACKS:
        _up(stack, world)
    _title("3. What exists now, asked from the servers")
    _show(["slipway", "sandbox", "inventory"], world)
    _title("4. One setting of dev changes: previewed, applied, and nothing left to do")
    _show(["pulumi", "config", "set", "slipway:logRetentionDays", "30", "-s", "dev"], world)
    _changes(["pulumi", "preview", "-s", "dev", "--policy-pack", PACK, "--json"], world)
    _up("dev", world)
    _changes(["pulumi", "preview", "-s", "dev", "--policy-pack", PACK, "--json"], world)


def _title(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def _environment() -> Mapping[str, str]:
    """Return this environment pointed at the sandbox, as `eval "$(slipway sandbox env)"` does it."""
    answer = subprocess.run(
        ["slipway", "sandbox", "env", "--format", "json"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    merged = {**os.environ, **json.loads(answer.stdout)}  # null: the variable is to be unset
    return {name: value for name, value in merged.items() if value is not None}


def _show(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run a command whose own output is the story."""
    print(f"$ {shlex.join(command)}", flush=True)
    ended = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if ended.returncode:
        raise CommandFailedError(f"'{shlex.join(command)}' ended with exit code {ended.returncode}")


def _up(stack: str, environment: Mapping[str, str]) -> None:
    """Apply a stack and count its resources while it runs."""
    began = time.monotonic()
    done: dict[str, int] = {}
    command = ["pulumi", "up", "-s", stack, "--yes", "--skip-preview", "--policy-pack", PACK]
    for event in _events([*command, "--json"], environment):
        operation = event.get("resOutputsEvent", {}).get("metadata", {}).get("op")
        if operation:
            done[operation] = done.get(operation, 0) + 1
            _progress(f"  {stack}: {sum(done.values())} resources")
    _progress(f"  {stack:<8} {_told(done)} in {time.monotonic() - began:.0f} s", final=True)


def _changes(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Preview and say what would change."""
    planned: dict[str, int] = {}
    for event in _events(command, environment):
        planned |= event.get("summaryEvent", {}).get("resourceChanges", {})
    print(f"  {_told(planned)}", flush=True)


def _told(operations: Mapping[str, int]) -> str:
    words = {"create": "created", "update": "updated", "delete": "deleted", "same": "unchanged"}
    parts = [f"{number} {words.get(name, name)}" for name, number in sorted(operations.items()) if number]
    return ", ".join(parts) or "nothing"


def _events(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[dict[str, dict[str, object]]]:
    """Run Pulumi and yield its engine's events; the whole output is kept in a log."""
    print(f"$ {shlex.join(each for each in command if each != '--json')}", flush=True)
    streaming = {**environment, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"}
    log = LOGS / f"demo-{next(_numbers)}.log"
    with _running(command, streaming, log) as process, log.open("a", encoding="utf-8") as kept:
        for line in process.stdout or ():
            kept.write(line)
            if line.startswith("{"):
                yield json.loads(line)


@contextmanager
def _running(
    command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator["subprocess.Popen[str]"]:
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("", encoding="utf-8")
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process
    if process.returncode:
        tail = "".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[-15:])
        raise CommandFailedError(f"{tail}\n'{shlex.join(command)}' failed; its whole output is in {log}")


def _progress(text: str, *, final: bool = False) -> None:
    """Rewrite one line on a terminal; elsewhere say only the end."""
    if sys.stdout.isatty():
        print(f"\r\033[K{text}", end="\n" if final else "", flush=True)
    elif final:
        print(text, flush=True)


_WHAT_NEXT = """What to look at:
  eval "$(.venv/bin/slipway sandbox env)"       points pulumi, aws and git at the sandbox
  pulumi stack -s prod                          every resource of prod
  pulumi preview -s dev --refresh               drift: change something with the AWS CLI first
  slipway catalog graph                         which pipeline feeds which
  slipway sandbox logs aws                      what the engine asked of AWS
To clean up:
  slipway sandbox down                          stops every server and forgets their data
  make clean                                    removes what setup installed as well"""

if __name__ == "__main__":
    sys.exit(main())
