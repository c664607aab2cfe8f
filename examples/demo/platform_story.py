"""A sandbox and the stacks in it, as the demos bring them up: each command is printed before it runs."""

import json
import os
import sys
import textwrap
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from commands import ROOT, CommandFailedError, Commands

STACKS = ("shared", "dev", "staging", "prod")
PACK = ("--policy-pack", "policies/packs/baseline")
HOME = Path(os.environ.get("SLIPWAY_SANDBOX_HOME") or ROOT / ".slipway" / "sandbox")


class PlatformStory:
    """The sandbox and its stacks.

    Attributes:
        commands: runs what the story is made of.
        owns_sandbox: whether the sandbox is this demo's to take down.
    """

    def __init__(self, commands: Commands) -> None:
        self.commands = commands
        self.owns_sandbox = False

    def take_down(self) -> None:
        """End what runs, then the sandbox: a command must not lose its servers under its feet."""
        with suppress(OSError):  # the terminal may be gone
            print("\ninterrupted: ending what runs", flush=True)
        self.commands.end()
        if self.owns_sandbox:
            with suppress(OSError, CommandFailedError):
                self.commands.show("slipway", "sandbox", "down")

    def begin_a_world(self, *flags: str) -> None:
        """Start a fresh sandbox; a world that is up ends.

        Args:
            flags: of `slipway sandbox up`.
        """
        self.commands.environment = os.environ  # what leads to a world that was up leads nowhere now
        if self._status()["condition"] == "up":
            print("A sandbox is up already: its world ends now, and a fresh one begins.")
            self.owns_sandbox = True
            self.commands.show("slipway", "sandbox", "down")
        self.owns_sandbox = True
        self.commands.show("slipway", "sandbox", "up", *flags)
        print('$ eval "$(slipway sandbox env)"', flush=True)
        self.commands.environment = self.pointed_at_the_sandbox()

    def join(self, server: str) -> bool:
        """Go on in the world that is up, if it has a server and every stack.

        Returns:
            Whether it has; else nothing was done.
        """
        status = self._status()
        if status["condition"] != "up" or server not in str(status):
            return False
        self.commands.environment = self.pointed_at_the_sandbox()
        listed = json.loads(self.commands.answer("pulumi", "stack", "ls", "--json"))
        return {each["name"] for each in listed if each.get("resourceCount")} >= set(STACKS)

    def _status(self) -> dict[str, object]:
        text = self.commands.answer("slipway", "sandbox", "status", "--format", "json", accept=(0, 3))
        status: dict[str, object] = json.loads(text)
        return status

    def pointed_at_the_sandbox(self, person: str | None = None) -> Mapping[str, str]:
        """Return this environment as `eval "$(slipway sandbox env)"` makes it, perhaps as somebody."""
        who = () if person is None else ("--as", person)
        own = json.loads(self.commands.answer("slipway", "sandbox", "env", *who, "--format", "json"))
        merged = {**os.environ, **own}  # null: the variable is to be unset
        return {name: value for name, value in merged.items() if value is not None}

    def up(self, stack: str) -> None:
        """Apply a stack and count its resources while it runs."""
        began = time.monotonic()
        done: dict[str, int] = {}
        for event in self.commands.events("pulumi", "up", "-s", stack, "--yes", "--skip-preview", *PACK):
            operation = event.get("resOutputsEvent", {}).get("metadata", {}).get("op")
            if operation:
                done[operation] = done.get(operation, 0) + 1
                _progress(f"  {stack}: {sum(done.values())} resources")
        _progress(f"  {stack:<8} {_told(done, _DONE)} in {time.monotonic() - began:.0f} s", final=True)

    def preview(self, stack: str) -> None:
        """Say what would change."""
        planned: dict[str, int] = {}
        for event in self.commands.events("pulumi", "preview", "-s", stack, *PACK):
            planned |= event.get("summaryEvent", {}).get("resourceChanges", {})
        print(f"  {_told(planned, _PLANNED)}", flush=True)


def title(text: str) -> None:
    """Begin a chapter."""
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def explain(text: str) -> None:
    """Say what a chapter shows, before its commands do."""
    print(f"{textwrap.fill(text, 100)}\n", flush=True)


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
