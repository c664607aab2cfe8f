"""What differs between two commits is what a release ships."""

import pytest

from slipway.attest.bundle import unpack
from slipway.catalog import CatalogErrors
from slipway.release.bundles import Difference, difference, every_bundle
from slipway.release.committed import read_commit
from tests.doubles.commits import Commits
from tests.doubles.workspace_folder import FILES

WORKSPACE = {**FILES, "dbt/dbt_project.yml": "name: finedge\n", "dags/finedge/dbt.py": "x = 1\n"}


@pytest.fixture
def commits() -> Commits:
    """One commit of a workspace."""
    history = Commits()
    history.commit(WORKSPACE)
    return history


def _changed(commits: Commits, **changes: str | None) -> Difference:
    base = read_commit(commits, commits.resolve("HEAD"))
    commits.change(**changes)
    return difference(base, read_commit(commits, commits.resolve("HEAD")))


def _shipped(changed: Difference) -> list[str]:
    return [str(bundle.artifact.part) for bundle in changed.bundles]


def test_a_model_ships_with_its_pipeline_and_nothing_else(commits: Commits) -> None:
    """Shipping one pipeline must not ship its neighbours."""
    changed = _changed(commits, **{"dbt/models/marts/revenue/revenue.sql": "select 2"})
    assert _shipped(changed) == ["revenue/dbt"]
    (file,) = unpack(changed.bundles[0].content)
    assert (file.path, file.content) == ("dbt/models/marts/revenue/revenue.sql", b"select 2")
    assert changed.bundles[0].artifact.size == len(changed.bundles[0].content)


def test_code_that_dags_share_ships_with_every_dag(commits: Commits) -> None:
    """Each has its own copy, so each is another artifact."""
    assert _shipped(_changed(commits, **{"dags/finedge/dbt.py": "x = 2\n"})) == [
        "revenue/dag",
        "settlements/dag",
    ]


@pytest.mark.parametrize(
    ("path", "text", "parts"),
    [
        ("contracts/settlements.odcs.yaml", "version: 2\n", ["settlements/entry"]),
        ("dbt/dbt_project.yml", "name: other\n", ["platform/dbt"]),
        ("README.md", "for people", []),
        ("dags/settlements.py", "x = 1\n", ["settlements/dag"]),
        ("spark/settlement_enrichment/job.py", "x = 1\n", ["settlements/spark"]),
        ("streaming/payment_events/job.py", "x = 1\n", ["payment-events/stream"]),
    ],
)
def test_a_file_ships_the_parts_that_hold_it(
    commits: Commits, path: str, text: str, parts: list[str]
) -> None:
    """One change, its parts."""
    assert _shipped(_changed(commits, **{path: text})) == parts


def test_what_a_part_was_before_is_named(commits: Commits) -> None:
    """An environment that runs anything else would get more than this change."""
    before = every_bundle(read_commit(commits, commits.resolve("HEAD")))
    changed = _changed(commits, **{"dbt/models/marts/revenue/revenue.sql": "select 2", "dags/new.py": "x"})
    assert [str(artifact.part) for artifact in changed.upon] == [
        "revenue/dag",
        "revenue/dbt",
        "settlements/dag",
    ]
    assert set(changed.upon) <= {bundle.artifact for bundle in before}
    assert difference(None, read_commit(commits, commits.resolve("HEAD"))).upon == ()


def test_a_part_that_is_gone_is_removed(commits: Commits) -> None:
    """The environment would keep it for ever otherwise."""
    without = FILES["catalog/settlements.yaml"].replace("  spark: spark/settlement_enrichment\n", "")
    changed = _changed(
        commits, **{"catalog/settlements.yaml": without, "spark/settlement_enrichment/job.py": None}
    )
    assert [str(part) for part in changed.removed] == ["settlements/spark"]
    assert _shipped(changed) == ["settlements/entry"]


def test_a_mode_is_content(commits: Commits) -> None:
    """A script that may no longer be run is another artifact."""
    base = read_commit(commits, commits.resolve("HEAD"))
    commits.commit(WORKSPACE, executable=frozenset({"dags/revenue.py"}))
    changed = difference(base, read_commit(commits, commits.resolve("HEAD")))
    assert _shipped(changed) == ["revenue/dag"]
    assert [file.executable for file in unpack(changed.bundles[0].content)] == [False, True]


def test_the_same_files_are_the_same_artifacts_whatever_the_history(commits: Commits) -> None:
    """A digest depends on content alone."""
    before = [bundle.artifact for bundle in every_bundle(read_commit(commits, commits.resolve("HEAD")))]
    commits.change(**{"dags/revenue.py": "x = 1"})
    commits.change(**{"dags/revenue.py": ""})
    after = [bundle.artifact for bundle in every_bundle(read_commit(commits, commits.resolve("HEAD")))]
    assert before == after
    assert len({artifact.digest for artifact in before}) == len(before)


def test_a_commit_whose_catalogue_is_wrong_is_named_with_its_findings(commits: Commits) -> None:
    """It is the commit that is wrong, not the folder."""
    commits.change(**{"catalog/revenue.yaml": "pipeline: ["})
    with pytest.raises(CatalogErrors, match=f"at commit {commits.ids[-1][:12]} has 1 finding"):
        read_commit(commits, commits.resolve("HEAD"))
