"""A stack file that an estimate cannot use is one sentence with file, key and remedy."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from slipway.catalog.cost_settings import read_cost_settings
from slipway.model.environment import Environment
from slipway.model.errors import DefinitionError
from slipway.model.warehouse_size import WarehouseSize
from slipway.model.workload import Workload
from tests.doubles.priced_stacks import ROOT, settings

Change = Callable[[dict[str, Any]], object]


def _read_with(change: Change) -> None:
    def read(name: str) -> bytes:
        document = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
        if name == "Pulumi.prod.yaml":
            change(document["config"])
        return yaml.safe_dump(document).encode()

    read_cost_settings(read, "at main")


def test_the_own_stack_files_are_read() -> None:
    """The project's defaults count where a stack says nothing else."""
    told = settings()
    prod = told.environments[Environment.PROD]
    assert (prod.workspace, prod.spark_cluster_units) == ("examples/finedge", 0)
    workloads = (Workload.TRANSFORM, Workload.RELEASE, Workload.ROLLBACK)
    assert prod.warehouse_sizes == {
        **dict.fromkeys(workloads, WarehouseSize.MEDIUM),
        Workload.MASK: WarehouseSize.XSMALL,
    }
    assert (told.shared.cost.monthly_cap, told.shared.log_retention_days) == (18000, 365)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda config: config.pop("slipway:cost"), "does not set 'slipway:cost'"),
        (lambda config: config["slipway:cost"].pop("secrets"), "does not set 'slipway:cost.secrets'"),
        (
            lambda config: config["slipway:cost"].update(secrets=-1),
            "'slipway:cost.secrets' is wrong: input should be greater than or equal to 0 (it is -1)",
        ),
        (
            lambda config: config["slipway:cost"].update(secrets="a few"),
            "'slipway:cost.secrets' is wrong: input should be a valid integer",
        ),
        (
            lambda config: config["slipway:cost"].update(secret=3),
            "'slipway:cost.secret' is wrong: extra inputs are not permitted (it is 3)",
        ),
        (
            lambda config: config.update({"slipway:airflowSmallestClass": "large"}),
            "'slipway:airflowSmallestClass' is wrong: input should be 'mw1.micro', 'mw1.small'",
        ),
        (
            lambda config: config["slipway:warehouseSizes"].update(rollback="HUGE"),
            "'slipway:warehouseSizes.rollback' is wrong: input should be 'xsmall', 'small', 'medium' or",
        ),
        (
            lambda config: config.update({"slipway:natGateways": None}),
            "'slipway:natGateways' is wrong: input should be a valid integer (it is None)",
        ),
    ],
)
def test_a_key_that_does_not_fit_is_named(change: Change, message: str) -> None:
    """With its file, and where the files are."""
    with pytest.raises(DefinitionError) as caught:
        _read_with(change)
    assert caught.value.message.startswith("Pulumi.prod.yaml at main")
    assert message in caught.value.message
    assert caught.value.remedy == "docs/reference/stack-settings.md says what the key may be"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no Pulumi.yaml at main"),
        (b"{", "Pulumi.yaml at main is not YAML: "),
        (b"\xff", "Pulumi.yaml at main is not YAML: "),
        (b"- 1", "Pulumi.yaml at main has no settings"),
        (b"config: 3", "Pulumi.yaml at main has no settings"),
    ],
)
def test_a_file_that_is_none_is_named(content: bytes | None, message: str) -> None:
    """Whatever is in it."""
    with pytest.raises(DefinitionError, match=message):
        read_cost_settings(lambda _name: content, "at main")
