"""`slipway check` on real tools: a good change of FinEdge's project, and one with a fault of each kind."""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.check.finedge import DATABASE, FINEDGE
from slipway.attest import read_document
from slipway.catalog import load_workspace
from slipway.cli.main import main
from slipway.lineage.extract import catalog
from slipway.lineage.extract.dbt import read_manifest
from slipway.lineage.graph import Graph, NodeKind
from slipway.lineage.impact import walk
from slipway.model.environment import StackName
from slipway.model.errors import ExitCode
from slipway.model.evidence import CheckRun, CheckShard
from tests.doubles.git_repository import GitRepository
from tests.integration.build_phase import ROOT, run_build_phase
from tests.integration.checks.conftest import Dev

pytestmark = pytest.mark.integration

MARTS = "dbt/models/marts"
COUNT = "Merchants with revenue.\n        data_type: number(18,0)"


@pytest.fixture(autouse=True)
def connection(dev: Dev, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a person whose connection to Snowflake is configured."""
    for name, value in dev.variables.items():
        monkeypatch.setenv(name, value)


def check(finedge: GitRepository, *words: str) -> ExitCode:
    """Run the command on the workspace."""
    return ExitCode(main(["check", "--base", "main", "--workspace", str(finedge.workspace), *words]))


def line_of(finedge: GitRepository, path: str, text: str) -> int:
    """The line of a file that has a text."""
    lines = (finedge.workspace / path).read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, start=1) if text in line]
    assert len(found) == 1, f"{path}: {text!r} is on lines {found}"
    return found[0]


def findings(report: dict[str, Any]) -> list[tuple[str, str, int, str]]:
    """Check, file, line and rule of each finding."""
    return [
        (outcome["check"], finding["file"], finding["line"], finding["rule"])
        for outcome in report["run"]["outcomes"]
        for finding in outcome["findings"]
    ]


def results(report: dict[str, Any]) -> dict[str, str]:
    """How each check ended."""
    return {outcome["check"]: outcome["result"] for outcome in report["run"]["outcomes"]}


def test_a_good_change_of_one_pipeline_passes(
    finedge: GitRepository, dev: Dev, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Built on a clone that is gone afterwards; dev is as it was; the evidence is about the tree."""
    before = dev.databases()
    totals = dev.ask("SELECT COUNT(*), SUM(amount) FROM MARTS.REVENUE_MONTHLY")
    finedge.replace(f"{MARTS}/revenue/revenue_monthly.sql", "'ZZ'", "'XX'")
    finedge.replace("dags/revenue.py", "schedule=", "retries=4,\n    schedule=")
    commit = finedge.commit("Call an unknown country XX")
    evidence = tmp_path / "evidence.json"
    code = check(finedge, "--format", "json", "--evidence", str(evidence))
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert (code, findings(report)) == (ExitCode.OK, []), err
    assert results(report) == dict.fromkeys(
        ["catalog-lint", "ruff", "sqlfluff", "dag-import", "dbt-parse", "dbt-unit-tests", "dbt-build"],
        "passed",
    )
    built = next(o for o in report["run"]["outcomes"] if o["check"] == "dbt-build")
    assert "revenue_monthly" in built["subjects"]
    assert "revenue" not in built["subjects"]
    touched = {(each["kind"], each["name"]) for each in report["impact"]}
    assert {("consumer", "finance-dashboard"), ("pipeline", "revenue"), ("part", "revenue/dag")} <= touched
    run = read_document(evidence.read_bytes(), CheckRun)
    assert run.passed
    assert (run.commit, run.tree) == (commit, finedge.git("rev-parse", "HEAD:data"))
    assert dev.databases() == before
    assert dev.ask("SELECT COUNT(*), SUM(amount) FROM MARTS.REVENUE_MONTHLY") == totals


def test_each_fault_is_found_at_its_file_and_line(
    finedge: GitRepository, dev: Dev, capsys: pytest.CaptureFixture[str]
) -> None:
    """One of each kind, in one change: none hides another."""
    before = dev.databases()
    # a syntax error in a DAG, and an import of what is not there in another
    finedge.write("dags/risk.py", "from airflow.models.dag import DAG\n\ndag = DAG(\n")
    finedge.replace("dags/invoices.py", "from finedge import", "from finedge import nothing,")
    # SQL that nobody formatted
    monthly = f"{MARTS}/revenue/revenue_monthly.sql"
    finedge.replace(monthly, "from ", "FROM   ")
    # a rule that a unit test holds
    finedge.replace(f"{MARTS}/risk/merchant_risk.sql", "then 'elevated'", "then 'normal'")
    # a promise that the query does not keep
    promise = f"{MARTS}/revenue/_revenue.yml"
    finedge.replace(promise, COUNT, COUNT.replace("number(18,0)", "varchar(20)"))
    # a column that the model after it reads
    cause = f"{MARTS}/settlements/intermediate/int_chargebacks_converted.sql"
    finedge.replace(cause, "disputed_amount", "claimed")
    finedge.commit("Everything at once")
    code = check(finedge, "--format", "json")
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert code is ExitCode.FINDINGS, err
    assert dev.databases() == before
    broken = f"{MARTS}/settlements/settlement_exceptions.sql"
    unit_test = f"{MARTS}/risk/_risk.yml"
    assert set(findings(report)) == {
        ("ruff", "dags/invoices.py", line_of(finedge, "dags/invoices.py", "nothing,"), "F401"),
        ("ruff", "dags/risk.py", 4, "invalid-syntax"),
        ("sqlfluff", monthly, line_of(finedge, monthly, "FROM"), "CP01 capitalisation.keywords"),
        ("sqlfluff", monthly, line_of(finedge, monthly, "FROM"), "LT01 layout.spacing"),
        (
            "dag-import",
            "dags/invoices.py",
            line_of(finedge, "dags/invoices.py", "nothing,"),
            "dag-import-error",
        ),
        ("dag-import", "dags/risk.py", 3, "dag-import-error"),
        (
            "dbt-unit-tests",
            unit_test,
            line_of(finedge, unit_test, "- name: merchant_risk_tiers"),
            "dbt-unit-test",
        ),
        ("dbt-build", promise, line_of(finedge, promise, "Merchants with revenue") + 1, "dbt-contract"),
        ("dbt-build", monthly, 0, "dbt-breaking-change"),
        ("dbt-build", broken, line_of(finedge, broken, "disputed_amount"), "dbt-model"),
        ("dbt-build", "", 0, "dbt-skipped"),
    }
    assert "the change gets there by snowflake://FINEDGE.INTERMEDIATE.CHARGEBACKS_CONVERTED" in out


def report_of(finedge: GitRepository, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """What a check said, and how it ended."""
    code = check(finedge, "--format", "json", *words)
    out, err = capsys.readouterr()
    assert out, err
    report: dict[str, Any] = json.loads(out)
    return report | {"code": code, "err": err}


def test_two_shards_find_what_one_check_finds(
    finedge: GitRepository, dev: Dev, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Faults of several kinds in pipelines that have nothing to do with one another; each is told once."""
    before = dev.databases()
    finedge.replace("dags/invoices.py", "from finedge import", "from finedge import nothing,")
    finedge.replace(f"{MARTS}/revenue/revenue_monthly.sql", "from ", "FROM   ")
    finedge.replace(f"{MARTS}/risk/merchant_risk.sql", "then 'elevated'", "then 'normal'")
    finedge.commit("Two pipelines at once")
    whole = report_of(finedge, capsys)
    shards = []
    files = []
    for number in (1, 2):
        file = tmp_path / f"{number}.json"
        shards.append(report_of(finedge, capsys, "--shard", f"{number}/2", "--evidence", str(file)))
        files.append(file)
    joined = report_of(
        finedge,
        capsys,
        *("--fan-in", "2", "--evidence", str(tmp_path / "run.json")),
        *(word for file in files for word in ("--shard-evidence", str(file))),
    )
    assert (joined["code"], findings(joined)) == (ExitCode.FINDINGS, findings(whole)), shards
    assert results(joined) == results(whole)
    looked_at = {outcome["check"]: set(outcome["subjects"]) for outcome in whole["run"]["outcomes"]}
    assert {o["check"]: set(o["subjects"]) for o in joined["run"]["outcomes"]} == looked_at
    # Each finding is one shard's, and both had something to build.
    assert sorted(findings(shards[0]) + findings(shards[1])) == sorted(findings(whole))
    assert all("dbt-build" in results(each) for each in shards)
    run = read_document((tmp_path / "run.json").read_bytes(), CheckRun)
    assert [read_document(file.read_bytes(), CheckShard).run.tree for file in files] == [run.tree] * 2
    assert dev.databases() == before


def test_the_buildspec_of_the_check_reports_what_it_finds(finedge: GitRepository, dev: Dev) -> None:
    """Its own commands, in both builds of its batch, on a DAG that imports what it does not use."""
    finedge.git("update-ref", "refs/remotes/origin/main", "main")
    finedge.replace("dags/risk.py", "from finedge import", "import os\n\nfrom finedge import")
    finedge.commit("Look at the environment")
    key = dev.account.settings.private_key_file.read_text(encoding="utf-8")
    ended, reports = [], []
    for shard in (1, 2):
        ended.append(
            run_build_phase(
                StackName.DEV,
                "check",
                folder=finedge.workspace,
                held={"SNOWFLAKE_PRIVATE_KEY": key},
                environment={"HOME": str(finedge.root), "CODEBUILD_SRC_DIR_platform": str(ROOT)},
                given={},
                shard=shard,
            )
        )
        reports.append((finedge.workspace / "checks.xml").read_text(encoding="utf-8"))
        (finedge.workspace / "checks.xml").unlink()
    assert [each.code for each in ended] == [ExitCode.OK, ExitCode.FINDINGS], [each.err for each in ended]
    assert "dags/risk.py" in ended[1].out
    assert 'tests="1" failures="0" errors="0"' in reports[0]
    assert 'tests="2" failures="1" errors="0"' in reports[1]
    assert "`os` imported but unused" in reports[1]


def test_no_edge_of_the_real_graph_is_there_for_nothing(dev: Dev) -> None:
    """The mutation, on dbt's manifest and the catalog: without an edge something is missed or late."""
    project = read_manifest(dev.manifest.read_bytes(), {DATABASE: "FINEDGE"})
    both = project.graph | catalog.extract(load_workspace(FINEDGE), project.graph)
    graph = Graph.of(edge for edge in both.edges if edge.target.kind is not NodeKind.MACRO)
    assert len(project.relations) == 37
    assert len(graph.edges) > 150
    for removed in graph.edges:
        less = Graph.of(graph.edges - {removed}, graph.nodes)
        assert len(walk(graph, [removed.source]).path(removed.target)) == 1
        without = walk(less, [removed.source])
        told_twice = any(e.target == removed.target for e in less.leaving[removed.source])
        assert told_twice or removed.target not in without or len(without.path(removed.target)) > 1


def test_a_check_that_is_ended_drops_its_clone_and_leaves_no_process(
    finedge: GitRepository, dev: Dev
) -> None:
    """What a build server does when its time is up: SIGTERM, in the middle of a build."""
    before = dev.databases()
    finedge.replace(f"{MARTS}/revenue/revenue_monthly.sql", "'ZZ'", "'XX'")
    finedge.commit("Call an unknown country XX")
    words = [
        "slipway",
        "check",
        "--base",
        "main",
        "--only",
        "dbt-build",
        "--workspace",
        str(finedge.workspace),
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: dev.databases() > before or process.poll() is not None)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (ExitCode.PARTIAL, ""), err
    assert "interrupted: tools are ended, the clone is dropped; nothing was kept" in err
    assert dev.databases() == before
    assert not [child for child in children if child.is_running()]


def until(condition: Callable[[], bool]) -> None:
    """Wait until something is the case, two minutes at most."""
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)
