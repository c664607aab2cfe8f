"""FinEdge's workspace after a change of two catalog entries."""

import shutil
from pathlib import Path
from typing import Final

_FINEDGE: Final = Path(__file__).parents[3] / "examples" / "finedge"
_OBJECTIVE: Final = "freshness: {max_age: 26h}"
_INPUTS: Final = "inputs:\n"
_EXPOSURE: Final = """
pipeline: currency-exposure
description: What is open in each currency.
kind: batch
criticality: standard
owner: finance-reporting
cost_center: CC-1300
data_class: internal
parts: {dag: dags/currency_exposure.py}
inputs: ["snowflake://FINEDGE.REFERENCE.CURRENCIES"]
outputs: [{dataset: "snowflake://FINEDGE.MARTS.CURRENCY_EXPOSURE"}]
freshness: {max_age: 26h}
"""


def changed_finedge(folder: Path) -> Path:
    """Copy it: settlements promises seven hours and reads one schema more, and there is a pipeline more."""
    shutil.copytree(_FINEDGE, folder)
    entry = folder / "catalog" / "settlements.yaml"
    text = entry.read_text(encoding="utf-8")
    assert (text.count(_OBJECTIVE), text.count(_INPUTS)) == (1, 1)
    reads = f"{_INPUTS}  - snowflake://FINEDGE.STREAMING.PAYMENT_EVENTS\n"
    changed = text.replace(_OBJECTIVE, "freshness: {max_age: 7h}").replace(_INPUTS, reads)
    entry.write_text(changed, encoding="utf-8")
    (folder / "catalog" / "currency-exposure.yaml").write_text(_EXPOSURE, encoding="utf-8")
    shutil.copy(folder / "dags" / "fx_rates.py", folder / "dags" / "currency_exposure.py")
    return folder
