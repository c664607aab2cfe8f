"""The sample estate becomes Pulumi's, and Terraform's again, on a sandbox with the real Pulumi CLI."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from slipway.cli.estate import read_estate
from slipway.model.errors import ExitCode
from slipway.model.subjects import EVIDENCE, LEDGER, LEDGER_INDEX
from tests.doubles.terraform_states import ESTATE
from tests.integration.adopting_project import BASELINES, exempt, give_own_folders
from tests.integration.aws.tables import make_table
from tests.integration.running_sandbox import RunningSandbox, running_sandbox

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
SECRET = "not-a-real-key"
STACK = "shared"  # the one that needs no other to be up
REST = (
    "aws_cloudwatch_*",
    "aws_codebuild_*",
    "aws_dynamodb_*",
    "aws_ecr_*",
    "aws_glue_*",
    "aws_iam_*",
    "aws_kms_*",
    "aws_route_*",
    "aws_s3_bucket_*",
    "aws_secretsmanager_*",
    "aws_security_group*",
    "aws_ssm_*",
    "aws_subnet",
    "aws_vpc*",
    "module.*",
)
"""All of the estate but its buckets, and the topics of another test."""
PROVEN_BUT_FOR_A_LOOK = {
    "owned": "proven",
    "preview": "proven",
    "refresh": "not proven",
    "terraform": "not proven",
}
_TIME_LIMIT_SECONDS = 600
_LOOK_SECONDS = 0.05
_TERRAFORM = ("--state", str(ESTATE), "--terraform", str(ESTATE.parent))  # where no provider is installed


class Estate:
    """The commands of `slipway adopt`, for the estate's state, in a sandbox of its own.

    Args:
        sandbox: running.
        folder: of proposals and proofs.
    """

    def __init__(self, sandbox: RunningSandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder

    def adopt(self, *words: str, code: ExitCode = ExitCode.OK) -> str:
        """Run a command, require how it ends, and return all that it wrote."""
        ended = subprocess.run(
            ["slipway", "-v", "adopt", *words],
            env=self.sandbox.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIME_LIMIT_SECONDS,
        )
        assert ended.returncode == code, f"{words}:\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout + ended.stderr

    def seed(self) -> None:
        """Make the cloud have what the state says."""
        words = ["slipway", "sandbox", "seed", "--state", str(ESTATE), "-s", STACK, "--format", "json"]
        ended = subprocess.run(
            words,
            env=self.sandbox.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIME_LIMIT_SECONDS,
        )
        assert ended.returncode == ExitCode.OK, ended.stderr
        self.seeded: dict[str, Any] = json.loads(ended.stdout)
        assert SECRET not in ended.stdout + ended.stderr

    def propose(self, *patterns: str) -> str:
        """Write proposals, and what the production policies refuse of them today."""
        words = [word for pattern in patterns for word in ("--layer", pattern)]
        written = ("--to", str(self.folder), *BASELINES)
        return self.adopt("propose", str(ESTATE), "-s", STACK, *words, *written)

    @property
    def project(self) -> Path:
        """The folder of the program."""
        return self.sandbox.home / "project"

    def exempt(self, *layers: str) -> None:
        """Have the policies exempt what the proposals of layers say, and nothing else."""
        exempt(self.project, [self.folder / f"{each}.waivers.yaml" for each in layers])

    def importing(self, layer: str) -> tuple[str, ...]:
        """The words that import a layer."""
        return ("import", str(self.folder / f"{layer}.proposal.json"), "-s", STACK)

    def verify(self, layer: str, *words: str, code: ExitCode) -> dict[str, str]:
        """Verify, and return the result of each side as the proof's file has it."""
        self.adopt("verify", "-s", STACK, "--layer", layer, "--to", str(self.folder), *words, code=code)
        written = json.loads((self.folder / f"{layer}.proof.json").read_bytes())
        return {each["side"]: each["result"] for each in written["proof"]["findings"]}

    def status(self, state: Path, code: ExitCode = ExitCode.OK) -> dict[str, Any]:
        """Whose everything is."""
        written = self.adopt("status", "--state", str(state), "--format", "json", code=code)
        found: dict[str, Any] = json.JSONDecoder().raw_decode(written)[0]
        return found

    def held(self) -> list[dict[str, Any]]:
        """What the stack's state has."""
        exported = json.loads(self.sandbox.expect("stack", "export", "-s", STACK))
        return list(exported["deployment"]["resources"])


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """A sandbox of this file's own: what is adopted is protected, and would be in the way of others."""
    folder = tmp_path_factory.mktemp("adopt")
    with running_sandbox(folder / "home", project=ROOT) as sandbox:
        _make_ledger(sandbox)
        found = Estate(sandbox, folder / "review")
        found.seed()
        give_own_folders(found.project, ROOT)
        yield found


def test_a_layer_is_adopted_and_proven_against_the_cloud(estate: Estate) -> None:
    """Its objects exist, on a server: neither a preview nor one after a look at them changes anything.

    The production policies let it in with the baselines that its proposal has written, and not without.
    """
    buckets = [row for row in estate.seeded["objects"] if row["address"].startswith("aws_s3_bucket.zone[")]
    assert [(row["place"], row["why"]) for row in buckets] == [("server", "")] * 4
    estate.propose("lake=aws_s3_bucket.zone")
    told = estate.adopt(*estate.importing("lake"), code=ExitCode.FINDINGS)
    assert "the production policies refuse urn:pulumi:shared::" in told
    estate.exempt("lake")
    told = estate.adopt(*estate.importing("lake"))
    assert "4 resources in 1 component imported into shared, protected" in told
    assert estate.verify("lake", *_TERRAFORM, code=ExitCode.PARTIAL) == {
        "owned": "proven",
        "preview": "proven",
        "refresh": "proven",
        "terraform": "not proven",
    }


def test_a_new_violation_of_the_layer_is_refused(estate: Estate) -> None:
    """Its baselines are of rules that it violated when it was adopted, and of no other."""
    path = estate.project / "adopted" / "lake.json"
    was = path.read_text(encoding="utf-8")
    changed = json.loads(was)
    (bucket,) = (each for each in changed["resources"] if each["name"] == "lake/zone[curated]")
    bucket["arguments"]["acl"] = "public-read"
    path.write_text(json.dumps(changed), encoding="utf-8")
    told = estate.adopt(
        *("verify", "-s", STACK, "--layer", "lake", "--to", str(estate.folder)),
        *("--no-refresh", "--no-record"),
        code=ExitCode.FINDINGS,
    )
    (refused,) = (line.split("::")[-1] for line in told.splitlines() if ": policy " in line)
    assert refused.startswith("lake/zone[curated]: policy public-acl: ")
    assert "has the ACL public-read" in refused
    path.write_text(was, encoding="utf-8")


def test_terraform_forgets_the_layer_and_has_it_again(estate: Estate, tmp_path: Path) -> None:
    """Released when its state shows that, handed back when it has all of it; the buckets stay."""
    buckets = len(estate.sandbox.aws("s3", STACK).list_buckets()["Buckets"])
    words = ("-s", STACK, "--layer", "lake", "--to", str(estate.folder))
    told = estate.adopt("release", *words, *_TERRAFORM, code=ExitCode.PARTIAL)
    assert "Terraform has 4 of 4 resources; to forget" in told
    assert "from = aws_s3_bucket.zone\n" in (estate.folder / "lake.removed.tf").read_text("utf-8")
    forgotten = _without_zones(tmp_path)
    assert "the layer is Pulumi's alone" in estate.adopt("release", *words, "--state", str(forgotten))
    status = estate.status(ESTATE, ExitCode.FINDINGS)  # a state in which Terraform has it again
    assert (status["totals"]["pulumi"], len(status["two_owners"])) == (4, 4)
    told = estate.adopt("handback", *words, "--state", str(forgotten), code=ExitCode.PARTIAL)
    assert "Terraform lacks 4 of 4 resources" in told
    assert (estate.folder / "lake.imports.tf").read_text(encoding="utf-8").count("import {") == 4
    told = estate.adopt("handback", *words, *_TERRAFORM, code=ExitCode.PARTIAL)
    assert "4 resources handed back to Terraform" in told
    assert "owned: proven" in told
    assert "preview: proven" in told
    assert [row["urn"] for row in estate.held() if "slipway:adopted:" in row["urn"]] == []
    assert len(estate.sandbox.aws("s3", STACK).list_buckets()["Buckets"]) == buckets
    assert estate.status(ESTATE)["totals"]["handed back"] == 4


def test_the_rest_is_adopted_though_the_first_import_was_killed(estate: Estate) -> None:
    """The lock that the engine left is told, then the same command goes on; no secret is in clear."""
    estate.propose(*(f"rest={pattern}" for pattern in REST))
    estate.exempt("rest")
    _kill_while_it_holds_the_lock(estate, *estate.importing("rest"))
    told = estate.adopt(*estate.importing("rest"), code=ExitCode.ENVIRONMENT)
    assert "stack shared is locked by another update" in told
    estate.sandbox.expect("cancel", STACK, "--yes")
    told += estate.adopt(*estate.importing("rest"))
    assert estate.verify("rest", "--no-refresh", code=ExitCode.PARTIAL) == PROVEN_BUT_FOR_A_LOOK
    assert all(row.get("protect") for row in estate.held() if "slipway:adopted:" in row["urn"])
    places = (estate.folder, estate.sandbox.home / "state", estate.project / "adopted")
    written = [path for place in places for path in place.rglob("*")]
    contents = [path.read_bytes() for path in written if path.is_file()]
    assert len(contents) > 6
    assert [content for content in [told.encode(), *contents] if SECRET.encode() in content] == []


def test_modules_become_components_and_nothing_changes(estate: Estate) -> None:
    """By former names and, after an update, by new ones, also after a look at the cloud; gates pass."""
    project = estate.project
    wrap = ("wrap", "-s", STACK, "--layer", "rest")
    printed = estate.adopt(*wrap, "--dry-run")
    program = project / "stacks" / "layers" / "rest.py"
    assert not program.exists()
    assert "rest: wrapped: " in estate.adopt(*wrap)
    for path in (*(project / "components" / "adopted" / "rest").glob("*.py"), program):
        assert path.read_text(encoding="utf-8") in printed
    assert SECRET not in printed
    _gates(project, "components/adopted", "stacks/layers")
    assert "wrapped already" in estate.adopt(*wrap)
    rows = json.loads((project / "adopted" / "rest.json").read_bytes())
    named = {key: {row[key] for row in (*rows["components"], *rows["resources"])} for key in ("was", "urn")}
    held = {row["urn"] for row in estate.held()}
    assert (named["was"] - held, named["urn"] & held) == (set(), set())
    own = f"urn:pulumi:{STACK}::slipway::slipway:rest:**"
    estate.sandbox.expect("up", "-s", STACK, "--target", own, "--skip-preview", "--yes")
    assert estate.verify("rest", code=ExitCode.PARTIAL) == {**PROVEN_BUT_FOR_A_LOOK, "refresh": "proven"}
    held = {row["urn"] for row in estate.held()}
    assert (named["urn"] - held, named["was"] & held) == (set(), set())


def test_a_state_that_went_on_is_refused(estate: Estate, tmp_path: Path) -> None:
    """By one message, and both states are as before."""
    estate.propose("topics=aws_sns_*")
    state = json.loads(ESTATE.read_bytes())
    later = tmp_path / "later.tfstate"
    later.write_text(json.dumps({**state, "serial": state["serial"] + 1}), encoding="utf-8")
    before = estate.held()
    words = (*estate.importing("topics"), "--state", str(later))
    assert "was changed since the proposal" in estate.adopt(*words, code=ExitCode.FINDINGS)
    assert estate.held() == before


def _make_ledger(sandbox: RunningSandbox) -> None:
    """Make what the shared stack has for it: tables and a bucket, by its names."""
    naming = read_estate(sandbox.home / "project").shared.naming
    dynamodb = sandbox.aws("dynamodb", STACK)
    make_table(dynamodb, naming.table(LEDGER), "chain", ("sequence", "N"))
    make_table(dynamodb, naming.table(LEDGER_INDEX), "subject", ("position", "S"))
    bucket = naming.bucket(EVIDENCE)
    sandbox.aws("s3", STACK).create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)


def _without_zones(folder: Path) -> Path:
    """Write the state as Terraform leaves it that has forgotten the buckets."""
    state = json.loads(ESTATE.read_bytes())
    left = [each for each in state["resources"] if (each["type"], each["name"]) != ("aws_s3_bucket", "zone")]
    path = folder / "forgotten.tfstate"
    document = {**state, "serial": state["serial"] + 1, "resources": left}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def _gates(project: Path, *folders: str) -> None:
    for gate in (("ruff", "check", "--no-cache"), ("ruff", "format", "--check", "--no-cache"), ("mypy",)):
        ended = subprocess.run(
            [*gate, *folders],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIME_LIMIT_SECONDS,
        )
        assert ended.returncode == 0, f"{gate}:\n{ended.stdout}\n{ended.stderr}"


def _kill_while_it_holds_the_lock(estate: Estate, *words: str) -> None:
    locks = estate.sandbox.home / "state" / ".pulumi" / "locks"
    process = subprocess.Popen(
        ["slipway", "adopt", *words],
        env=estate.sandbox.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not any(path.is_file() for path in locks.rglob("*.json")):
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"it ended with {process.wait(_LOOK_SECONDS)} before it had locked the stack")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
