"""`make demo`: four stacks come up on this machine, then one setting is changed, previewed and applied.

Every step is a command that a person can type, and is printed so before it runs (Pulumi gets `--json`
besides, for the counts). The output of a Pulumi command goes to `logs/demo-<n>.log` beside the sandbox's
folder (`.slipway/sandbox`, or what SLIPWAY_SANDBOX_HOME names), and its errors are shown when it fails. A
failed demo leaves the sandbox up, to be looked at. An interrupted demo ends the command that runs, then takes
the sandbox down, so that no process stays behind.

Exit codes: 0 the whole story was told; 3 a command failed; 130 interrupted by Ctrl-C (SIGINT); 143 ended by
SIGTERM; 129 the terminal was closed (SIGHUP).
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from commands import ROOT, CommandFailedError, Commands
from interrupts import Interrupted, Interrupts

STACKS = ("shared", "dev", "staging", "prod")
PACK = ("--policy-pack", "policies/packs/baseline")
HOME = Path(os.environ.get("SLIPWAY_SANDBOX_HOME") or ROOT / ".slipway" / "sandbox")


def main() -> int:
    """Tell the story and return the exit code."""
    began = time.monotonic()
    interrupts = Interrupts()
    demo = Demo(Commands(interrupts, HOME.parent / "logs"))
    try:
        interrupts.install()
        demo.tell()
    except Interrupted as interrupted:
        demo.take_down()
        return interrupted.exit_code
    except CommandFailedError as failure:
        print(f"{failure}\nTo try again: make demo; to clean up: slipway sandbox down", file=sys.stderr)
        return 3
    finally:
        demo.commands.end()
    print(f"\n{time.monotonic() - began:.0f} seconds. {_WHAT_NEXT}")
    return 0


class Demo:
    """The story.

    Attributes:
        commands: runs what the story is made of.
        owns_sandbox: whether the sandbox is this demo's to take down.
    """

    def __init__(self, commands: Commands) -> None:
        self.commands = commands
        self.owns_sandbox = False

    def tell(self) -> None:
        """Tell it from beginning to end."""
        _title("1. A sandbox: AWS, GitHub and Snowflake on this machine")
        self._begin_a_world()
        _title("2. Four stacks, with the real Pulumi engine and the baseline policy pack")
        for stack in STACKS:
            self._up(stack)
        _title("3. What exists now, asked from the servers")
        self.commands.show("slipway", "sandbox", "inventory")
        _title("4. One setting of dev changes: previewed, applied, and nothing left to do")
        self.commands.show("pulumi", "config", "set", "slipway:logRetentionDays", "30", "-s", "dev")
        self._preview("dev")
        self._up("dev")
        self._preview("dev")

    def take_down(self) -> None:
        """End what runs, then the sandbox: a command must not lose its servers under its feet."""
        with suppress(OSError):  # the terminal may be gone
            print("\ninterrupted: ending what runs", flush=True)
        self.commands.end()
        if self.owns_sandbox:
            with suppress(OSError, CommandFailedError):
                self.commands.show("slipway", "sandbox", "down")

    def _begin_a_world(self) -> None:
        status = json.loads(
            self.commands.answer("slipway", "sandbox", "status", "--format", "json", accept=(0, 3))
        )
        if status["condition"] == "up":
            print("A sandbox is up already: its world ends now, and a fresh one begins.")
        self.owns_sandbox = True
        if status["condition"] == "up":
            self.commands.show("slipway", "sandbox", "down")
        self.commands.show("slipway", "sandbox", "up")
        print('$ eval "$(slipway sandbox env)"', flush=True)
        self.commands.environment = self._pointed_at_the_sandbox()

    def _pointed_at_the_sandbox(self) -> Mapping[str, str]:
        """Return this environment as `eval "$(slipway sandbox env)"` makes it."""
        own = json.loads(self.commands.answer("slipway", "sandbox", "env", "--format", "json"))
        merged = {**os.environ, **own}  # null: the variable is to be unset
        return {name: value for name, value in merged.items() if value is not None}

    def _up(self, stack: str) -> None:
        """Apply a stack and count its resources while it runs."""
        began = time.monotonic()
        done: dict[str, int] = {}
        for event in self.commands.events("pulumi", "up", "-s", stack, "--yes", "--skip-preview", *PACK):
            operation = event.get("resOutputsEvent", {}).get("metadata", {}).get("op")
            if operation:
                done[operation] = done.get(operation, 0) + 1
                _progress(f"  {stack}: {sum(done.values())} resources")
        _progress(f"  {stack:<8} {_told(done, _DONE)} in {time.monotonic() - began:.0f} s", final=True)

    def _preview(self, stack: str) -> None:
        """Say what would change."""
        planned: dict[str, int] = {}
        for event in self.commands.events("pulumi", "preview", "-s", stack, *PACK):
            planned |= event.get("summaryEvent", {}).get("resourceChanges", {})
        print(f"  {_told(planned, _PLANNED)}", flush=True)


def _title(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def _told(operations: Mapping[str, int], words: Mapping[str, str]) -> str:
    parts = [f"{number} {words.get(name, name)}" for name, number in sorted(operations.items()) if number]
    return ", ".join(parts) or "nothing"


def _progress(text: str, *, final: bool = False) -> None:
    """Rewrite one line on a terminal; elsewhere say only the end."""
    if sys.stdout.isatty():
        print(f"\r\033[K{text}", end="\n" if final else "", flush=True)
    elif final:
        print(text, flush=True)


_DONE = {"create": "created", "update": "updated", "delete": "deleted", "same": "unchanged"}
_PLANNED = {"create": "to create", "update": "to update", "delete": "to delete", "same": "unchanged"}
_WHAT_NEXT = """What to look at:
  eval "$(.venv/bin/slipway sandbox env)"       points pulumi and aws at the sandbox
  pulumi stack -s prod                          every resource of prod
  pulumi preview -s dev --refresh               drift: change something with the AWS CLI first
  slipway catalog graph --workspace examples/finedge   which pipeline feeds which
  slipway sandbox logs aws                      what the engine asked of AWS
To clean up:
  slipway sandbox down                          stops every server and forgets their data
  make clean                                    removes what setup installed as well"""

if __name__ == "__main__":
    sys.exit(main())
