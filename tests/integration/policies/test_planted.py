"""Planted violations on the real engine: each rule of the production pack stops a preview."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.catalogue import STATE_RULES
from policies.configuration import NOTES, WHOLE_STACK
from slipway.cli.main import main
from slipway.model.errors import ExitCode
from tests.integration.running_sandbox import RunningSandbox

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
PACK = ("--policy-pack", str(ROOT / "policies" / "packs" / "production"))
PROGRAM = ROOT / "tests" / "integration" / "programs" / "planted"
IDS = [rule.id for rule in STATE_RULES]
"""A preview stops for no approval: tests/integration/policies/test_approved.py has updates."""
STACK = "urn:pulumi:prod::planted::pulumi:pulumi:Stack::planted-prod"
KEY = "urn:pulumi:drill::planted::aws:kms/key:Key::fixed"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the engine told of one policy and one resource."""

    rule: str
    level: str
    urn: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Judged:
    """How a command of the engine ended, and what its policies told."""

    code: int
    told: tuple[Told, ...]

    def of(self, level: str) -> list[Told]:
        """What was told with one level."""
        return [each for each in self.told if each.level == level]


Preview = Callable[[str], Judged]


def _told(output: str) -> Iterator[Told]:
    """Read the events that the CLI writes, one a line; a whole stack's rule is named in its message."""
    for line in output.splitlines():
        event = json.loads(line).get("policyEvent")
        if event:
            _, message = event["message"].strip().split("\n")
            rule = event["policyName"]
            if rule == WHOLE_STACK:
                rule, message = message.split(": ", 1)
            yield Told(rule=rule, level=event["enforcementLevel"], urn=event["resourceUrn"], message=message)


@pytest.fixture(scope="module")
def preview(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Preview:
    """Previews parts of the program's table, in a stack that is called as production is."""
    folder = tmp_path_factory.mktemp("planted") / "planted"
    shutil.copytree(PROGRAM, folder)
    streaming = {**sandbox.environment, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"}
    told = replace(sandbox, environment=streaming)
    told.expect("stack", "init", "prod", folder=folder)

    def run(parts: str) -> Judged:
        words = ("preview", "-s", "prod", "--json", "--config", f"planted:parts={parts}", *PACK)
        ended = told.pulumi(*words, folder=folder)
        assert "policyLoadEvent" in ended.stdout, f"{ended.stdout}\n{ended.stderr}"
        return Judged(code=ended.returncode, told=tuple(_told(ended.stdout)))

    return run


@pytest.fixture(scope="module")
def violating(preview: Preview) -> Judged:
    """The one preview of everything that violates a rule."""
    return preview("violating")


def test_the_table_has_every_rule() -> None:
    """A rule that is new in the catalogue is planted too, or this fails."""
    table = yaml.safe_load((PROGRAM / "table.yaml").read_text(encoding="utf-8"))
    assert sorted(table["violating"]) == sorted(IDS)


@pytest.mark.parametrize("rule", IDS)
def test_a_planted_violation_is_told_as_mandatory(violating: Judged, rule: str) -> None:
    """Of the very resource that was planted for it, which is called after the rule."""
    names = [each.urn.rpartition("::")[2] for each in violating.of("mandatory") if each.rule == rule]
    assert rule in names


def test_the_preview_stops_for_rules_of_the_catalogue_alone(violating: Judged) -> None:
    """Nothing else refuses, and no rule of the production pack merely advises."""
    assert violating.code != 0
    assert {each.rule for each in violating.of("mandatory")} == set(IDS)
    assert {each.rule for each in violating.of("advisory")} <= {NOTES}


PENDING = Told(
    rule=NOTES,
    level="advisory",
    urn=STACK,
    message="approved-composition: approval pending: nothing says who approved these files in prod: the "
    "pack's configuration names no dossier. Update the stack by slipway deploy, which writes the dossier of "
    "what it runs.",
)
"""What a preview of prod says of an update that nobody has approved: it stops nothing."""


def test_what_complies_passes(preview: Preview) -> None:
    """The same program with what the rules want instead: nothing is told but that an approval is pending."""
    assert preview("complying") == Judged(code=0, told=(PENDING,))


def test_what_is_not_known_yet_is_told_once_and_stops_nothing(preview: Preview) -> None:
    """Two topics wait for the id of a new key: one note, and the preview succeeds."""
    note = (
        "Undecided until up: 2 judgements of topic-encryption need values that are known only then; "
        "pulumi up judges them"
    )
    told = Told(rule=NOTES, level="advisory", urn=STACK, message=note)
    assert preview("complying,undecided") == Judged(code=0, told=(PENDING, told))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """An export of a stack, none of ours, in which one key does not rotate."""
    tags = {
        "Owner": "platform",
        "Pipeline": "platform",
        "Criticality": "standard",
        "CostCenter": "CC-1000",
        "DataClass": "internal",
        "Environment": "dev",
    }
    key = {"urn": KEY, "type": "aws:kms/key:Key", "custom": True, "id": "fixed", "protect": True}
    row = {**key, "inputs": {"tags": tags}, "outputs": {"tags": tags, "enableKeyRotation": False}}
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"version": 3, "deployment": {"resources": [row]}}), encoding="utf-8")
    return path


def test_a_state_is_judged_alike_by_the_engine_and_by_slipway(
    sandbox: RunningSandbox, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both refuse it with one finding, and it is the same."""
    ended = sandbox.pulumi("policy", "analyze", "--file", str(state), "--json", *PACK)
    assert ended.returncode != 0, ended.stdout
    (engine,) = _told(ended.stdout)
    assert main(["policy", "check", "--state", str(state), "--format", "json"]) == ExitCode.FINDINGS
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    (own,) = report["findings"]
    assert (engine.rule, engine.level, engine.urn) == ("key-rotation", "mandatory", KEY)
    assert (own["rule"], own["level"], own["urn"]) == (engine.rule, engine.level, engine.urn)
    assert engine.message == f"{own['message']}. {own['remedy']}"
