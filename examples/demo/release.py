"""`make demo-release`: a good change ships to prod, a bad one is stopped, a rollback takes seconds.

It goes on from a sandbox with the four stacks and the Airflow of prod; where there is none, it brings one up
first. Every step is a command that a person can type, and is printed before it runs. What people do on GitHub
(propose, approve, merge) is done by its REST API, with a token of each.

Exit codes: as `make demo`.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

from commands import ROOT, CommandFailedError, Commands
from forge import Forge
from interrupts import Interrupted, Interrupts
from platform_story import HOME, STACKS, PlatformStory, explain, title

WORK = ROOT / ".slipway" / "demo-release"
WORKSPACE = "examples/finedge"
DATA = ROOT / "examples" / "demo" / "production_data.py"
OPERATOR = ROOT / "examples" / "demo" / "first_run.py"
DBT = ROOT / "toolchain" / "envs" / "dbt" / ".venv" / "bin" / "python"
MONTHLY = "dbt/models/marts/revenue/revenue_monthly.sql"
FEES = "dbt/models/marts/revenue/intermediate/int_fee_revenue.sql"
GOOD = {MONTHLY: ("'ZZ'", "'XX'"), "dags/revenue.py": ("sla=timedelta(hours=2)", "sla=timedelta(hours=3)")}
BAD = {FEES: ("'settlements.fee_amount * rates.rate'", "'100 * settlements.fee_amount * rates.rate'")}
"""Fees in cents where euros are meant: no test of the project and no contract sees it."""
AUTHOR, REVIEWER = "chloemartin", "benokafor"
DEPLOYER, APPROVER = "grace.kim", "henrik.olsen"


def main() -> int:
    """Tell the story and return the exit code."""
    interrupts = Interrupts()
    story = ReleaseStory(Commands(interrupts, HOME.parent / "logs"))
    try:
        interrupts.install()
        story.prepare()
        began = time.monotonic()
        story.tell()
    except Interrupted as interrupted:
        story.platform.take_down()
        return interrupted.exit_code
    except (CommandFailedError, subprocess.CalledProcessError, ValueError) as failure:
        print(
            f"{failure}\nTo try again: make demo-release; to clean up: slipway sandbox down", file=sys.stderr
        )
        return 3
    finally:
        story.platform.commands.end()
    print(f"\n{time.monotonic() - began:.0f} seconds. {_WHAT_NEXT}")
    return 0


class ReleaseStory:
    """The story.

    Attributes:
        platform: the sandbox and the stacks that it stands on.
    """

    def __init__(self, commands: Commands) -> None:
        self.platform = PlatformStory(commands)
        self._commands = commands

    def prepare(self) -> None:
        """Have a sandbox with four stacks, FinEdge's data, a repository, and what runs written down."""
        title("0. What must be there: four stacks, Airflow, payments, a repository")
        explain(_GROUND)
        if not (self.platform.join("airflow-prod") and self._is_untouched()):
            self.platform.begin_a_world("--airflow", "prod")
            for stack in STACKS:
                self.platform.up(stack)
        self._commands.show("slipway", "release", "pin")
        self._commands.show(str(DBT), str(DATA))
        self._begin_repository()
        for environment in ("dev", "staging", "prod"):
            self._slipway("release", "bootstrap", "-s", environment)
        self._commands.show(sys.executable, str(OPERATOR), "prod", "revenue")

    def _is_untouched(self) -> bool:
        """Whether nothing was ever released in the world that is up."""
        running = json.loads(self._commands.answer("slipway", "status", "--format", "json"))
        return all(each["version"] is None for each in running)

    def tell(self) -> None:
        """Tell it from the pull request to the auditor's question."""
        self._become(DEPLOYER)
        title("1. A pull request: revenue by country calls an unknown country XX")
        explain(_PULL_REQUEST)
        number = self._forge.propose(AUTHOR, "country", "Call an unknown country XX", GOOD)
        print(f"  {AUTHOR} opened #{number}", flush=True)
        self._slipway("check", "--base", "origin/main", "--record")
        release = self._merged(number)

        title("2. dev, staging, prod: each asks for the one below it, and for approvals")
        explain(_PROMOTION)
        self._slipway("deploy", release, "-s", "dev")
        for environment in ("staging", "prod"):
            self._approved(release, environment)
            self._slipway("deploy", release, "-s", environment)

        title("3. A bad change: fees in cents where euros are meant")
        explain(_BAD_CHANGE)
        number = self._forge.propose(AUTHOR, "cents", "Tidy fees up", BAD)
        print(f"  {AUTHOR} opened #{number}", flush=True)
        self._slipway("check", "--base", "origin/main", "--record", accept=(0, 1))
        bad = self._merged(number)
        self._slipway("deploy", bad, "-s", "dev", accept=(1,))

        title("4. prod goes back to what ran before the good change")
        explain(_ROLLBACK)
        began = time.monotonic()
        self._slipway("rollback", "revenue", "-s", "prod")
        print(f"  back in {time.monotonic() - began:.0f} seconds", flush=True)

        title("5. The auditor asks who changed the table, and who allowed it")
        explain(_AUDIT)
        self._slipway("audit", "trace", "MARTS.REVENUE")
        self._slipway("audit", "verify")
        self._slipway("status", "--pipeline", "revenue")

    def _begin_repository(self) -> None:
        """Put this checkout's workspace on the repository's main branch, as one reviewed pull request."""
        shutil.rmtree(WORK, ignore_errors=True)
        self._forge = Forge(self._commands.environment, WORK / "finedge-pipelines")
        listed = subprocess.run(
            ["git", "ls-files", WORKSPACE], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()
        files = {name.removeprefix(f"{WORKSPACE}/"): (ROOT / name).read_bytes() for name in listed}
        self._forge.begin(files, "gracekim-ops", REVIEWER)
        print(f"  the workspace is on the main branch of {WORK.name}'s repository", flush=True)

    def _merged(self, number: int) -> str:
        """Have it approved and merged, and built: the release's first digits."""
        self._forge.approve(REVIEWER, number)
        self._forge.merge(REVIEWER, number)
        print(f"  {REVIEWER} approved and merged #{number}", flush=True)
        built = json.loads(self._answer("build", "--format", "json"))
        release = str(built["release"]).removeprefix("sha256:")[:12]
        self._slipway("release", "show", release)
        return release

    def _approved(self, release: str, environment: str) -> None:
        """Have the effects explained and approved by somebody who had no hand in the change."""
        words = ("deploy", release, "-s", environment, "--explain", "--format", "json")
        explained = json.loads(self._answer(*words))
        command = explained["next"]["command"]
        print(f"  effects {explained['effects_digest']}\n  next: {command}", flush=True)
        deployer = self._commands.environment
        self._become(APPROVER)
        # The sandbox takes any six digits for a second factor.
        self._commands.show(*shlex.split(command.replace("CODE", "123456")), folder=self._folder)
        print(f"  and on as {DEPLOYER}", flush=True)
        self._commands.environment = deployer

    def _become(self, person: str) -> None:
        print(f'$ eval "$(slipway sandbox env --as {person})"', flush=True)
        self._commands.environment = self.platform.pointed_at_the_sandbox(person)

    def _slipway(self, *words: str, accept: tuple[int, ...] = (0,)) -> None:
        self._commands.show("slipway", *words, folder=self._folder, accept=accept)

    def _answer(self, *words: str) -> str:
        return self._commands.answer("slipway", *words, folder=self._folder, told=True)

    @property
    def _folder(self) -> Path:
        return self._forge.folder


_GROUND = (
    "Three environments, each with its own account and database, and what they share: artifacts, "
    "evidence, the ledger. `release bootstrap` writes down what runs in each, as an environment "
    "document: part by part, with the digest of its artifact. Releases replace entries of it."
)
_PULL_REQUEST = (
    "A data engineer changes two parts of one pipeline, a dbt model and the DAG. The impact says which "
    "checks the change needs; models are built and tested on zero-copy clones. What the checks found is "
    "evidence, bound to the very files. Merged, each changed part becomes an artifact, and a signed "
    "manifest names artifacts, evidence and pull request: that is the release."
)
_PROMOTION = (
    "Gates decide whether a release may enter an environment: its checks passed, the environment below "
    "is healthy, somebody approved. An approval is of this release, this environment and these effects, "
    "and counts only from a person who had no hand in the change. Then the stages: the new code builds "
    "candidates beside the tables, data audits compare them with contract and production, the swap "
    "publishes them, and the generation before is kept. prod has an Airflow: its writers are paused for "
    "the swap, it parses the new generation of the DAG, and one run is observed. The verdict is "
    "evidence too."
)
_BAD_CHANGE = (
    "It compiles, every test passes, no contract speaks against it: the checks let it through. Its "
    "candidate's control sums are compared with production's, and one is off by more than may be. The "
    "release is taken back before the swap: nobody has read a wrong row."
)
_ROLLBACK = (
    "The way back was known before the release went in: each effect has its reversibility. Writers are "
    "paused, kept generations are swapped back, the DAG's pointer goes back, and the environment "
    "document with them. No gate is asked: the approval of the release that is left covers it."
)
_AUDIT = (
    "Every check, approval, stage, verdict and refusal is an entry of the ledger: append-only, chained "
    "by hash, with a locked copy. The trace goes from the table to the releases that wrote it, to those "
    "who approved them, to the pull request. `audit verify` reads everything again: a changed byte "
    "would be found."
)
_WHAT_NEXT = """What to look at, in the people's clone of the repository (RELEASE is one of the above):
  source .venv/bin/activate
  eval "$(slipway sandbox env --as grace.kim)"
  cd .slipway/demo-release/finedge-pipelines
  slipway audit trace RELEASE            everything about one release: people, evidence, stages
  slipway gate explain RELEASE -s prod   what would keep it out now
  slipway deploy RELEASE -s prod --explain   the plan, before anything is touched
To clean up:
  slipway sandbox down                   stops every server and forgets their data"""

if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
