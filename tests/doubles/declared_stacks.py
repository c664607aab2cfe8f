"""The repository's own stacks, declared under mocks from FinEdge's workspace and the own settings."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from pulumi.runtime.mocks import MockMonitor, Mocks

from slipway.model.environment import StackName
from stacks import deploy
from stacks.settings import parse
from tests.doubles.pulumi_recorder import Recording, record
from tests.doubles.stack_files import configuration

ROOT: Final = Path(__file__).parents[2]
SHARED_ACCOUNT: Final = "111122223333"
SHARED_OUTPUTS: Final[Mapping[str, object]] = {
    "artifact_bucket": "finedge-shared-artifacts-111122223333",
    "artifact_bucket_arn": "arn:aws:s3:::finedge-shared-artifacts-111122223333",
    "artifact_key_arn": "arn:aws:kms:us-east-1:111122223333:key/artifacts",
    "evidence_bucket": "finedge-shared-evidence-111122223333",
    "ledger_table": "slipway-shared-ledger",
    "ledger_index_table": "slipway-shared-ledger-index",
    "signing_key_alias": "alias/slipway-shared-signing",
    "approval_key_alias": "alias/slipway-shared-approvals",
    "repository": "finedge/finedge-pipelines",
    "trail_bucket": "finedge-shared-trail-111122223333",
    "trail_key_arn": "arn:aws:kms:us-east-1:111122223333:key/trail",
    "accounts": {
        "shared": SHARED_ACCOUNT,
        "dev": "222233334444",
        "staging": "333344445555",
        "prod": "444455556666",
    },
    "region": "us-east-1",
}


@cache
def declared(stack: StackName) -> Recording:
    """Return what a stack declares, once a process."""
    return declare(stack, {})


def with_cluster(stack: StackName, units: int) -> Recording:
    """Return what a stack declares with an EMR cluster of at most so many units."""
    return declare(stack, {"slipway:sparkClusterUnits": str(units)})


def declare(
    stack: StackName, changed: Mapping[str, str], *, monitor: Callable[[Mocks], MockMonitor] = MockMonitor
) -> Recording:
    """Return what a stack declares with some settings changed, to the engine or what stands for it."""
    settings = parse(stack, {**configuration(ROOT, stack), **changed}, root=ROOT)
    return record(
        lambda: deploy(settings),
        stack=stack,
        shared=SHARED_OUTPUTS,
        account=settings.account_id,
        monitor=monitor,
    )
