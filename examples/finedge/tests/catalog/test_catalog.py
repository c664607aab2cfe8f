"""The workspace is what the toolkit takes it for: read, checked, without a finding."""

from collections import Counter
from pathlib import Path

from slipway.catalog import load_workspace
from slipway.model.pipeline import Criticality, PartKind, PipelineKind

WORKSPACE = load_workspace(Path(__file__).resolve().parents[2])


def test_the_twelve_pipelines_are_read() -> None:
    assert [pipeline.name for pipeline in WORKSPACE.pipelines] == [
        "accounts",
        "chargebacks",
        "fx-rates",
        "invoices",
        "ledger-postings",
        "merchants",
        "payment-events",
        "regulatory-report",
        "revenue",
        "risk",
        "settlement-files",
        "settlements",
    ]


def test_kinds_and_parts() -> None:
    assert Counter(pipeline.kind for pipeline in WORKSPACE.pipelines) == {
        PipelineKind.BATCH: 10,
        PipelineKind.STREAMING: 2,
    }
    parts = Counter(part.kind for pipeline in WORKSPACE.pipelines for part in pipeline.parts)
    assert parts == {
        PartKind.ENTRY: 12,
        PartKind.DAG: 10,
        PartKind.DBT: 12,
        PartKind.SPARK: 2,
        PartKind.STREAM: 5,
    }


def test_what_the_regulator_sees_rests_on_critical_pipelines() -> None:
    """A report is as good as its weakest input."""
    critical = {p.name for p in WORKSPACE.pipelines if p.criticality is Criticality.CRITICAL}
    report = WORKSPACE.pipeline("regulatory-report")
    producers = {
        pipeline.name
        for pipeline in WORKSPACE.pipelines
        if set(pipeline.output_datasets) & set(report.inputs)
    }
    assert producers == {"settlements", "accounts", "fx-rates", "ledger-postings"}
    assert producers | {"regulatory-report"} <= critical


def test_everyone_who_owns_can_be_reached() -> None:
    owners = {pipeline.owner for pipeline in WORKSPACE.pipelines}
    teams = {team.name: team for team in WORKSPACE.team.teams}
    assert owners <= set(teams)
    assert all(teams[owner].contact.endswith("@finedge.example") for owner in owners)
