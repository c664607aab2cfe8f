"""`slipway adopt` as a person and a program use it: sources, formats, messages, exit codes."""

import io
import json
import shutil
import sys
from pathlib import Path

import pytest

from slipway.adopt.baseline import as_export
from slipway.adopt.classification import Kind
from slipway.adopt.proposal import Proposal, read_proposal
from slipway.model.errors import ExitCode
from tests.cli.conftest import Slipway
from tests.doubles.terraform_states import ESTATE, a_resource, a_state, an_instance, of_type

SECRET = "hunter2-not-to-be-seen"
HIDDEN = "reading it back may not bring password: from the state"
TAINTED = "tainted: the next apply replaces it; apply, or `terraform untaint`, first"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state with a bucket, a tainted one, a password and a data source."""
    database = {"id": "db-1", "identifier": "ledger", "password": SECRET}
    path = tmp_path / "data.tfstate"
    path.write_bytes(
        a_state(
            a_resource(an_instance(index_key="a"), an_instance(index_key="b", status="tainted")),
            a_resource(mode="data", name="read"),
            a_resource(
                an_instance(
                    attributes=database, sensitive_attributes=[[{"type": "get_attr", "value": "password"}]]
                ),
                type="aws_db_instance",
                name="ledger",
                module="module.data",
            ),
        )
    )
    return path


def test_the_inventory_tells_layers_types_and_reasons(slipway: Slipway, state: Path) -> None:
    """A row for each layer, type, class and reason; then the numbers."""
    ended = slipway("adopt", "inventory", str(state))
    assert ended.code == ExitCode.OK
    rows = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert rows[0].startswith(
        f"{state}: lineage 5217f8f4-3f91-4905-cb9c-60ef3525a806, serial 7, written by 1.11.4"
    )
    assert rows[2:] == [
        "layer type instances what becomes of them why",
        f"module.data aws_db_instance 1 {Kind.WITH_OUTPUTS} {HIDDEN}",
        f"root aws_s3_bucket 1 {Kind.DROP} a data source: Terraform only reads it",
        f"root aws_s3_bucket 1 {Kind.AS_IS} the provider reads all of it by its import id",
        f"root aws_s3_bucket 1 {Kind.STAYS} {TAINTED}",
        "",
        "4 instances: 1 importable as is, 1 importable with outputs, 1 stays in Terraform, 1 drop, 0 unknown",
    ]


def test_the_inventory_is_data(slipway: Slipway, state: Path) -> None:
    """Every instance by itself, and the sums."""
    ended = slipway("adopt", "inventory", str(state), "--layer", "lake=aws_s3_bucket", "--format", "json")
    told = json.loads(ended.out)
    assert told["totals"] == {
        "importable as is": 1,
        "importable with outputs": 1,
        "stays in Terraform": 1,
        "drop": 1,
        "unknown": 0,
    }
    assert [(each["layer"], each["address"], each["becomes"]) for each in told["instances"]] == [
        ("lake", 'aws_s3_bucket.lake["a"]', Kind.AS_IS),
        ("lake", 'aws_s3_bucket.lake["b"]', Kind.STAYS),
        ("root", "data.aws_s3_bucket.read", Kind.DROP),
        ("module.data", "module.data.aws_db_instance.ledger", Kind.WITH_OUTPUTS),
    ]
    assert [(each["layer"], each["type"]) for each in told["types"]] == [
        ("lake", "aws_s3_bucket"),
        ("module.data", "aws_db_instance"),
        ("root", "aws_s3_bucket"),
    ]


@pytest.mark.parametrize("style", ["text", "json", "markdown"])
def test_no_secret_is_told(slipway: Slipway, state: Path, style: str) -> None:
    """Nor any other value."""
    ended = slipway("-v", "adopt", "inventory", str(state), "--format", style)
    assert SECRET not in ended.out + ended.err
    assert ended.out


def test_several_states_and_standard_input(
    slipway: Slipway, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are one estate; its numbers add up over all of them."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ESTATE.read_bytes())))
    other = state.with_name("other.tfstate")
    other.write_bytes(a_state(of_type("aws_kms_key", {"id": "k"}), lineage="other"))
    ended = slipway("adopt", "inventory", "-", str(other), "--format", "json")
    told = json.loads(ended.out)
    assert [each["source"] for each in told["states"]] == ["standard input", str(other)]
    assert sum(told["totals"].values()) == len(told["instances"]) == 94


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (a_state(a_resource())[:-9], 2, "was cut off: its JSON is broken in line 1"),
        (a_state(version=3), 2, "is a state of format 3; format 4 is read"),
        (b'{"encryption_version": "v0"}', 2, "is encrypted by OpenTofu"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_message(
    slipway: Slipway, tmp_path: Path, content: bytes, code: int, message: str
) -> None:
    """With the remedy, and nothing on stdout."""
    path = tmp_path / "bad.tfstate"
    path.write_bytes(content)
    ended = slipway("adopt", "inventory", str(path))
    error, remedy = ended.err.splitlines()
    assert (ended.code, ended.out) == (code, "")
    assert message in error
    assert remedy.startswith("  remedy: ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["s3://bucket"], "error: s3://bucket names no object"),
        (["-", "-"], "error: standard input is named twice"),
        (["no-such.tfstate"], "error: there is no file no-such.tfstate"),
    ],
)
def test_words_that_name_no_state(slipway: Slipway, words: list[str], message: str) -> None:
    """Nothing is read."""
    ended = slipway("adopt", "inventory", *words)
    assert (ended.code, ended.err.splitlines()[0]) == (ExitCode.USAGE, message)


def test_a_held_lock_is_waited_for(slipway: Slipway, state: Path) -> None:
    """Exit code 3: wait, and run it again."""
    state.with_name(".data.tfstate.lock.info").write_text('{"ID": "7f3c", "Who": "ana@laptop"}')
    ended = slipway("adopt", "inventory", str(state))
    assert ended.code == ExitCode.ENVIRONMENT
    assert f"{state} is locked by ana@laptop" in ended.err


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> None:
    """This checkout: its stack files say where stacks are."""
    monkeypatch.chdir(ESTATE.parents[3])
    monkeypatch.delenv("PULUMI_OPTION_CWD", raising=False)


@pytest.mark.usefixtures("platform")
def test_the_sample_estate_is_proposed(slipway: Slipway, tmp_path: Path) -> None:
    """Every resource of the layer by a URN of its own; no overlap that is not settled, no secret in clear."""
    layers = ("all=aws_*", "all=module.*", "all=terraform_data")
    words = [word for layer in layers for word in ("--layer", layer)]
    ended = slipway("adopt", "propose", str(ESTATE), "-s", "dev", *words, "--to", str(tmp_path))
    assert ended.code == ExitCode.OK
    written = (tmp_path / "all.proposal.json").read_bytes()
    found = read_proposal(written, "all.proposal.json")
    assert ended.out.splitlines()[:2] == [
        "all: 86 resources in 9 components, 2 with outputs, 2 secrets marked, 1 not adopted, 4 overlaps",
        f"  {tmp_path}/all.proposal.json, {found.digest}",
    ]
    urns = {each.urn for each in found.resources} | {each.urn for each in found.components}
    assert len(urns) == 86 + 9
    assert [note for each in found.resources for note in each.notes] == []
    assert b"not-a-real-key" not in written
    assert b"not-a-real-key" not in (ended.out + ended.err).encode()


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize("style", ["text", "json", "markdown"])
def test_what_has_two_owners_is_a_finding(slipway: Slipway, tmp_path: Path, style: str) -> None:
    """The file is written all the same: it says what is to be settled."""
    twice = tmp_path / "twice.tfstate"
    twice.write_bytes(a_state(a_resource(), a_resource(name="same")))
    to = tmp_path / "proposals"
    words = ("-s", "dev", "--layer", "lake=aws_s3_bucket.lake", "--to", str(to), "--format", style)
    ended = slipway("adopt", "propose", str(twice), *words)
    assert ended.code == ExitCode.FINDINGS
    assert "both are one object: have one of them forgotten in Terraform first" in ended.out
    assert read_proposal((to / "lake.proposal.json").read_bytes(), "lake").blocked


@pytest.mark.usefixtures("platform")
def test_what_pulumi_owns_is_a_finding(slipway: Slipway, tmp_path: Path) -> None:
    """An exported stack says so."""
    state, export = tmp_path / "data.tfstate", tmp_path / "dev.json"
    state.write_bytes(a_state(a_resource()))
    row = {"urn": "urn:pulumi:dev::x::aws:s3/bucket:Bucket::y", "type": "aws:s3/bucket:Bucket", "id": "lake"}
    export.write_text(json.dumps({"version": 3, "deployment": {"resources": [row]}}), encoding="utf-8")
    words = ("-s", "dev", "--layer", "lake=*", "--to", str(tmp_path), "--pulumi-state", str(export))
    ended = slipway("adopt", "propose", str(state), *words)
    assert ended.code == ExitCode.FINDINGS
    assert "TO SETTLE: aws_s3_bucket.lake and urn:pulumi:dev::x::aws:s3/bucket:Bucket::y" in ended.out


@pytest.mark.usefixtures("platform")
def test_a_proposal_needs_a_layer(slipway: Slipway, state: Path) -> None:
    """There is no layer of everything."""
    ended = slipway("adopt", "propose", str(state), "-s", "dev")
    assert (ended.code, ended.out) == (ExitCode.USAGE, "")
    assert ended.err.startswith("error: no layer is named\n")


@pytest.mark.usefixtures("platform")
def test_a_tainted_object_is_no_proposal(slipway: Slipway, state: Path, tmp_path: Path) -> None:
    """Nothing is written."""
    to = tmp_path / "proposals"
    ended = slipway("adopt", "propose", str(state), "-s", "dev", "--layer", "lake=*", "--to", str(to))
    assert (ended.code, ended.out) == (ExitCode.FINDINGS, "")
    assert "the layer lake takes aws_s3_bucket.lake[" in ended.err
    assert not to.exists()


@pytest.mark.usefixtures("platform")
def test_a_folder_that_cannot_be_written_is_named(slipway: Slipway, state: Path) -> None:
    """A file is in its place."""
    words = ("--layer", "data=module.data", "--to", str(state))
    ended = slipway("adopt", "propose", str(state), "-s", "dev", *words)
    assert ended.code == ExitCode.USAGE
    assert f"{state}/data.proposal.json cannot be written" in ended.err


@pytest.mark.usefixtures("platform")
def test_a_baseline_says_who_answers_for_it(slipway: Slipway, state: Path) -> None:
    """Half of that is none."""
    ended = slipway(
        "adopt", "propose", str(state), "-s", "dev", "--layer", "data=module.data", "--baseline-ticket", "A-1"
    )
    assert (ended.code, ended.out) == (ExitCode.USAGE, "")
    assert ended.err.startswith("error: a baseline needs a ticket and an approver\n")


@pytest.mark.integration
@pytest.mark.usefixtures("platform")
def test_the_layer_passes_the_production_policies_with_its_baselines(
    slipway: Slipway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every violation of today is on the record; one that is new still fails."""
    words = ("--layer", "all=aws_*", "--layer", "all=module.*", "--to", str(tmp_path))
    grounds = ("--baseline-ticket", "PLAT-7", "--baseline-approver", "ana.silva")
    assert slipway("adopt", "propose", str(ESTATE), "-s", "dev", *words, *grounds).code == ExitCode.OK
    root, platform = ESTATE.parents[3], tmp_path / "platform"
    shutil.copytree(root / "policies", platform / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(tmp_path / "all.waivers.yaml", platform / "policies" / "waivers.yaml")
    (platform / "slipway").symlink_to(root / "slipway")
    for file in root.glob("Pulumi*.yaml"):
        shutil.copy(file, platform)
    proposal = read_proposal((tmp_path / "all.proposal.json").read_bytes(), "all")
    monkeypatch.chdir(platform)
    assert _refused(slipway, tmp_path, proposal) == set()
    worse = proposal.resources[0].model_copy(update={"urn": f"{proposal.resources[0].urn}-new"})
    assert _refused(slipway, tmp_path, proposal.model_copy(update={"resources": (worse,)})) == {worse.urn}


def _refused(slipway: Slipway, folder: Path, proposal: Proposal) -> set[str]:
    """URNs of the layer that the production pack refuses."""
    state = folder / "layer.json"
    state.write_bytes(as_export(proposal))
    told = json.loads(slipway("policy", "check", "--state", str(state), "--format", "json").out)
    urns = {each.urn for each in proposal.resources}
    found = {each["urn"] for each in told["findings"] if not each["waiver"] and each["level"] == "mandatory"}
    return found & urns
