"""A small workspace on disk without a finding; a test changes one thing in it."""

from pathlib import Path

FILES = {
    "slipway.yaml": """\
workspace: finedge
catalog: catalog
team: team.yaml
sources:
  - {dataset: s3://settlement-files/incoming, owner: card-networks, description: Settlement files.}
  - {dataset: kafka://payments.events, owner: payments-gateway, description: Payment events.}
consumers:
  - name: finance-dashboard
    reads: [snowflake://FINEDGE.MARTS.REVENUE]
    contact: finance-bi@finedge.example
github: finedge
""",
    "team.yaml": """\
people:
  - id: ana.silva
    name: Ana Silva
    github: anasilva
    aws_principal: arn:aws:iam::111122223333:user/ana.silva
    roles: [data-engineer, approver]
  - id: ben.okoro
    name: Ben Okoro
    github: benokoro
    aws_principal: arn:aws:iam::111122223333:user/ben.okoro
    roles: [platform-engineer]
teams:
  - {name: settlements, members: [ana.silva, ben.okoro], contact: settlements@finedge.example}
  - {name: payments, members: [ben.okoro], contact: payments@finedge.example}
""",
    "catalog/payment-events.yaml": """\
pipeline: payment-events
description: Payment events, validated within seconds.
kind: streaming
criticality: critical
owner: payments
cost_center: CC-1500
data_class: restricted
parts:
  stream: streaming/payment_events
inputs: [kafka://payments.events]
outputs:
  - {dataset: snowflake://FINEDGE.STREAMING.PAYMENT_EVENTS}
freshness: {max_age: 10m}
""",
    "catalog/revenue.yaml": """\
pipeline: revenue
description: Revenue per month.
kind: batch
criticality: standard
owner: settlements
cost_center: CC-1200
data_class: internal
parts:
  dag: dags/revenue.py
  dbt: dbt/models/marts/revenue
inputs:
  - snowflake://FINEDGE.MARTS.SETTLEMENTS
  - snowflake://FINEDGE.STREAMING.PAYMENT_EVENTS
outputs:
  - {dataset: snowflake://FINEDGE.MARTS.REVENUE}
""",
    "catalog/settlements.yaml": """\
pipeline: settlements
description: Settlement amounts per merchant and day, from the card networks' files.
kind: batch
criticality: critical
owner: settlements
cost_center: CC-1200
data_class: confidential
parts:
  dag: dags/settlements.py
  dbt: dbt/models/marts/settlements
  spark: spark/settlement_enrichment
inputs: [s3://settlement-files/incoming]
outputs:
  - dataset: snowflake://FINEDGE.MARTS.SETTLEMENTS
    contract: contracts/settlements.odcs.yaml
freshness: {max_age: 90m}
""",
    "dags/revenue.py": "",
    "dags/settlements.py": "",
    "dbt/models/marts/settlements/settlements.sql": "",
    "dbt/models/marts/revenue/revenue.sql": "",
    "spark/settlement_enrichment/job.py": "",
    "streaming/payment_events/job.py": "",
    "contracts/settlements.odcs.yaml": "",
    ".github/CODEOWNERS": """\
# Written from the catalog by `slipway catalog owners --write`; `slipway catalog lint` finds a stale line.
# Of each line one team's approval is needed, and the last line that matches a file counts alone.
# Code that no pipeline names as its part has no owner: it needs a review by anybody who writes here.

/catalog/payment-events.yaml @finedge/payments
/catalog/revenue.yaml @finedge/settlements
/catalog/settlements.yaml @finedge/settlements
/contracts/settlements.odcs.yaml @finedge/settlements
/dags/revenue.py @finedge/settlements
/dags/settlements.py @finedge/settlements
/dbt/models/marts/revenue @finedge/settlements
/dbt/models/marts/settlements @finedge/settlements
/spark/settlement_enrichment @finedge/settlements
/streaming/payment_events @finedge/payments

# Nobody has the role control-owner: what decides who may do what has no owner.
""",
}


class WorkspaceFolder:
    """The happy path on disk, with the few ways to leave it.

    Attributes:
        root: the folder with slipway.yaml.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        for path, text in FILES.items():
            self.write(path, text)

    def write(self, path: str, content: str | bytes) -> None:
        """Put a file, new or changed."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    def read(self, path: str) -> str:
        """Read a file."""
        return (self.root / path).read_text(encoding="utf-8")

    def change(self, path: str, old: str, new: str) -> None:
        """Change the one place of a file where `old` stands."""
        text = self.read(path)
        if text.count(old) != 1:
            message = f"{old!r} stands {text.count(old)} times in {path}"
            raise ValueError(message)
        self.write(path, text.replace(old, new))

    def delete(self, path: str) -> None:
        """Delete a file."""
        (self.root / path).unlink()
