"""The survey on FinEdge's real project, parsed by real dbt: what a release of one pipeline would do."""

import pytest

from slipway.adapters.tools import ProcessTools
from slipway.environment.composition import Compositions
from slipway.model.effects import Reversibility
from slipway.model.environment import Environment, StackName
from slipway.model.naming import Naming
from slipway.model.snowflake_objects import Table
from slipway.rollout.dbt_runs import DbtRuns
from slipway.rollout.facts import Facts
from slipway.rollout.plan import build_rollout
from slipway.rollout.survey import NoDocument, PartNotShipped, Survey
from tests.doubles.deployments import Fuse
from tests.doubles.memory_airflow import MemoryAirflow
from tests.doubles.memory_environment import FusedDocuments, MemoryStack
from tests.doubles.memory_warehouse import MemoryWarehouse
from tests.doubles.records import MemoryObjects
from tests.integration.rollout.finedge import WORKSPACE, first_document, release

pytestmark = pytest.mark.integration

NAMING = Naming(organization="finedge", stack=StackName.DEV, account_id="222233334444")
CONNECTION = {
    "SLIPWAY_ENVIRONMENT": "dev",
    "SNOWFLAKE_ACCOUNT": "none",
    "SNOWFLAKE_USER": "NOBODY",
    "SNOWFLAKE_ROLE": "NOBODY",
    "SNOWFLAKE_WAREHOUSE": "NONE",
    "SNOWFLAKE_DATABASE": "FINEDGE_DEV",
}
MONTHLY = "dbt/models/marts/revenue/revenue_monthly.sql"
REVENUE = {"revenue/dbt": {MONTHLY: ("'ZZ'", "'XX'")}, "revenue/dag": {"dags/revenue.py": ("0 8", "0 9")}}


@pytest.fixture(scope="module")
def artifacts() -> MemoryObjects:
    """The artifact store."""
    return MemoryObjects()


@pytest.fixture(scope="module")
def survey(artifacts: MemoryObjects, tmp_path_factory: pytest.TempPathFactory) -> Survey:
    """dev runs HEAD; one of revenue's two tables is there, made by another role."""
    scratch = tmp_path_factory.mktemp("survey")
    fuse = Fuse()
    documents = FusedDocuments(fuse)
    documents.add(first_document(artifacts, Environment.DEV))
    warehouse = MemoryWarehouse(fuse)
    warehouse.add(Table.of("FINEDGE_DEV", "MARTS", "REVENUE"), {}).owner = "FINEDGE_DEV_LOADER"
    return Survey(
        documents=documents,
        compositions=Compositions(artifacts=artifacts, folder=scratch / "compositions"),
        artifacts=artifacts,
        warehouse=warehouse,
        dbt=DbtRuns(
            tools=ProcessTools(WORKSPACE.parents[1]),
            variables=CONNECTION,
            scratch=scratch / "dbt",
            on_line=lambda _: None,
        ),
        engine=MemoryStack(fuse),
        orchestrator=MemoryAirflow(fuse),
        physical=NAMING.snowflake_database,
        role=NAMING.snowflake_account_object,
    )


def _facts(survey: Survey, artifacts: MemoryObjects, changes: dict[str, dict[str, tuple[str, str]]]) -> Facts:
    return survey.facts(Environment.DEV, release(artifacts, changes), 1)


def test_a_pipelines_tables_views_and_dag_are_found(survey: Survey, artifacts: MemoryObjects) -> None:
    """What dbt makes of the pipeline's own files, with contracts, and which of it is new."""
    facts = _facts(survey, artifacts, REVENUE)
    (revenue,) = facts.pipelines
    tables = {relation.dataset.uri: relation for relation in revenue.relations}
    assert set(tables) == {
        "snowflake://FINEDGE.MARTS.REVENUE",
        "snowflake://FINEDGE.MARTS.REVENUE_MONTHLY",
    }
    assert [each.is_new for each in revenue.relations] == [False, True]
    assert not any(each.grows for each in revenue.relations)
    assert [each.owner for each in revenue.relations] == ["FINEDGE_DEV_LOADER", "FINEDGE_DEV_REVENUE"]
    assert {each.owner for each in revenue.views} == {"FINEDGE_DEV_REVENUE"}
    contract = tables["snowflake://FINEDGE.MARTS.REVENUE"].contract
    assert contract is not None
    assert contract.key == ("REVENUE_DATE", "MERCHANT_ID", "REVENUE_TYPE", "ORIGINAL_CURRENCY")
    assert contract.amounts == ("ORIGINAL_AMOUNT", "AMOUNT")
    assert revenue.work is not None
    assert revenue.work.tables == ("revenue", "revenue_monthly")
    assert revenue.work.views == ("int_fee_revenue", "int_invoice_revenue")
    assert tuple(each.dataset.uri for each in revenue.views) == (
        "snowflake://FINEDGE.INTERMEDIATE.FEE_REVENUE",
        "snowflake://FINEDGE.INTERMEDIATE.INVOICE_REVENUE",
    )
    assert [place.name for place in revenue.work.candidate_schemas] == [
        f"INTERMEDIATE{revenue.work.suffix}",
        f"MARTS{revenue.work.suffix}",
    ]
    assert revenue.dag == "revenue"
    assert revenue.dag_change is not None
    assert facts.project == "dbt"
    kinds = [stage.kind for stage in build_rollout(facts)]
    assert kinds.count("swap-table") == 2
    assert "apply-platform" not in kinds


def test_an_incremental_model_goes_on_from_a_clone(survey: Survey, artifacts: MemoryObjects) -> None:
    """Its candidate begins with production's rows."""
    model = "dbt/models/marts/settlements/settlements.sql"
    change = {"settlements/dbt": {model: ("max(loaded_at) as", "min(loaded_at) as")}}
    (settlements,) = _facts(survey, artifacts, change).pipelines
    assert {each.dataset.table: each.grows for each in settlements.relations} == {
        "FEE_SCHEDULE": False,
        "SETTLEMENTS": True,
        "SETTLEMENT_EXCEPTIONS": False,
    }


def test_an_entrys_resources_are_previewed(survey: Survey, artifacts: MemoryObjects) -> None:
    """Without dbt, nothing is parsed and no table is touched."""
    entry = {"revenue/entry": {"catalog/revenue.yaml": ("max_age: 30h", "max_age: 40h")}}
    facts = _facts(survey, artifacts, entry)
    effects = {effect.target.rpartition("::")[2]: effect for effect in facts.resources}
    assert effects["revenue"].reversibility is Reversibility.REDEPLOY
    assert facts.pipelines[0].relations == ()
    kinds = [stage.kind for stage in build_rollout(facts)]
    assert kinds == ["pause-writers", "write-document", "apply-platform", "resume-writers", "give-verdict"]


def test_what_runs_already_is_no_change(survey: Survey, artifacts: MemoryObjects) -> None:
    """The same artifacts again."""
    assert release(artifacts, REVENUE) == release(artifacts, REVENUE)
    document = survey.documents.newest(Environment.DEV)
    assert document is not None
    same = release(artifacts, REVENUE)
    running = {entry.part: entry.artifact for entry in document.entries}
    kept = [each.model_copy(update={"digest": running[each.part]}) for each in same.manifest.artifacts]
    manifest = same.manifest.model_copy(update={"artifacts": tuple(kept)})
    facts = survey.facts(Environment.DEV, same.model_copy(update={"manifest": manifest}), 1)
    assert (facts.change.parts, facts.pipelines) == ((), ())


def test_what_cannot_be_surveyed_is_refused(survey: Survey, artifacts: MemoryObjects) -> None:
    """An environment nobody has bootstrapped, and a kind of part that no rollout carries."""
    with pytest.raises(NoDocument) as missing:
        survey.facts(Environment.PROD, release(artifacts, REVENUE), 1)
    assert "slipway release bootstrap -s prod" in missing.value.remedy
    job = "spark/chargeback_matching/main.py"
    text = (WORKSPACE / job).read_text(encoding="utf-8").splitlines()[0]
    with pytest.raises(PartNotShipped, match=r"changes chargebacks/spark, which no rollout carries"):
        _facts(survey, artifacts, {"chargebacks/spark": {job: (text, f"{text} ")}})
