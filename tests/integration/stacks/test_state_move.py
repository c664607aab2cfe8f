"""The way of docs/guides/real-accounts.md: from a local state into the bucket and key that `shared` made."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.running_sandbox import RunningSandbox

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]


def test_shared_moves_into_its_own_bucket(shared: RunningSandbox, tmp_path: Path) -> None:
    """After the move the same program sees no change, and the secrets key is KMS's."""
    exported = tmp_path / "shared.json"
    shared.expect("stack", "export", "-s", "shared", "--file", str(exported))
    moved = _with_state_in_the_bucket(shared, tmp_path / "project")
    moved.expect("stack", "init", "shared", "--secrets-provider", _secrets_provider())
    moved.expect("stack", "import", "-s", "shared", "--file", str(exported))
    moved.expect("preview", "-s", "shared", "--expect-no-changes", "--suppress-progress")
    stack_file = (tmp_path / "project" / "Pulumi.shared.yaml").read_text(encoding="utf-8")
    assert "encryptedkey: " in stack_file
    assert "encryptionsalt" not in stack_file


def _secrets_provider() -> str:
    first = (ROOT / "Pulumi.shared.yaml").read_text(encoding="utf-8").splitlines()[0]
    return first.removeprefix("secretsprovider: ")


def _with_state_in_the_bucket(sandbox: RunningSandbox, project: Path) -> RunningSandbox:
    """The same project with the repository's own stack file, its state in the bucket of `shared`."""
    shutil.copytree(sandbox.environment["PULUMI_OPTION_CWD"], project, symlinks=True)
    shutil.copy(ROOT / "Pulumi.shared.yaml", project / "Pulumi.shared.yaml")
    bucket = f"finedge-shared-state-{sandbox.endpoints['accounts']['shared']}"
    query = f"region=us-east-1&endpoint={sandbox.environment['AWS_ENDPOINT_URL']}&use_path_style=true"
    place = {"PULUMI_OPTION_CWD": str(project), "PULUMI_BACKEND_URL": f"s3://{bucket}?{query}"}
    return replace(sandbox, environment={**sandbox.environment, **place})
