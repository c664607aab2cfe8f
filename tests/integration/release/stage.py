"""What a release needs in AWS and on GitHub, made as the stacks make it, and people with keys of their own.

Pulumi brings the same things up in minutes; here only what these tests reach is made, by the same names.
"""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from components import iam
from components.identity import trust
from components.private_bucket import bucket_policy
from slipway.adapters.aws import assumed, client
from slipway.catalog.owners import CODEOWNERS
from slipway.cli.estate import Estate, StackPlace, read_estate
from slipway.model.environment import Environment
from slipway.model.subjects import (
    APPROVALS,
    APPROVE,
    ARTIFACTS,
    DAGS,
    DOCUMENTS,
    EVIDENCE,
    JOURNAL,
    LEASES,
    LEDGER,
    LEDGER_INDEX,
    PULUMI_STATE,
    SIGNING,
)
from tests.doubles.desk import TEAM
from tests.doubles.workspace_folder import FILES
from tests.integration.aws.front import Front
from tests.integration.aws.tables import make_table
from tests.integration.source_control.forge import Repository, RunningForge

ROOT: Final = Path(__file__).parents[3]
_OPERATOR: Final = re.compile(r"slipway-operator-\w+")
MODEL: Final = "dbt/models/marts/settlements/settlements.sql"
PEOPLE: Final[Mapping[str, Mapping[str, str]]] = {
    id_: {"user": id_, "access_key_id": f"AKIATESTTEST{number:08}", "secret_access_key": f"of {id_}"}
    for number, id_ in enumerate(("ana.silva", "ben.okoro", "grace.kim", "henrik.olsen"))
}
"""Those of `TEAM`, as users of the audit account."""

DAG: Final = """\
from datetime import timedelta

import pendulum
from airflow import DAG
from airflow.operators.empty import EmptyOperator

with DAG(
    dag_id="revenue",
    schedule=None,
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    default_args={"owner": "settlements", "retries": 2, "retry_delay": timedelta(minutes=5)},
    tags=["settlements"],
):
    EmptyOperator(task_id="nothing")
"""
"""Of the pipeline revenue, without a finding."""


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

    def there(self, place: StackPlace, service: str) -> Any:
        """A client of the engineer in a stack's account."""
        assert place.role_arn is not None
        return client(assumed(self.front.session(), place.role_arn, session_name="test"), service)

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
        # no account of this world is bootstrapped: AWS Organizations' role is there, the operator's is not
        text = _OPERATOR.sub("OrganizationAccountAccessRole", file.read_text(encoding="utf-8"))
        (platform / file.name).write_text(text, encoding="utf-8")
    stage = Stage(
        front=front,
        repository=_repository(forge),
        estate=read_estate(platform),
        workspace=folder / "workspace",
    )
    _make_shared(stage)
    for environment in Environment:
        _make_environment(stage, stage.estate.environment(environment))
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
    state = naming.bucket(PULUMI_STATE)
    s3.create_bucket(Bucket=state)
    s3.put_bucket_versioning(Bucket=state, VersioningConfiguration={"Status": "Enabled"})
    evidence = naming.bucket(EVIDENCE)
    s3.create_bucket(Bucket=evidence, ObjectLockEnabledForBucket=True)
    approve = naming.role_arn(APPROVE)
    policy = bucket_policy(
        f"arn:aws:s3:::{evidence}", [], [iam.own_approvals_only, iam.approvals_by(approve)]
    )
    # The tests speak plain HTTP, which the first statement refuses.
    statements = [each for each in json.loads(policy)["Statement"] if each["Sid"] != "TlsOnly"]
    s3.put_bucket_policy(
        Bucket=evidence, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements})
    )
    users = [f"arn:aws:iam::{iam.account_id_of(approve)}:user/{person}" for person in PEOPLE]
    trusted = iam.document([trust.trust_people(users)])
    stage.aws("iam").create_role(RoleName=naming.role(APPROVE), AssumeRolePolicyDocument=trusted)
    for role in (SIGNING, APPROVALS):
        key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=naming.key_alias(role), TargetKeyId=key)
    make_table(dynamodb, naming.table(LEDGER), "chain", ("sequence", "N"))
    make_table(dynamodb, naming.table(LEDGER_INDEX), "subject", ("position", "S"))


def _make_environment(stage: Stage, place: StackPlace) -> None:
    dynamodb, s3 = (stage.there(place, service) for service in ("dynamodb", "s3"))
    make_table(dynamodb, place.naming.table(DOCUMENTS), "environment", ("version", "N"))
    make_table(dynamodb, place.naming.table(JOURNAL), "deployment", ("stage", "S"))
    make_table(dynamodb, place.naming.table(LEASES), "target")
    s3.create_bucket(Bucket=place.naming.bucket(DAGS))


_OWNERS = FILES[CODEOWNERS].replace(
    "# Nobody has the role control-owner: what decides who may do what has no owner.\n",
    """\
# What decides who may do what belongs to those with the role control-owner.
/.github @finedge/control-owners
/slipway.yaml @finedge/control-owners
/team.yaml @finedge/control-owners
""",
)
"""The code owners of FILES, with somebody of TEAM who owns the controls."""


def _make_workspace(stage: Stage) -> None:
    forge = stage.repository.forge
    host = forge.url.removeprefix("http://")
    url = f"http://x-access-token:{forge.token}@{host}/{stage.repository.name}.git"
    stage.workspace.mkdir()
    stage.git("clone", "-q", url, ".")
    own = {"team.yaml": TEAM, "dags/revenue.py": DAG, CODEOWNERS: _OWNERS}
    for path, text in {**FILES, **own}.items():
        (stage.workspace / path).parent.mkdir(parents=True, exist_ok=True)
        (stage.workspace / path).write_text(text, encoding="utf-8")
    stage.git("add", "-A")
    stage.git("commit", "-qm", "Begin")
    stage.git("push", "-q", "origin", "HEAD:main")


def merge_a_change(
    stage: Stage,
    path: str = "dbt/models/marts/settlements/refunds.sql",
    text: str = "select 2",
    branch: str = "refunds",
) -> None:
    """Have Ana propose a file, another settlements model, Ben approve and merge it, and pull it."""
    repository = stage.repository
    repository.call("POST", "/git/refs", ref=f"refs/heads/{branch}", sha=repository.tip())
    is_there = (stage.workspace / path).exists()
    over = {"sha": stage.git("rev-parse", f"HEAD:{path}")} if is_there else {}
    repository.write("anasilva", branch, path, text, **over)
    proposed = {"title": f"Change {branch}", "head": branch, "base": "main"}
    number = int(repository.call("POST", "/pulls", "anasilva", **proposed)["number"])
    repository.review("benokoro", number)
    repository.merge("benokoro", number)
    stage.git("pull", "-q", "origin", "main")
