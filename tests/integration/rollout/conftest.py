"""One site for the tests of a worker: each deploys a release of its own to what the one before has left."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from slipway.adapters.snowflake import snowflake_warehouse
from slipway.model.environment import StackName
from slipway.model.workload import Workload
from stacks.warehouse_settings import ServiceUserName
from tests.integration.aws.front import running_front
from tests.integration.rollout.production import bring_up, build
from tests.integration.rollout.site import ROOT, OpenSite, Site
from tests.integration.rollout.small_workspace import first_files
from tests.integration.warehouse.account import TAG, RunningAccount, running_account
from tests.integration.warehouse.declared import DeclaredAccount, declare


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Production on which version 1 of the small workspace runs."""
    folder = tmp_path_factory.mktemp("site")
    with (
        running_front(tmp_path_factory.mktemp("aws")) as front,
        running_account(tmp_path_factory.mktemp("account")) as account,
    ):
        declared = _declare(account, folder)
        made = Site(
            variables={**front.environment, **_pulumi(folder)},
            snowflake=declared.as_user(ServiceUserName.DEPLOY, Workload.RELEASE),
            declared=declared,
            platform=folder / "platform",
            folder=folder,
        )
        _make_platform(made.platform, {**os.environ, **made.variables})
        with _here(made) as opened:
            opened.make_stores()
            bring_up(opened)
        yield made


@pytest.fixture(scope="module")
def here(site: Site) -> Iterator[OpenSite]:
    """The site, opened in this process for the tests of a file."""
    with _here(site) as opened:
        yield opened


@contextmanager
def _here(site: Site) -> Iterator[OpenSite]:
    """Open a site with its variables, and put the process's own back."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in site.variables.items():
            patch.setenv(name, value)
        with site.opened() as opened:
            yield opened


def _declare(account: RunningAccount, folder: Path) -> DeclaredAccount:
    """Have the stack up in Snowflake, and the tables of version 1 as its pipelines have built them."""
    workspace = folder / "workspace"
    for path, text in first_files().items():
        (workspace / path).parent.mkdir(parents=True, exist_ok=True)
        (workspace / path).write_text(text, encoding="utf-8")
    administrator = replace(account.settings, warehouse="COMPUTE_WH")
    session = snowflake_warehouse(administrator, TAG)
    try:
        declared = declare(session, administrator, StackName.PROD, workspace, folder)
        build(session)
    finally:
        session.close()
    return declared


def _pulumi(folder: Path) -> dict[str, str]:
    (folder / "state").mkdir()
    return {
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def _make_platform(platform: Path, environment: Mapping[str, str]) -> None:
    """A project whose program makes a component of each entry, with an empty stack."""
    shutil.copytree(ROOT / "tests" / "integration" / "programs" / "entries", platform)
    (platform / ".venv").symlink_to(ROOT / ".venv")
    command = ["pulumi", "stack", "init", "prod", "--cwd", str(platform), "--non-interactive"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
