"""Every rule finds what it is for, at the right place, and says what to write instead."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from slipway.catalog import Finding, RuleId, lint_workspace
from slipway.catalog.rules import RULES
from tests.doubles.workspace_folder import WorkspaceFolder

CASES: list[dict[str, str]] = yaml.safe_load(
    Path(__file__).with_name("rule_cases.yaml").read_text(encoding="utf-8")
)
ELSEWHERE = {
    RuleId.FILE_MISSING,
    RuleId.FILE_UNREADABLE,
    RuleId.FILE_OUTSIDE,
    RuleId.FILE_MISPLACED,
    RuleId.FILE_TOO_LARGE,
    RuleId.ENCODING,
    RuleId.EMPTY_FILE,
    RuleId.YAML_SYNTAX,
    RuleId.YAML_FEATURE,
    RuleId.DUPLICATE_KEY,
    RuleId.NOT_A_MAPPING,
    RuleId.PATH_OUTSIDE,
    RuleId.DUPLICATE_PIPELINE,
    RuleId.PIPELINE_WITHOUT_OUTPUT,
}
"""Rules that one changed field cannot show: test_files.py, test_tree.py and below."""


def _written(finding: Finding) -> dict[str, Any]:
    first, _, remedy = str(finding).partition("\n  remedy: ")
    return {
        "rule": finding.rule.value,
        "finding": first.removesuffix(f" [{finding.rule}]"),
        "remedy": remedy,
    }


def test_the_happy_path_has_no_finding(folder: WorkspaceFolder) -> None:
    """Every case changes one thing in a workspace that is right."""
    assert lint_workspace(folder.root).findings == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']}: {case['to'][:30]}")
def test_one_wrong_field_is_one_finding(folder: WorkspaceFolder, case: dict[str, str]) -> None:
    """Place, field, reason and remedy are right, and nothing else is blamed for it."""
    folder.change(case["file"], case["from"], case["to"])
    expected = {key: case[key] for key in ("rule", "finding", "remedy")}
    assert [_written(finding) for finding in lint_workspace(folder.root).findings] == [expected]


def test_every_rule_has_a_case() -> None:
    """A rule nobody has seen find anything may find nothing."""
    assert {RuleId(case["rule"]) for case in CASES} | ELSEWHERE == set(RuleId)


def test_the_table_holds_every_rule_about_more_than_one_field() -> None:
    """A check that is written and not listed would never run."""
    reading = {rule for rule in RuleId if rule not in RULES}
    assert reading == (ELSEWHERE - set(RULES)) | {
        RuleId.UNKNOWN_FIELD,
        RuleId.MISSING_FIELD,
        RuleId.WRONG_TYPE,
        RuleId.WRONG_VALUE,
        RuleId.CODE_OWNERS,
    }


def test_all_findings_are_reported_sorted_by_place(folder: WorkspaceFolder) -> None:
    """One wrong field hides no other: not in its file, not in a file that reads it."""
    for case in CASES[0], CASES[2]:
        folder.change(case["file"], case["from"], case["to"])
    folder.change("catalog/payment-events.yaml", "max_age: 10m", "max_age: soon")
    folder.change("team.yaml", "members: [ben.okoro]", "members: [ben.okora]")
    findings = lint_workspace(folder.root).findings
    assert [(finding.path, finding.line, finding.rule.value) for finding in findings] == [
        ("catalog/payment-events.yaml", 13, "wrong-value"),
        ("catalog/settlements.yaml", 3, "wrong-value"),
        ("catalog/settlements.yaml", 5, "wrong-type"),
        ("team.yaml", 14, "unknown-member"),
    ]
    assert list(findings) == sorted(findings)


def test_a_pipeline_produces_something(folder: WorkspaceFolder) -> None:
    """Freshness, impact and rollback are about outputs."""
    folder.change(
        "catalog/revenue.yaml", "outputs:\n  - {dataset: snowflake://FINEDGE.MARTS.REVENUE}", "outputs: []"
    )
    folder.change("slipway.yaml", "MARTS.REVENUE", "MARTS.SETTLEMENTS")
    (finding,) = lint_workspace(folder.root).findings
    assert str(finding) == (
        "catalog/revenue.yaml:14:10: outputs: the pipeline produces nothing [pipeline-without-output]\n"
        "  remedy: name the datasets it produces"
    )


def test_a_cycle_is_named_once_with_its_way(folder: WorkspaceFolder) -> None:
    """Three pipelines that wait for each other are one finding, not three."""
    folder.change(
        "catalog/payment-events.yaml", "[kafka://payments.events]", "[snowflake://FINEDGE.MARTS.REVENUE]"
    )
    folder.change(
        "catalog/settlements.yaml",
        "[s3://settlement-files/incoming]",
        "[snowflake://FINEDGE.STREAMING.PAYMENT_EVENTS]",
    )
    folder.change("catalog/revenue.yaml", "  - snowflake://FINEDGE.STREAMING.PAYMENT_EVENTS\n", "")
    messages = [finding.message for finding in lint_workspace(folder.root).findings]
    assert (
        "the pipelines wait for each other: payment-events -> settlements -> revenue -> payment-events"
        in messages
    )
    assert sum("wait for each other" in message for message in messages) == 1
