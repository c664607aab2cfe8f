"""The repository's own stacks, declared under mocks from FinEdge's workspace and the own settings."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from slipway.model.environment import StackName
from stacks import deploy
from stacks.settings import parse
from tests.doubles.pulumi_recorder import Recording, record
from tests.doubles.stack_files import configuration

ROOT: Final = Path(__file__).parents[2]
SHARED_ACCOUNT: Final = "111122223333"
SHARED_OUTPUTS: Final[Mapping[str, str]] = {
    "artifact_bucket": "finedge-shared-artifacts-111122223333",
    "artifact_bucket_arn": "arn:aws:s3:::finedge-shared-artifacts-111122223333",
    "artifact_key_arn": "arn:aws:kms:us-east-1:111122223333:key/artifacts",
    "evidence_bucket": "finedge-shared-evidence-111122223333",
    "ledger_table": "slipway-shared-ledger",
    "ledger_index_table": "slipway-shared-ledger-index",
    "signing_key_alias": "alias/slipway-shared-signing",
    "repository": "finedge/finedge-pipelines",
    "trail_bucket": "finedge-shared-trail-111122223333",
    "trail_key_arn": "arn:aws:kms:us-east-1:111122223333:key/trail",
}


@cache
def declared(stack: StackName) -> Recording:
    """Return what a stack declares, once a process."""
    return _declare(stack, {})


def with_cluster(stack: StackName, units: int) -> Recording:
    """Return what a stack declares with an EMR cluster of at most so many units."""
    return _declare(stack, {"slipway:sparkClusterUnits": str(units)})


def _declare(stack: StackName, changed: Mapping[str, str]) -> Recording:
    settings = parse(stack, {**configuration(ROOT, stack), **changed}, root=ROOT)
    return record(lambda: deploy(settings), stack=stack, shared=SHARED_OUTPUTS, account=settings.account_id)
