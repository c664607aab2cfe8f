"""`make demo`: four stacks come up on this machine, then one setting is changed, previewed and applied.

Every step is a command that a person can type, and is printed so before it runs (Pulumi gets `--json`
besides, for the counts). The output of a Pulumi command goes to `logs/demo-<n>.log` beside the sandbox's
folder (`.slipway/sandbox`, or what SLIPWAY_SANDBOX_HOME names), and its errors are shown when it fails. A
failed demo leaves the sandbox up, to be looked at. An interrupted demo ends the command that runs, then takes
the sandbox down, so that no process stays behind.

Exit codes: 0 the whole story was told; 3 a command failed; 130 interrupted by Ctrl-C (SIGINT); 143 ended by
SIGTERM; 129 the terminal was closed (SIGHUP).
"""

import sys
import time

from commands import CommandFailedError, Commands
from interrupts import Interrupted, Interrupts
from platform_story import HOME, STACKS, PlatformStory, title


def main() -> int:
    """Tell the story and return the exit code."""
    began = time.monotonic()
    interrupts = Interrupts()
    story = PlatformStory(Commands(interrupts, HOME.parent / "logs"))
    try:
        interrupts.install()
        tell(story)
    except Interrupted as interrupted:
        story.take_down()
        return interrupted.exit_code
    except CommandFailedError as failure:
        print(f"{failure}\nTo try again: make demo; to clean up: slipway sandbox down", file=sys.stderr)
        return 3
    finally:
        story.commands.end()
    print(f"\n{time.monotonic() - began:.0f} seconds. {_WHAT_NEXT}")
    return 0


def tell(story: PlatformStory) -> None:
    """Tell it from beginning to end."""
    title("1. A sandbox: AWS, GitHub, Snowflake and the Airflow of prod on this machine")
    story.begin_a_world("--airflow", "prod")
    title("2. Four stacks, with the real Pulumi engine and the baseline policy pack")
    for stack in STACKS:
        story.up(stack)
    title("3. What exists now, asked from the servers")
    story.commands.show("slipway", "sandbox", "inventory")
    title("4. One setting of dev changes: previewed, applied, and nothing left to do")
    story.commands.show("pulumi", "config", "set", "slipway:logRetentionDays", "30", "-s", "dev")
    story.preview("dev")
    story.up("dev")
    story.preview("dev")


_WHAT_NEXT = """What to look at:
  eval "$(.venv/bin/slipway sandbox env)"       points pulumi and aws at the sandbox
  pulumi stack -s prod                          every resource of prod
  pulumi preview -s dev --refresh --run-program drift: change something with the AWS CLI first
  slipway catalog graph --workspace examples/finedge   which pipeline feeds which
  slipway sandbox logs aws                      what the engine asked of AWS
To clean up:
  slipway sandbox down                          stops every server and forgets their data
  make clean                                    removes what setup installed as well"""

if __name__ == "__main__":
    sys.exit(main())
