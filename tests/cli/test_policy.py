"""`slipway policy` as a person and a program use it: rules, verdicts in four formats, waivers, exit codes."""

import json
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
import yaml

from policies.rules.tagging import REQUIRED_TAGS_RULE
from tests.cli.conftest import Ended, Slipway
from tests.doubles.entries import PLATFORM_TAGS

pytestmark = pytest.mark.integration  # each asks the policies in a process of their own

ROOT = Path(__file__).parents[2]
TYPE = "aws:sns/topic:Topic"
BAD, GOOD = (f"urn:pulumi:prod::slipway::{TYPE}::{name}" for name in ("bad", "good"))
WAIVER = {
    "rule": "required-tags",
    "urn": BAD,
    "reason": "It is replaced this quarter.",
    "ticket": "PLAT-7",
    "approver": "ana.silva",
    "expires": (datetime.now(UTC).date() + timedelta(days=30)).isoformat(),
}


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A platform with policies of its own to change, and two states."""
    folder = tmp_path / "platform"
    shutil.copytree(ROOT / "policies", folder / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "slipway").symlink_to(ROOT / "slipway")
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, folder)
    _state(folder / "bad.json", {BAD: {}, GOOD: {"tags": PLATFORM_TAGS.as_aws()}})
    _state(folder / "good.json", {GOOD: {"tags": PLATFORM_TAGS.as_aws()}})
    only_tags = {"all": "disabled", "required-tags": "mandatory"}
    (folder / "tags.json").write_text(json.dumps(only_tags), encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("PULUMI_OPTION_CWD", raising=False)
    return folder


def _state(path: Path, resources: Mapping[str, Mapping[str, Any]]) -> None:
    rows = [{"urn": urn, "type": TYPE, "custom": True, "inputs": inputs} for urn, inputs in resources.items()]
    path.write_text(json.dumps({"version": 3, "deployment": {"resources": rows}}), encoding="utf-8")


def _waive(platform: Path, **kinds: Any) -> None:
    (platform / "policies" / "waivers.yaml").write_text(yaml.safe_dump(kinds), encoding="utf-8")


def _check(slipway: Slipway, state: str, *more: str) -> Ended:
    return slipway("policy", "check", "--state", state, "--config", "tags.json", *more)


@pytest.mark.usefixtures("platform")
def test_every_rule_is_listed_with_its_level_and_why(slipway: Slipway) -> None:
    """And the digest of what decides."""
    ended = slipway("policy", "list")
    assert ended.code == 0
    (line,) = (each for each in ended.out.splitlines() if each.startswith("required-tags"))
    assert line.split()[1:3] == ["mandatory", "medium"]
    assert " rules of production, sha256:" in ended.out
    assert "| `" not in slipway("policy", "list", "--format", "markdown").out
    listed = json.loads(slipway("policy", "list", "--format", "json", "--pack", "baseline").out)
    assert listed["pack"] == "baseline"
    assert "required-tags" in [each["id"] for each in listed["rules"]]


@pytest.mark.usefixtures("platform")
def test_a_rule_explains_itself(slipway: Slipway) -> None:
    """What a person needs when a preview was refused."""
    told = slipway("policy", "explain", "required-tags").out
    assert "required-tags: A resource without an owner" in told
    assert "remedy: Give the component Tags" in told
    assert "severity medium, mandatory in production, serves SOX ITGC, FinOps" in told
    assert "more types" in told


@pytest.mark.usefixtures("platform")
def test_a_rule_that_there_is_not(slipway: Slipway) -> None:
    """Exit code 2: the command was called wrongly."""
    ended = slipway("policy", "explain", "no-such")
    assert ended.code == 2
    assert "there is no rule no-such" in ended.err
    assert "remedy: slipway policy list" in ended.err
    misspelt = slipway("policy", "explain", "key-rotaton").err
    assert "remedy: did you mean key-rotation? slipway policy list" in misspelt


@pytest.mark.usefixtures("platform")
def test_a_stack_that_complies_passes(slipway: Slipway) -> None:
    """With what was judged."""
    ended = _check(slipway, "good.json")
    assert (ended.code, ended.out) == (
        0,
        "passed: 1 rules of production on 1 resources: 0 violations, 0 advised, 0 waived, 0 undecided\n",
    )


@pytest.mark.usefixtures("platform")
def test_a_violation_names_rule_resource_and_remedy(slipway: Slipway) -> None:
    """Exit code 1."""
    ended = _check(slipway, "bad.json")
    assert ended.code == 1
    lines = ended.out.splitlines()
    assert lines[0].startswith(f"mandatory: {TYPE} 'bad' lacks the tags Owner,")
    assert lines[0].endswith("[required-tags]")
    assert lines[1:3] == [
        f"  {BAD}",
        f"  remedy: {REQUIRED_TAGS_RULE.remedy}",
    ]
    assert lines[3].startswith("NOT passed: 1 rules of production on 2 resources: 1 violations")


def test_what_is_advised_stops_nothing(platform: Path, slipway: Slipway) -> None:
    """The configuration is Pulumi's own."""
    (platform / "tags.json").write_text('{"all": "disabled", "required-tags": "advisory"}', encoding="utf-8")
    ended = _check(slipway, "bad.json")
    assert ended.code == 0
    assert ended.out.startswith("advisory: ")


@pytest.mark.usefixtures("platform")
def test_for_programs(slipway: Slipway) -> None:
    """JSON on stdout, SARIF, JUnit and evidence in files."""
    written = ("--sarif", "p.sarif", "--junit", "p.xml", "--evidence", "p.json", "--format", "json")
    ended = _check(slipway, "bad.json", *written)
    told = json.loads(ended.out)
    assert (told["passed"], told["findings"][0]["urn"]) == (False, BAD)
    (run,) = json.loads(Path("p.sarif").read_text(encoding="utf-8"))["runs"]
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("required-tags", "error")
    (location,) = result["locations"]
    assert location["logicalLocations"][0]["fullyQualifiedName"] == BAD
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "Pulumi.prod.yaml"
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    evidence = json.loads(Path("p.json").read_text(encoding="utf-8"))
    assert evidence["stacks"] == ["prod"]
    assert datetime.now(UTC).date() - date.fromisoformat(evidence["day"]) <= timedelta(days=1)
    suite = fromstring(Path("p.xml").read_bytes())  # noqa: S314 - we wrote it
    assert dict(suite.items()) | {"name": ""} == {"name": "", "tests": "1", "failures": "1", "errors": "0"}
    assert json.loads(Path("p.json").read_text(encoding="utf-8"))["digest"] == told["digest"]


@pytest.mark.usefixtures("platform")
def test_a_build_server_sees_that_something_was_judged(slipway: Slipway) -> None:
    """A report without a case looks like nothing ran."""
    assert _check(slipway, "good.json", "--junit", "p.xml").code == 0
    suite = fromstring(Path("p.xml").read_bytes())  # noqa: S314 - we wrote it
    assert suite.get("tests") == "1"
    assert suite.find("testcase/system-out") is not None


def test_a_waived_violation_is_told_as_waived(platform: Path, slipway: Slipway) -> None:
    """Who, why and until when; in SARIF it is suppressed."""
    _waive(platform, waivers=[WAIVER])
    ended = _check(slipway, "bad.json", "--sarif", "p.sarif")
    assert ended.code == 0
    assert ended.out.startswith("waived: ")
    assert f"until {WAIVER['expires']} by ana.silva (PLAT-7)" in ended.out
    (run,) = json.loads(Path("p.sarif").read_text(encoding="utf-8"))["runs"]
    assert run["results"][0]["suppressions"][0]["justification"].startswith("It is replaced this quarter.")


def test_a_waiver_that_exempts_nothing_fails_the_check(platform: Path, slipway: Slipway) -> None:
    """It would cover the next mistake."""
    _waive(platform, waivers=[WAIVER])
    ended = _check(slipway, "good.json", "--junit", "p.xml", "--sarif", "p.sarif")
    assert ended.code == 1
    assert ended.out.startswith("mandatory: the waiver of required-tags for")
    assert "exempts nothing: remove it" in Path("p.xml").read_text(encoding="utf-8")
    (run,) = json.loads(Path("p.sarif").read_text(encoding="utf-8"))["runs"]
    (told,) = (each for each in run["results"] if each["ruleId"] == "waivers")
    assert told["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "policies/waivers.yaml"}}}]
    assert "waivers" in [each["id"] for each in run["tool"]["driver"]["rules"]]


def test_what_cannot_be_judged_is_no_pass(platform: Path, slipway: Slipway) -> None:
    """An encrypted secret could be anything."""
    hidden = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1"}
    _state(platform / "hidden.json", {BAD: {"tags": hidden}})
    ended = _check(slipway, "hidden.json", "--junit", "p.xml", "--sarif", "p.sarif")
    assert ended.code == 1
    (run,) = json.loads(Path("p.sarif").read_text(encoding="utf-8"))["runs"]
    (invocation,) = run["invocations"]
    assert (invocation["executionSuccessful"], run["results"]) == (False, [])
    assert "1 judgements of required-tags" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    assert "judgements of required-tags" in _check(slipway, "hidden.json", "--format", "markdown").out
    assert ended.out.startswith("undecided: 1 judgements of required-tags need values that are hidden")
    assert "<error" in Path("p.xml").read_text(encoding="utf-8")


def test_waivers_are_told_with_the_days_that_are_left(platform: Path, slipway: Slipway) -> None:
    """And baselines by what is left to mend."""
    baselines = [{**WAIVER, "layer": "lake"}, {**WAIVER, "urn": GOOD, "layer": "lake"}]
    _waive(platform, waivers=[WAIVER, {**WAIVER, "expires": "2026-01-01"}], baselines=baselines)
    lines = slipway("policy", "waivers").out.splitlines()
    assert lines[0].endswith(f"(PLAT-7, ana.silva, until {WAIVER['expires']}, 30 days more)")
    assert lines[1].endswith("expired on 2026-01-01)")
    assert lines[2] == "lake: 2 of required-tags left to mend"
    told = json.loads(slipway("policy", "waivers", "--format", "json").out)
    assert [each["days"] for each in told["waivers"][:1]] == [30]


@pytest.mark.usefixtures("platform")
def test_nothing_waived_is_said(slipway: Slipway) -> None:
    """Silence would look like a mistake."""
    assert slipway("policy", "waivers").out == "Nothing is waived.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("check",), 2, "there is a stack to be named, or a file"),
        (("check", "-s", "dev", "--state", "bad.json"), 2, "there is a stack to be named, or a file"),
        (("check", "--state", "none.json"), 1, "is no export of a stack"),
        (("check", "--state", "bad.json", "--config", "none.json"), 1, "cannot be read"),
        (
            ("check", "--state", "good.json", "--config", "tags.json", "--sarif", "no/p"),
            1,
            "cannot be written",
        ),
    ],
)
@pytest.mark.usefixtures("platform")
def test_bad_input(slipway: Slipway, arguments: tuple[str, ...], code: int, message: str) -> None:
    """One message each, with a remedy."""
    ended = slipway("policy", *arguments)
    assert (ended.code, ended.err.count("error: ")) == (code, 1)
    assert message in ended.err
    assert "remedy: " in ended.err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("waivers: [", "waivers.yaml cannot be read"),
        ("waivers: [{rule: x}]", "waivers.yaml: waivers.0"),
        (yaml.safe_dump({"waivers": [{**WAIVER, "rule": "no-such"}]}), "no such rule"),
    ],
)
def test_malformed_waivers_stop_everything(
    platform: Path, slipway: Slipway, content: str, message: str
) -> None:
    """Nobody is exempted by a file that cannot be read."""
    (platform / "policies" / "waivers.yaml").write_text(content, encoding="utf-8")
    ended = _check(slipway, "good.json")
    assert ended.code == 1
    assert message in ended.err


def test_a_rule_that_crashes_is_named(platform: Path, slipway: Slipway) -> None:
    """It is no verdict."""
    tagging = platform / "policies" / "rules" / "tagging.py"
    text = tagging.read_text(encoding="utf-8")
    tagging.write_text(text.replace("tags = _tags(", "tags = _gone("), encoding="utf-8")
    ended = _check(slipway, "good.json")
    assert ended.code == 1
    assert f"rule required-tags failed on {GOOD}: NameError" in ended.err


def test_policies_that_do_not_start_are_told(platform: Path, slipway: Slipway) -> None:
    """With the last line of what Python says."""
    (platform / "policies" / "catalogue.py").write_text("import nothing_of_this_name\n", encoding="utf-8")
    ended = _check(slipway, "good.json")
    assert ended.code == 1
    assert "cannot be run: ModuleNotFoundError" in ended.err
