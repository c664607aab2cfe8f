"""A workspace of two pipelines, and its main branch: what a change of each is built into.

Revenue has two tables, a view, a DAG and an entry; refunds a table, a DAG and an entry.

dbt is at work for seconds in it. Profile and schema names are FinEdge's own, so that the same macro keeps
candidates apart.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from slipway.attest import digest_of
from slipway.attest.bundle import artifact_key
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.release import Release
from slipway.ports.objects import ObjectStore
from slipway.release.building import draft
from slipway.release.bundles import Bundle, every_bundle
from slipway.release.committed import read_commit
from tests.doubles.commits import Commits
from tests.doubles.workspace_folder import FILES

_FINEDGE: Final = Path(__file__).parents[3] / "examples" / "finedge" / "dbt"
_MODELS: Final = "dbt/models/marts"
_ENTRY: Final = """\
pipeline: revenue
description: {description}
kind: batch
criticality: standard
owner: settlements
cost_center: CC-1200
data_class: internal
parts:
  dag: dags/revenue.py
  dbt: dbt/models/marts/revenue
inputs: [snowflake://FINEDGE.RAW.ORDERS]
outputs:
  - {{dataset: snowflake://FINEDGE.MARTS.REVENUE, contract: contracts/revenue.odcs.yaml}}
  - {{dataset: snowflake://FINEDGE.MARTS.REVENUE_MONTHLY}}
freshness: {{max_age: 30h}}
"""
_REFUNDS: Final = """\
pipeline: refunds
description: {description}
kind: batch
criticality: standard
owner: settlements
cost_center: CC-1200
data_class: internal
parts:
  dag: dags/refunds.py
  dbt: dbt/models/marts/refunds
inputs: [snowflake://FINEDGE.RAW.ORDERS]
outputs:
  - {{dataset: snowflake://FINEDGE.MARTS.REFUNDS}}
freshness: {{max_age: 30h}}
"""
_FOUNDATION: Final[Mapping[str, str]] = {
    "slipway.yaml": """\
workspace: finedge
catalog: catalog
team: team.yaml
sources:
  - {dataset: snowflake://FINEDGE.RAW.ORDERS, owner: shop, description: Orders.}
""",
    "team.yaml": FILES["team.yaml"],
    "contracts/revenue.odcs.yaml": """\
apiVersion: v3.1.0
kind: DataContract
id: revenue
version: 1.0.0
status: active
schema:
  - name: revenue
    physicalName: MARTS.REVENUE
    properties:
      - {name: id, physicalType: "NUMBER(38,0)", primaryKey: true, primaryKeyPosition: 1}
      - name: amount
        logicalType: number
        physicalType: NUMBER(18,2)
        customProperties: [{property: currencyColumn, value: currency}]
""",
    "dbt/dbt_project.yml": """\
name: finedge
version: "1.0.0"
config-version: 2
profile: finedge
macro-paths: [macros]
flags: {send_anonymous_usage_stats: false}
models:
  finedge:
    +transient: false
    +schema: MARTS
    +materialized: table
""",
    "dbt/models/sources.yml": """\
sources:
  - name: raw
    database: "{{ env_var('SNOWFLAKE_DATABASE') }}"
    schema: RAW
    tables: [{name: orders}]
""",
    "dbt/profiles.yml": (_FINEDGE / "profiles.yml").read_text(encoding="utf-8"),
    "dbt/macros/names.sql": (_FINEDGE / "macros" / "names.sql").read_text(encoding="utf-8"),
}


def revenue(factor: str, *, version: str, month: str = "month") -> Mapping[str, str]:
    """What revenue's developer writes: amounts are multiplied by a factor; the rest says its version.

    Args:
        factor: of the amounts.
        version: what DAG, view and entry say.
        month: what the table calls its column of months; its view reads it.
    """
    return {
        "catalog/revenue.yaml": _ENTRY.format(description=f"Revenue {version}."),
        "dags/revenue.py": f"# {version}\n",
        f"{_MODELS}/revenue/revenue.sql": (
            f"select id, month as {month}, cast(amount * {factor} as number(18, 2)) as amount\n"
            "from {{ source('raw', 'orders') }}\n"
        ),
        f"{_MODELS}/revenue/revenue_lines.sql": (
            "{{ config(materialized='view') }}\n"
            f"select id, {month} as month, amount, '{version}' as version\nfrom {{{{ ref('revenue') }}}}\n"
        ),
        f"{_MODELS}/revenue/revenue_monthly.sql": (
            f"select {month} as month, count(*) as orders, cast(sum(amount) as number(18, 2)) as amount\n"
            f"from {{{{ ref('revenue') }}}}\ngroup by {month}\n"
        ),
    }


def refunds(factor: str, *, version: str) -> Mapping[str, str]:
    """What refunds' developer writes, in the same way."""
    return {
        "catalog/refunds.yaml": _REFUNDS.format(description=f"Refunds {version}."),
        "dags/refunds.py": f"# {version}\n",
        f"{_MODELS}/refunds/refunds.sql": (
            f"select id, cast(amount * {factor} as number(18, 2)) as amount\n"
            "from {{ source('raw', 'orders') }}\n"
        ),
    }


def first_document(artifacts: ObjectStore, environment: Environment) -> EnvironmentDocument:
    """Put the artifacts of version 1, whose factor is 1, into the store, and say that they run."""
    commits = _first_commit()
    bundles = every_bundle(read_commit(commits, commits.resolve("HEAD")))
    _put(artifacts, bundles)
    entries = (
        Entry(part=each.artifact.part, artifact=each.artifact.digest, release=None, commit="v1")
        for each in bundles
    )
    return EnvironmentDocument(
        environment=environment,
        version=1,
        entries=tuple(sorted(entries, key=lambda entry: entry.part)),
        deployment="bootstrap",
    )


class MainBranch:
    """Changes are merged one after the other; each is built into a release against what was there before it.

    Args:
        artifacts: where bundles are put.
    """

    def __init__(self, artifacts: ObjectStore) -> None:
        self._artifacts = artifacts
        self._commits = _first_commit()

    def merge(self, change: Mapping[str, str]) -> Release:
        """Merge a change and build it."""
        self._commits.change(**change)
        made = draft(self._commits, commit="HEAD", base=None)
        _put(self._artifacts, made.difference.bundles)
        manifest = made.manifest(
            repository="finedge/finedge-pipelines",
            pull_requests=(),
            direct_commits=(),
            checks=(),
            evidence=(),
            slipway="0",
        )
        return Release(digest=digest_of(manifest.model_dump_json().encode()), manifest=manifest)


def release(artifacts: ObjectStore, factor: str, *, version: str, month: str = "month") -> Release:
    """A release that changes every part of revenue, and what it calls a column in table and view."""
    return MainBranch(artifacts).merge(revenue(factor, version=version, month=month))


def first_files() -> Mapping[str, str]:
    """The workspace in version 1."""
    return {**_FOUNDATION, **revenue("1.00", version="v1"), **refunds("1.00", version="v1")}


def _first_commit() -> Commits:
    commits = Commits()
    commits.commit(dict(first_files()))
    return commits


def _put(artifacts: ObjectStore, bundles: Sequence[Bundle]) -> None:
    for each in bundles:
        artifacts.create(artifact_key(each.artifact.digest), each.content)
