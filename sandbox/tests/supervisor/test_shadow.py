"""The shadow project: the program by links, stack files by generation."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from slipway_sandbox.snowflake.keys import make_airflows_key
from slipway_sandbox.supervisor.faults import DefinitionError, DependencyError, UsageError
from slipway_sandbox.supervisor.home import Home
from slipway_sandbox.supervisor.plugins import sdk_versions, write_plugins
from slipway_sandbox.supervisor.project import plan_founding, read_stack
from slipway_sandbox.supervisor.shadow import Dropped, refresh_shadow

DEV = """\
secretsprovider: awskms://alias/dev
encryptedkey: QUJD
config:
  aws:allowedAccountIds: ["022233334444"]
"""
SHARED = """\
config:
  aws:region: eu-central-1
  aws:allowedAccountIds: ["111122223333"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a program and two stacks."""
    folder = tmp_path / "project"
    (folder / "stacks").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".slipway").mkdir()
    (folder / "keys").mkdir()
    (folder / "Pulumi.yaml").write_text("name: x\nruntime: python\n", encoding="utf-8")
    (folder / "Pulumi.dev.yaml").write_text(DEV, encoding="utf-8")
    (folder / "Pulumi.shared.yaml").write_text(SHARED, encoding="utf-8")
    (folder / "__main__.py").write_text("", encoding="utf-8")
    return folder


@pytest.fixture
def home(project: Path) -> Home:
    """A sandbox inside the project, as by default."""
    return Home(project / ".slipway" / "sandbox")


def generated(home: Home, stack: str) -> dict[str, Any]:
    """A stack file of the shadow."""
    text = (home.project / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def test_everything_is_linked_but_stack_files_and_private_folders(home: Home, project: Path) -> None:
    """A link to .slipway would make a loop; through .git or keys it would write into the checkout."""
    refresh_shadow(home, project)
    links = {entry.name: entry.readlink() for entry in home.project.iterdir() if entry.is_symlink()}
    assert links == {name: project / name for name in ("Pulumi.yaml", "__main__.py", "stacks")}


def test_links_follow_the_project(home: Home, project: Path) -> None:
    """A module that is added or removed is so for the next preview."""
    refresh_shadow(home, project)
    (project / "adopted").mkdir()
    (project / "__main__.py").rename(project / "program.py")
    refresh_shadow(home, project)
    names = {entry.name for entry in home.project.iterdir() if entry.is_symlink()}
    assert names == {"Pulumi.yaml", "adopted", "program.py", "stacks"}


def test_a_stack_file_names_the_role_that_a_new_account_has(home: Home, project: Path) -> None:
    """Nobody has bootstrapped the accounts of a new world: AWS Organizations' role is there, and no other."""
    arn = "arn:aws:iam::022233334444:role"
    roles = f"  aws:assumeRoles:\n    - roleArn: {arn}/slipway-operator-dev\n      sessionName: slipway\n"
    (project / "Pulumi.dev.yaml").write_text(DEV + roles, encoding="utf-8")
    refresh_shadow(home, project)
    role = {"roleArn": f"{arn}/OrganizationAccountAccessRole", "sessionName": "slipway"}
    assert generated(home, "dev")["config"]["aws:assumeRoles"] == [role]


def test_a_stack_file_has_the_public_key_of_this_worlds_airflow(home: Home, project: Path) -> None:
    """Of the other users it keeps what it has; a world without Snowflake has no such key."""
    keys = "  slipway:serviceUserKeys:\n    airflow: [theirs]\n    deploy: [theirs]\n"
    (project / "Pulumi.dev.yaml").write_text(DEV + keys, encoding="utf-8")
    refresh_shadow(home, project)
    given = {"airflow": ["theirs"], "deploy": ["theirs"]}
    assert generated(home, "dev")["config"]["slipway:serviceUserKeys"] == given
    make_airflows_key(home.path / "snowflake")
    refresh_shadow(home, project)
    found = generated(home, "dev")["config"]["slipway:serviceUserKeys"]
    assert found["deploy"] == ["theirs"]
    assert found["airflow"] == [(home.path / "snowflake" / "airflow.pub").read_text(encoding="utf-8")]
    assert (home.path / "snowflake" / "airflow.p8").stat().st_mode & 0o777 == 0o600


def test_a_stack_file_loses_its_secrets_provider_and_keeps_its_types(home: Home, project: Path) -> None:
    """An account id with a leading zero must not become a number."""
    refresh_shadow(home, project)
    assert generated(home, "dev") == {"config": {"aws:allowedAccountIds": ["022233334444"]}}


def test_what_the_engine_wrote_stays_until_the_source_changes(home: Home, project: Path) -> None:
    """Then the source wins, but never over the salt that the state's secrets need."""
    refresh_shadow(home, project)
    written = generated(home, "dev") | {"encryptionsalt": "v1:salt"}
    written["config"]["x:colour"] = "green"
    (home.project / "Pulumi.dev.yaml").write_text(yaml.safe_dump(written), encoding="utf-8")
    assert refresh_shadow(home, project) == []
    assert generated(home, "dev") == written
    (project / "Pulumi.dev.yaml").write_text(DEV + "  x:size: large\n", encoding="utf-8")
    assert refresh_shadow(home, project) == [
        Dropped(source=project / "Pulumi.dev.yaml", settings=("x:colour",))
    ]
    assert generated(home, "dev")["encryptionsalt"] == "v1:salt"
    assert generated(home, "dev")["config"].keys() == {"aws:allowedAccountIds", "x:size"}


def test_only_what_is_lost_is_told(home: Home, project: Path) -> None:
    """A setting that the source now has too is kept by it; one that was removed from the copy is back."""
    source = project / "Pulumi.dev.yaml"
    source.write_text(DEV + "  x:old: 1\n", encoding="utf-8")
    refresh_shadow(home, project)
    written = generated(home, "dev")
    del written["config"]["x:old"]
    written["config"] |= {"x:kept": "a", "x:changed": "b"}
    (home.project / "Pulumi.dev.yaml").write_text(yaml.safe_dump(written), encoding="utf-8")
    source.write_text(DEV + "  x:old: 1\n  x:kept: a\n  x:changed: c\n", encoding="utf-8")
    assert refresh_shadow(home, project) == [Dropped(source=source, settings=("x:changed", "x:old"))]
    assert refresh_shadow(home, project) == []


def test_a_comment_in_the_source_drops_nothing(home: Home, project: Path) -> None:
    """What the engine wrote goes only for another setting."""
    refresh_shadow(home, project)
    written = generated(home, "dev")
    written["config"]["x:colour"] = "green"
    (home.project / "Pulumi.dev.yaml").write_text(yaml.safe_dump(written), encoding="utf-8")
    (project / "Pulumi.dev.yaml").write_text(f"# of the dev account\n{DEV}", encoding="utf-8")
    assert refresh_shadow(home, project) == []
    assert generated(home, "dev") == written


def test_a_stack_file_that_the_engine_deleted_comes_back(home: Home, project: Path) -> None:
    """`pulumi stack rm` deletes it; the next `pulumi up` would find a stack without settings."""
    refresh_shadow(home, project)
    (home.project / "Pulumi.dev.yaml").unlink()
    refresh_shadow(home, project)
    assert generated(home, "dev") == {"config": {"aws:allowedAccountIds": ["022233334444"]}}


def test_a_stack_goes_with_its_file(home: Home, project: Path) -> None:
    """The engine would offer a stack that the project no longer has; one of the engine's own stays."""
    refresh_shadow(home, project)
    (home.project / "Pulumi.mine.yaml").write_text("config: {}\n", encoding="utf-8")
    (project / "Pulumi.dev.yaml").unlink()
    refresh_shadow(home, project)
    assert {path.name for path in home.project.glob("Pulumi.*.yaml")} == {
        "Pulumi.mine.yaml",
        "Pulumi.shared.yaml",
    }


def test_accounts_come_from_the_stack_files(project: Path) -> None:
    """And each world has a key of its own."""
    founding = plan_founding(project, needs_github=False)
    assert founding.accounts == {"dev": "022233334444", "shared": "111122223333"}
    assert (founding.region, founding.audit_account) == ("eu-central-1", "111122223333")
    assert founding.access_key_id != plan_founding(project, needs_github=False).access_key_id


def test_the_bucket_of_dag_files_is_the_one_that_the_program_makes(project: Path) -> None:
    """An Airflow runs before its stack comes up, so the name is known, not found."""
    with pytest.raises(UsageError, match="there is no stack prod to start an Airflow for"):
        plan_founding(project, needs_github=False, airflows=["prod"])
    with pytest.raises(DefinitionError, match="names no organization"):
        plan_founding(project, needs_github=False, airflows=["dev"])
    program = "name: x\nconfig:\n  slipway:organization:\n    default: acme\n"
    (project / "Pulumi.yaml").write_text(program, encoding="utf-8")
    founding = plan_founding(project, needs_github=False, airflows=["dev"])
    assert founding.dag_buckets == {"dev": "acme-dev-dags-022233334444"}
    assert founding.airflow_secret
    assert plan_founding(project, needs_github=False).dag_buckets == {}


@pytest.mark.parametrize(
    "value", ['"12345"', "[]", '["111122223333", "222233334444"]', "111122223333", "[12]"]
)
def test_an_account_is_one_id_of_twelve_digits(project: Path, value: str) -> None:
    """Anything else would send the stack's objects somewhere."""
    text = f"config:\n  aws:allowedAccountIds: {value}\n"
    (project / "Pulumi.dev.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"Pulumi\.dev\.yaml names no account"):
        plan_founding(project, needs_github=False)


@pytest.mark.parametrize("text", ["- a\n", "config: x\n", "just words\n"])
def test_a_file_that_is_no_stack_file_is_refused(tmp_path: Path, text: str) -> None:
    """With the file's name, not with an AttributeError."""
    path = tmp_path / "Pulumi.x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match="is not a stack file"):
        read_stack(path)


def test_installed_sdks_win_over_locked_ones(home: Home, project: Path) -> None:
    """The engine asks for the version of the SDK that the program imports."""
    lock = "".join(f'[[package]]\nname = "pulumi-{name}"\nversion = "1.0.0"\n' for name in ("aws", "github"))
    (project / "uv.lock").write_text(lock, encoding="utf-8")
    with pytest.raises(DependencyError, match="neither has installed nor locks pulumi-snowflake"):
        sdk_versions(project)
    packages = project / ".venv/lib/python3.11/site-packages"
    for distribution in ("pulumi_aws-2.0.0", "pulumi_snowflake-3.0.0", "pulumi_policy-9.9.9"):
        (packages / f"{distribution}.dist-info").mkdir(parents=True)
    assert sdk_versions(project) == {"aws": "2.0.0", "github": "1.0.0", "snowflake": "3.0.0"}
    write_plugins(home, project)
    shim = home.pulumi_home / "plugins/resource-aws-v2.0.0/pulumi-resource-aws"
    assert shim.stat().st_mode & 0o111
    assert f"--package aws --home {home.path}" in shim.read_text(encoding="utf-8")
