"""`slipway cost` as a person and a program use it: figures, formats, exit codes, what a change costs."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Slipway
from tests.doubles.git_repository import GitRepository
from tests.doubles.workspace_folder import WorkspaceFolder

ROOT = Path(__file__).parents[2]


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepository:
    """A committed platform: the own stack files, and a workspace of three pipelines in `data`."""
    repository = GitRepository.begun(tmp_path / "platform")
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, repository.root)
    repository.replace("Pulumi.yaml", "default: examples/finedge", "default: data")
    WorkspaceFolder(repository.root / "data")
    repository.commit()
    monkeypatch.chdir(repository.root)
    monkeypatch.delenv("PULUMI_OPTION_CWD", raising=False)
    return repository


def _words(line: str) -> str:
    return " ".join(line.split())


@pytest.mark.usefixtures("platform")
def test_a_month_by_stack_component_and_driver(slipway: Slipway) -> None:
    """What rests on an assumption, and on which, is said beside the amount."""
    ended = slipway("cost", "-s", "prod")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0].startswith("prod: $")
    assert [line for line in lines if not line.startswith(" ") and line][1:] == lines[-3:]
    (nat,) = (line for line in lines if line.startswith("    NAT gateways"))
    assert _words(nat) == "NAT gateways $98.55 2,190 hours x $0.045"
    (data,) = (line for line in lines if line.startswith("    data through NAT"))
    assert _words(data) == "data through NAT gateways $9.00 200 GB x $0.045 * natGigabytes"
    assert "rests on assumptions (*): keys below `slipway:cost` in the stack files" in lines[-3]
    assert lines[-1].startswith("all stacks: $")
    assert lines[-1].endswith("of $18,000.00 a month")


@pytest.mark.usefixtures("platform")
def test_for_programs_every_amount_has_its_price_and_its_factors(slipway: Slipway) -> None:
    """Amounts are texts: a float would change them."""
    document = json.loads(slipway("cost", "-s", "dev", "-s", "shared", "--format", "json").out)
    assert {line["stack"] for line in document["lines"]} == {"shared", "dev"}
    assert (document["cap"], document["above_cap"]) == ("18000", False)
    (nat,) = (
        line for line in document["lines"] if (line["driver"], line["stack"]) == ("NAT gateways", "dev")
    )
    assert (nat["amount"], nat["quantity"], nat["component"]) == ("32.85", "730", "network")
    assert (nat["price"]["usd"], nat["price"]["sure"], nat["price"]["region"]) == (
        "0.045",
        "listed",
        "us-east-1",
    )
    assert nat["factors"] == [
        {"name": "slipway:natGateways", "value": "1", "where": "Pulumi.dev.yaml", "assumed": False}
    ]


@pytest.mark.usefixtures("platform")
def test_for_a_pull_request_a_table(slipway: Slipway) -> None:
    """One row a driver."""
    out = slipway("cost", "-s", "prod", "--format", "markdown").out
    row = "| prod | network | NAT gateways | 2,190 hours x $0.045 | 98.55 | slipway:natGateways = 3 |"
    assert row in out.splitlines()


def test_above_the_cap_it_exits_1_and_names_the_largest_drivers(
    slipway: Slipway, platform: GitRepository
) -> None:
    """The cap is of all stacks, whichever are shown."""
    platform.replace("Pulumi.shared.yaml", "monthlyCap: 18000", "monthlyCap: 3000")
    ended = slipway("cost", "-s", "dev")
    assert ended.code == 1
    verdict, drivers = ended.out.splitlines()[-2:]
    assert "above the cap of $3,000.00" in verdict
    assert drivers.startswith(
        "  largest drivers: shared source (seats on GitHub) $1,260.00, "
        "staging spark (vCPU of streaming queries) $1,229.30, "
    )


def test_limits_that_allow_more_than_the_cap_exit_1(slipway: Slipway, platform: GitRepository) -> None:
    """The estimate is within the cap and is shown; no budget would tell when a month is not."""
    platform.replace("Pulumi.prod.yaml", "monthlyBudget: 3560", "monthlyBudget: 9000")
    ended = slipway("cost", "-s", "dev")
    assert ended.code == 1
    assert ended.out.splitlines()[-1].endswith("of $18,000.00 a month")
    assert "error: a month at its limits costs $23," in ended.err
    assert "remedy: lower slipway:monthlyBudget or slipway:monthlyCredits" in ended.err


def test_a_change_of_one_setting_is_named_with_its_amount(slipway: Slipway, platform: GitRepository) -> None:
    """The folder against a revision, committed or not."""
    platform.replace("Pulumi.prod.yaml", "slipway:natGateways: 3", "slipway:natGateways: 1")
    ended = slipway("cost", "--diff", "HEAD")
    assert ended.code == 0
    assert ended.out.splitlines()[:-1] == [
        "prod network (NAT gateways): $98.55 -> $32.85 (-$65.70)",
        "  because slipway:natGateways 3 -> 1 (Pulumi.prod.yaml)",
        "prod network (addresses of NAT gateways): $10.95 -> $3.65 (-$7.30)",
        "  because slipway:natGateways 3 -> 1 (Pulumi.prod.yaml)",
        "-$73.00 a month against HEAD",
    ]
    document = json.loads(slipway("cost", "--diff", "HEAD", "--format", "json").out)
    assert [line["delta"] for line in document["lines"]] == ["-65.70", "-7.30"]
    assert document["lines"][0]["because"][0]["before"] == "3"
    table = slipway("cost", "--diff", "HEAD", "--format", "markdown").out.splitlines()
    because = "slipway:natGateways 3 -> 1 (Pulumi.prod.yaml)"
    assert f"| prod network (NAT gateways) | $98.55 -> $32.85 (-$65.70) | {because} |" in table


def test_a_pipeline_less_is_a_reason_too(slipway: Slipway, platform: GitRepository) -> None:
    """The catalog at the revision is read from git's objects."""
    revenue = platform.root / "data" / "catalog" / "revenue.yaml"
    revenue.unlink()
    data = platform.root / "data" / "slipway.yaml"
    document = yaml.safe_load(data.read_text(encoding="utf-8"))
    document.pop("consumers", None)
    data.write_text(yaml.safe_dump(document), encoding="utf-8")
    ended = slipway("cost", "--diff", "HEAD", "-s", "dev")
    assert ended.err == ""
    assert "  because pipelines 3 -> 2 (catalog)" in ended.out.splitlines()


@pytest.mark.usefixtures("platform")
def test_without_a_change_nothing_costs_anything_else(slipway: Slipway) -> None:
    """And the cap is still judged."""
    out = slipway("cost", "--diff", "HEAD").out.splitlines()
    assert out[0] == "nothing costs anything else than at HEAD"
    assert out[1].startswith("all stacks: $")


def test_a_revision_that_cannot_be_priced_is_left_as_it_is(slipway: Slipway, platform: GitRepository) -> None:
    """Nobody can add a setting to what is committed: the remedy is another revision."""
    platform.replace("Pulumi.prod.yaml", "slipway:natGateways: 3", "slipway:natGatewaysOfOld: 3")
    platform.commit("before the setting was there")
    platform.replace("Pulumi.prod.yaml", "slipway:natGatewaysOfOld: 3", "slipway:natGateways: 3")
    ended = slipway("cost", "--diff", "HEAD")
    assert (ended.code, ended.out) == (1, "")
    assert "Pulumi.prod.yaml at HEAD does not set 'slipway:natGateways'" in ended.err
    assert "remedy: HEAD stays as it is: compare with a later revision" in ended.err


def test_a_change_of_the_cap_is_told(slipway: Slipway, platform: GitRepository) -> None:
    """Whoever raises it is seen to."""
    platform.replace("Pulumi.shared.yaml", "monthlyCap: 18000", "monthlyCap: 20000")
    assert "the cap: $18,000.00 -> $20,000.00" in slipway("cost", "--diff", "HEAD").out.splitlines()


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("-s", "test"), 2, "'test' is not one of 'shared', 'dev', 'staging', 'prod'"),
        (("--diff", "yesterday"), 2, "yesterday"),
    ],
)
def test_a_word_that_is_none_is_refused(
    slipway: Slipway, words: tuple[str, ...], code: int, message: str
) -> None:
    """With one error and its remedy."""
    ended = slipway("cost", *words)
    assert (ended.code, ended.out) == (code, "")
    assert message in ended.err
    assert "remedy: " in ended.err


def test_a_region_that_has_no_prices_is_refused(slipway: Slipway, platform: GitRepository) -> None:
    """It names the item, the region and the table."""
    platform.replace("Pulumi.prod.yaml", "aws:region: us-east-1", "aws:region: eu-west-1")
    ended = slipway("cost")
    assert (ended.code, ended.out) == (1, "")
    assert "in eu-west-1, only in us-east-1" in ended.err
    assert "remedy: add it, with source and date, to slipway/observe/prices.toml" in ended.err


def test_a_stack_file_without_assumptions_is_refused(slipway: Slipway, platform: GitRepository) -> None:
    """An estimate of a part would look like one of the whole."""
    text = (platform.root / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    platform.write("Pulumi.dev.yaml", text.partition("  slipway:cost:")[0])
    ended = slipway("cost", "-s", "prod")
    assert ended.code == 1
    assert "Pulumi.dev.yaml" in ended.err
    assert "does not set 'slipway:cost'" in ended.err


def test_the_sandboxs_folder_of_links_leads_to_the_files_that_people_edit(
    slipway: Slipway, platform: GitRepository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its copies of the stack files lag behind an edit."""
    links = tmp_path / "project"
    links.mkdir()
    (links / "Pulumi.yaml").symlink_to(platform.root / "Pulumi.yaml")
    monkeypatch.setenv("PULUMI_OPTION_CWD", str(links))
    assert slipway("cost", "-s", "prod").out.startswith("prod: $")
