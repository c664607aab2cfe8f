"""What a release needs in AWS and on GitHub, made as the stacks make it, and people with keys of their own.

Pulumi brings the same things up in minutes; here only what these tests reach is made, by the same names.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from components import iam
from components.private_bucket import bucket_policy
from slipway.adapters.aws import assumed, client
from slipway.cli.estate import Estate, StackPlace, read_estate
from slipway.model.environment import Environment
from slipway.model.naming import ARTIFACTS, DOCUMENTS, EVIDENCE, LEDGER, LEDGER_INDEX, SIGNING
from tests.doubles.desk import TEAM
from tests.doubles.workspace_folder import FILES
from tests.integration.aws.front import Front
from tests.integration.aws.tables import make_table
from tests.integration.source_control.forge import Repository, RunningForge

ROOT: Final = Path(__file__).parents[3]
MODEL: Final = "dbt/models/marts/settlements/settlements.sql"
PEOPLE: Final[Mapping[str, Mapping[str, str]]] = {
    id_: {"user": id_, "access_key_id": f"AKIATESTTEST{number:08}", "secret_access_key": f"of {id_}"}
    for number, id_ in enumerate(("ana.silva", "ben.okoro", "grace.kim", "henrik.olsen"))
}
"""Those of `TEAM`, as users of the audit account."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything that a release stands on.

    Attributes:
        front: AWS.
        repository: the workspace's, on GitHub.
        estate: where everything is.
        workspace: a clone of the repository.
    """

    front: Front
    repository: Repository
    estate: Estate
    workspace: Path

    def environment_of(self, person: str) -> dict[str, str]:
        """What leads the command here, as a person."""
        key = PEOPLE[person]
        return {
            **self.front.environment,
            "AWS_ACCESS_KEY_ID": key["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": key["secret_access_key"],
            "PULUMI_OPTION_CWD": str(self.estate.platform),
            "GITHUB_BASE_URL": f"{self.repository.forge.url}/",
            "GITHUB_TOKEN": self.repository.forge.token,
        }

    def aws(self, service: str, person: str | None = None) -> Any:
        """A client of a person, or of the engineer."""
        return client(self.front.session() if person is None else self.front.session(PEOPLE[person]), service)

    def git(self, *words: str) -> str:
        """Run git in the workspace."""
        identity = ("-c", "user.name=Grace", "-c", "user.email=grace@finedge.example")
        command = ["git", *identity, "-c", "commit.gpgsign=false", *words]
        return subprocess.run(
            command, cwd=self.workspace, check=True, capture_output=True, text=True
        ).stdout.strip()


def set_stage(front: Front, forge: RunningForge, folder: Path) -> Stage:
    """Make buckets, tables, key and repository, and put a workspace on its main branch."""
    platform = folder / "platform"
    platform.mkdir()
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, platform)
    stage = Stage(
        front=front,
        repository=_repository(forge),
        estate=read_estate(platform),
        workspace=folder / "workspace",
    )
    _make_shared(stage)
    for environment in Environment:
        _make_documents(stage, stage.estate.environment(environment))
    _make_workspace(stage)
    return stage


def _repository(forge: RunningForge) -> Repository:
    forge.call("POST", "/orgs/finedge/repos", name="finedge-pipelines", auto_init=True)
    repository = Repository(forge=forge, name="finedge/finedge-pipelines")
    for login in ("anasilva", "benokoro"):
        repository.call("PUT", f"/collaborators/{login}", permission="push")
    return repository


def _make_shared(stage: Stage) -> None:
    naming = stage.estate.shared.naming
    s3, kms, dynamodb = (stage.aws(service) for service in ("s3", "kms", "dynamodb"))
    s3.create_bucket(Bucket=naming.bucket(ARTIFACTS))
    evidence = naming.bucket(EVIDENCE)
    s3.create_bucket(Bucket=evidence, ObjectLockEnabledForBucket=True)
    policy = bucket_policy(f"arn:aws:s3:::{evidence}", [], [iam.own_approvals_only])
    # The tests speak plain HTTP; the statement that refuses it is the only one with a condition.
    statements = [each for each in json.loads(policy)["Statement"] if "Condition" not in each]
    s3.put_bucket_policy(
        Bucket=evidence, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements})
    )
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=naming.key_alias(SIGNING), TargetKeyId=key)
    make_table(dynamodb, naming.table(LEDGER), "chain", ("sequence", "N"))
    make_table(dynamodb, naming.table(LEDGER_INDEX), "subject", ("position", "S"))


def _make_documents(stage: Stage, place: StackPlace) -> None:
    assert place.role_arn is not None
    there = client(assumed(stage.front.session(), place.role_arn, session_name="test"), "dynamodb")
    make_table(there, place.naming.table(DOCUMENTS), "environment", ("version", "N"))


def _make_workspace(stage: Stage) -> None:
    forge = stage.repository.forge
    host = forge.url.removeprefix("http://")
    url = f"http://x-access-token:{forge.token}@{host}/{stage.repository.name}.git"
    stage.workspace.mkdir()
    stage.git("clone", "-q", url, ".")
    for path, text in {**FILES, "team.yaml": TEAM}.items():
        (stage.workspace / path).parent.mkdir(parents=True, exist_ok=True)
        (stage.workspace / path).write_text(text, encoding="utf-8")
    stage.git("add", "-A")
    stage.git("commit", "-qm", "Begin")
    stage.git("push", "-q", "origin", "HEAD:main")


def merge_a_change(stage: Stage) -> None:
    """Have Ana propose another settlements model, Ben approve and merge it, and pull it."""
    repository = stage.repository
    repository.call("POST", "/git/refs", ref="refs/heads/refunds", sha=repository.tip())
    repository.write("anasilva", "refunds", "dbt/models/marts/settlements/refunds.sql", "select 2")
    proposed = {"title": "Settle refunds too", "head": "refunds", "base": "main"}
    number = int(repository.call("POST", "/pulls", "anasilva", **proposed)["number"])
    repository.review("benokoro", number)
    repository.merge("benokoro", number)
    stage.git("pull", "-q", "origin", "main")
