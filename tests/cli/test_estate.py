"""Which accounts there are, and what things are called in them: from the stack files alone."""

import shutil
from pathlib import Path

import pytest
import yaml

from slipway.cli.accounts import Accounts, backend_of, home_of, session_name
from slipway.cli.estate import Estate, NoPlatformError, find_platform, read_estate
from slipway.model.environment import Environment, StackName
from slipway.model.errors import DefinitionError
from slipway.model.principal import Caller, UserId
from slipway.model.subjects import EVIDENCE, LEASES, LEDGER

ROOT = Path(__file__).parents[2]


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    """The repository's own project and stack files."""
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def _edit(platform: Path, stack: StackName, key: str, value: object) -> None:
    path = platform / f"Pulumi.{stack}.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["config"][key] = value
    path.write_text(yaml.safe_dump(document), encoding="utf-8")


def test_the_estate_of_this_repository() -> None:
    """Names are those that the stacks give: one naming module makes both."""
    estate = read_estate(ROOT)
    assert estate.shared.naming.bucket(EVIDENCE) == "finedge-shared-evidence-111122223333"
    assert estate.shared.naming.table(LEDGER) == "slipway-shared-ledger"
    prod = estate.environment(Environment.PROD)
    assert prod.naming.table(LEASES) == "slipway-prod-leases"
    assert prod.role_arn == "arn:aws:iam::444455556666:role/slipway-operator-prod"
    assert {place.role_arn for place in estate.stacks.values()} == {
        place.naming.operator_role_arn for place in estate.stacks.values()
    }
    assert {place.region for place in estate.stacks.values()} == {"us-east-1"}
    assert estate.github_owner == "finedge"


def test_without_an_owner_nobody_knows_where_the_repository_is(platform: Path) -> None:
    """The key is named, with the command that sets it."""
    _edit(platform, StackName.SHARED, "github:owner", None)
    with pytest.raises(DefinitionError, match=r"Pulumi\.shared\.yaml: 'github:owner' is missing") as refused:
        read_estate(platform)
    assert refused.value.remedy == "pulumi config set github:owner NAME -s shared"


def test_a_stack_without_a_role_is_worked_in_with_ones_own_credentials(platform: Path) -> None:
    """Who lives in the account needs no way in."""
    _edit(platform, StackName.SHARED, "aws:assumeRoles", [])
    assert read_estate(platform).shared.role_arn is None


def test_a_stack_file_may_name_the_organization(platform: Path) -> None:
    """As for the Pulumi program, the stack's own value wins."""
    _edit(platform, StackName.DEV, "slipway:organization", "acme")
    estate: Estate = read_estate(platform)
    assert estate.environment(Environment.DEV).naming.organization == "acme"
    assert estate.shared.naming.organization == "finedge"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "aws:allowedAccountIds",
            ["222233334444", "333344445555"],
            "Pulumi.dev.yaml: 'aws:allowedAccountIds' is wrong",
        ),
        ("aws:allowedAccountIds", ["12345"], "Pulumi.dev.yaml: 'aws:allowedAccountIds.0' is wrong"),
        ("aws:region", None, "Pulumi.dev.yaml: 'aws:region' is wrong"),
        ("aws:assumeRoles", [{"roleArn": "me"}], "Pulumi.dev.yaml: 'aws:assumeRoles.0.roleArn' is wrong"),
    ],
)
def test_a_wrong_stack_file_is_named_with_its_key(
    platform: Path, key: str, value: object, message: str
) -> None:
    """A command that went to another account would be worse than one that stops."""
    _edit(platform, StackName.DEV, key, value)
    with pytest.raises(DefinitionError) as wrong:
        read_estate(platform)
    assert wrong.value.message.startswith(message)
    assert "pulumi config set" in wrong.value.remedy


@pytest.mark.parametrize(("text", "reason"), [("[", "cannot be read"), ("[]", "is no stack file")])
def test_what_is_no_stack_file(platform: Path, text: str, reason: str) -> None:
    """It is named."""
    (platform / "Pulumi.prod.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=reason):
        read_estate(platform)
    (platform / "Pulumi.prod.yaml").unlink()
    with pytest.raises(DefinitionError, match="does not exist"):
        read_estate(platform)


def test_the_platform_is_found_from_below_and_where_pulumi_looks(platform: Path, tmp_path: Path) -> None:
    """`eval "$(slipway sandbox env)"` sets Pulumi's own variable: commands then work in any folder."""
    below = platform / "a" / "b"
    below.mkdir(parents=True)
    assert find_platform(below, {}) == platform
    assert find_platform(Path("/"), {"PULUMI_OPTION_CWD": str(platform)}) == platform
    with pytest.raises(NoPlatformError, match=r"neither / nor a folder above has a Pulumi\.yaml") as nowhere:
        find_platform(Path("/"), {})
    assert "PULUMI_OPTION_CWD" in nowhere.value.remedy
    with pytest.raises(NoPlatformError, match=r"\(PULUMI_OPTION_CWD\) has no Pulumi.yaml"):
        find_platform(platform, {"PULUMI_OPTION_CWD": str(tmp_path / "a")})


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:iam::111122223333:user/ana.silva", "ana.silva"),
        ("arn:aws:iam::111122223333:user/division/ana@finedge.example", "ana@finedge.example"),
        ("arn:aws:sts::111122223333:assumed-role/build/run 7:é", "run-7--"),
        ("arn:aws:iam::111122223333:user/a", "a-"),
        (f"arn:aws:iam::111122223333:user/{'x' * 80}", "x" * 64),
    ],
)
def test_a_session_carries_the_name_of_who_opened_it(arn: str, name: str) -> None:
    """CloudTrail then says which person was behind a role; STS limits length and letters."""
    assert session_name(Caller(arn=arn, user_id=UserId("u"), account="111122223333")) == name


def _caller(arn: str) -> Caller:
    return Caller(arn=arn, user_id=UserId("u"), account=arn.split(":")[4])


@pytest.mark.parametrize(
    ("arn", "home"),
    [
        ("arn:aws:sts::222233334444:assumed-role/slipway-dev-deploy/AWSCodeBuild-1", ("dev", "deploy")),
        ("arn:aws:sts::111122223333:assumed-role/slipway-shared-sign/AWSCodeBuild-1", ("shared", "sign")),
        ("arn:aws:sts::444455556666:assumed-role/slipway-dev-deploy/AWSCodeBuild-1", None),
        ("arn:aws:sts::222233334444:assumed-role/OrganizationAccountAccessRole/grace.kim", None),
        ("arn:aws:iam::222233334444:user/slipway-dev-deploy", None),
    ],
)
def test_a_role_of_the_platform_is_known_by_its_name_and_account(
    arn: str, home: tuple[str, str] | None
) -> None:
    """Everybody else works in the role of the stack file."""
    found = home_of(_caller(arn), read_estate(ROOT))
    assert found == (None if home is None else (StackName(home[0]), home[1]))


@pytest.mark.parametrize(
    ("caller", "stack", "role"),
    [
        ("assumed-role/slipway-dev-deploy/build", StackName.DEV, None),
        ("assumed-role/slipway-dev-deploy/build", StackName.SHARED, "slipway-shared-deploy-dev"),
        ("assumed-role/Administrator/grace.kim", StackName.SHARED, "slipway-operator-shared"),
        ("assumed-role/Administrator/grace.kim", StackName.DEV, "slipway-operator-dev"),
    ],
)
def test_whom_a_session_is_opened_as(
    caller: str, stack: StackName, role: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build as itself at home, and elsewhere as what is there for it; a person as the stack file says."""
    opened: list[str] = []

    def remember(_own: object, role_arn: str, *, session_name: str) -> None:
        assert session_name == caller.rpartition("/")[2]
        opened.append(role_arn.rpartition("/")[2])

    monkeypatch.setattr("slipway.cli.accounts.assumed", remember)
    accounts = Accounts(read_estate(ROOT))
    monkeypatch.setattr(Accounts, "caller", _caller(f"arn:aws:sts::222233334444:{caller}"))
    accounts.session(accounts.estate.stacks[stack])
    assert opened == ([] if role is None else [role])


@pytest.mark.parametrize(
    ("caller", "stack", "role"),
    [
        ("assumed-role/slipway-dev-deploy/build", Environment.DEV, "slipway-applier-dev"),
        ("assumed-role/slipway-dev-deploy/build", Environment.PROD, None),
        ("assumed-role/slipway-dev-observe/build", Environment.DEV, None),
        ("assumed-role/Administrator/grace.kim", Environment.DEV, None),
    ],
)
def test_who_changes_the_resources_of_pipelines(
    caller: str, stack: Environment, role: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a deployment's build a role that can do nothing else; a person's Pulumi takes the stack file's."""
    opened: list[str] = []

    def remember(_own: object, role_arn: str, *, session_name: str) -> None:
        assert session_name == "build"
        opened.append(role_arn.rpartition("/")[2])

    monkeypatch.setattr("slipway.cli.accounts.assumed", remember)
    monkeypatch.setattr(Accounts, "caller", _caller(f"arn:aws:sts::222233334444:{caller}"))
    Accounts(read_estate(ROOT)).applier(stack)
    assert opened == ([] if role is None else [role])


def test_the_state_is_in_the_audit_accounts_bucket_unless_somebody_says_where() -> None:
    """A build is told of no backend; a person's shell may be."""
    estate = read_estate(ROOT)
    assert backend_of(estate, {}) == "s3://finedge-shared-state-111122223333?region=us-east-1"
    assert backend_of(estate, {"PULUMI_BACKEND_URL": "file:///tmp/state"}) == "file:///tmp/state"
