"""`slipway doctor`: each lack is named with its remedy, and the exit code says what a script needs."""

import json
import shutil
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from slipway.attest.pinned import KeyUse
from slipway.cli import wiring
from slipway.cli.doctor_instruments import AccountInstruments
from slipway.cli.estate import read_estate
from slipway.doctor.findings import Check, State, examine
from slipway.doctor.services import PLACEHOLDER_KEYS, is_placeholder
from slipway.model.environment import Environment, StackName
from slipway.ports.account_survey import BucketFacts
from slipway.ports.identity import IdentityRefused, IdentityUnknown, NoCredentials
from slipway.ports.source_control_errors import NotFound, TokenRefused
from slipway.ports.warehouse_errors import ConnectionLost, LoginRefused
from tests.cli.conftest import Slipway
from tests.doubles.instruments import HealthyInstruments, Refusing
from tests.doubles.local_signer import LocalSigner
from tests.doubles.memory_account_stacks import AccountIdentity

ROOT = Path(__file__).parents[2]
STATE = "finedge-shared-state-111122223333"
BACKEND = f"s3://{STATE}?region=us-east-1"

pytestmark = pytest.mark.usefixtures("platform", "instruments")


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository's project, with keys of one's own and pinned keys."""
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, tmp_path)
    for environment in Environment:
        _set_keys(tmp_path, environment, "AAAA")
    (tmp_path / "keys").mkdir()
    for use in KeyUse:
        (tmp_path / "keys" / f"{use}.pem").write_bytes(LocalSigner().public_key())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PULUMI_OPTION_CWD", raising=False)
    monkeypatch.setenv("PULUMI_BACKEND_URL", BACKEND)
    return tmp_path


def _set_keys(platform: Path, environment: Environment, key: str) -> None:
    path = platform / f"Pulumi.{environment}.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["config"]["slipway:serviceUserKeys"] = {"airflow": [key], "deploy": [key]}
    path.write_text(yaml.safe_dump(document), encoding="utf-8")


@pytest.fixture
def instruments(monkeypatch: pytest.MonkeyPatch) -> HealthyInstruments:
    """Nothing lacks."""
    healthy = HealthyInstruments()
    monkeypatch.setattr(wiring, "build_instruments", lambda _estate: healthy)
    return healthy


def test_where_nothing_lacks_it_says_so(slipway: Slipway) -> None:
    """A line for each check of each account, and 0."""
    ended = slipway("doctor")
    assert (ended.code, "lacks " in ended.out.replace("nothing lacks", "")) == (0, False)
    assert "25 looked at: nothing lacks" in ended.out
    assert "ok    bootstrap prod" in ended.out


def test_one_account_is_looked_at_alone(slipway: Slipway) -> None:
    """The machine and the audit account are everybody's."""
    told = json.loads(slipway("doctor", "-s", "dev", "--format", "json").out)["findings"]
    assert [each["check"] for each in told] == [
        "pulumi",
        "plugins",
        "backend",
        "credentials",
        "state bucket",
        "operator dev",
        "bootstrap dev",
        "secrets key dev",
        "github issuer dev",
        "snowflake",
        "github",
        "service keys dev",
        "trusted keys",
    ]
    assert {each["state"] for each in told} == {"fine"}


def _no_cli(it: HealthyInstruments) -> None:
    it.installed.version = None


def _old_cli(it: HealthyInstruments) -> None:
    it.installed.version = "3.99.1"


def _no_plugin(it: HealthyInstruments) -> None:
    it.installed.found.pop("snowflake")


def _no_credentials(it: HealthyInstruments) -> None:
    it.mine = Refusing(NoCredentials("there are no AWS credentials", remedy="log in"))


def _credentials_of_dev(it: HealthyInstruments) -> None:
    it.mine = AccountIdentity("222233334444")


def _no_operator(it: HealthyInstruments) -> None:
    it.operators[StackName.DEV] = Refusing(IdentityRefused("AWS answers AccessDenied", remedy="x"))


def _operator_of_prod(it: HealthyInstruments) -> None:
    it.operators[StackName.DEV] = AccountIdentity("444455556666")


def _no_bootstrap(it: HealthyInstruments) -> None:
    it.bootstraps[StackName.DEV].records.clear()


def _old_bootstrap(it: HealthyInstruments) -> None:
    it.bootstraps[StackName.DEV].records["slipway-bootstrap-dev"].status = "UPDATE_ROLLBACK_FAILED"


def _unprotected(it: HealthyInstruments) -> None:
    it.bootstraps[StackName.DEV].records["slipway-bootstrap-dev"].protected = False


def _no_bucket(it: HealthyInstruments) -> None:
    it.audited.buckets.clear()


def _unversioned(it: HealthyInstruments) -> None:
    it.audited.buckets[STATE] = BucketFacts(versioned=False)


def _no_key(it: HealthyInstruments) -> None:
    it.audited.keys.pop("alias/slipway-pulumi-dev")


def _disabled_key(it: HealthyInstruments) -> None:
    it.audited.keys["alias/slipway-pulumi-dev"] = False


def _no_issuer(it: HealthyInstruments) -> None:
    it.surveys[StackName.DEV].has_issuer = False


def _no_login(it: HealthyInstruments) -> None:
    it.login.fault = LoginRefused("JWT token is invalid", subject="Snowflake account X")


def _weak_role(it: HealthyInstruments) -> None:
    it.login.role, it.login.privileges = "SYSADMIN", frozenset({"CREATE DATABASE", "CREATE WAREHOUSE"})


def _nearly_almighty(it: HealthyInstruments) -> None:
    it.login.role = "PLATFORM"


def _member(it: HealthyInstruments) -> None:
    it.owner.is_owner = False


def _no_token(it: HealthyInstruments) -> None:
    it.owner.fault = TokenRefused("GITHUB_TOKEN is not set", subject="the organization finedge")


def _no_organization(it: HealthyInstruments) -> None:
    it.owner.fault = NotFound("Not Found", subject="the organization finedge")


Lack = tuple[Callable[[HealthyInstruments], None], str, str, str]
"""What is taken away; the check, the message and the remedy that say so."""

LACKS: list[Lack] = [
    (_no_cli, "pulumi", "there is no Pulumi CLI", "install Pulumi 3.254 or later"),
    (_old_cli, "pulumi", "the Pulumi CLI is 3.99.1", "install 3.254 or later"),
    (_no_plugin, "plugins", "not installed: snowflake 2.22.0", "pulumi install"),
    (_no_credentials, "credentials", "there are no AWS credentials", "log in"),
    (_credentials_of_dev, "credentials", "of account 222233334444", "use credentials of the audit account"),
    (_no_operator, "operator dev", "slipway-operator-dev cannot be taken", "slipway bootstrap -s dev"),
    (_operator_of_prod, "operator dev", "its role is of 444455556666", "name one account"),
    (_no_bootstrap, "bootstrap dev", "has no stack slipway-bootstrap-dev", "slipway bootstrap -s dev"),
    (_old_bootstrap, "bootstrap dev", "(UPDATE_ROLLBACK_FAILED)", "slipway bootstrap -s dev; --dry-run"),
    (_unprotected, "bootstrap dev", "is not protected from deletion", "slipway bootstrap -s dev"),
    (_no_bucket, "state bucket", f"there is no bucket {STATE}", "slipway bootstrap -s shared"),
    (_unversioned, "state bucket", f"{STATE} is not versioned", "slipway bootstrap -s shared"),
    (_no_key, "secrets key dev", "there is no key alias/slipway-pulumi-dev", "slipway bootstrap -s shared"),
    (_disabled_key, "secrets key dev", "alias/slipway-pulumi-dev is disabled", "enable-key"),
    (_no_issuer, "github issuer dev", "does not know GitHub's issuer", "slipway bootstrap -s dev"),
    (_no_login, "snowflake", "JWT token is invalid", "key"),
    (_weak_role, "snowflake", "lacks CREATE ROLE, CREATE USER, MANAGE GRANTS", "ACCOUNTADMIN"),
    (_nearly_almighty, "snowflake", "cannot make resource monitors", "ACCOUNTADMIN"),
    (_member, "github", "dpatel does not own finedge", "an owner's token"),
    (_no_token, "github", "GITHUB_TOKEN is not set", ""),
    (_no_organization, "github", "Not Found", ""),
]


@pytest.mark.parametrize("lack", LACKS, ids=lambda lack: lack[0].__name__.strip("_"))
def test_what_lacks_is_named_with_its_remedy(
    slipway: Slipway, instruments: HealthyInstruments, lack: Lack
) -> None:
    """One thing is taken away, one line says so, and the command exits with 1."""
    take, check, message, remedy = lack
    take(instruments)
    ended = slipway("doctor", "-s", "dev", "--format", "json")
    lacking = [each for each in json.loads(ended.out)["findings"] if each["state"] == "lacking"]
    assert ended.code == 1
    assert [each["check"] for each in lacking] == [check]
    assert message in lacking[0]["message"]
    assert remedy in lacking[0]["remedy"]
    assert lacking[0]["remedy"]


def test_state_elsewhere_the_examples_keys_and_no_pinned_key_lack_too(
    slipway: Slipway, platform: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written on this machine is read from it."""
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///tmp/state")
    shutil.copy(ROOT / "Pulumi.dev.yaml", platform)
    (platform / "keys" / "signing.pem").unlink()
    ended = slipway("doctor", "-s", "dev")
    assert ended.code == 1
    assert "PULUMI_BACKEND_URL is file:///tmp/state: the state is not where" in ended.out
    assert f'remedy: export PULUMI_BACKEND_URL="{BACKEND}"' in ended.out
    assert (
        "Pulumi.dev.yaml has the example's keys of airflow, ci, deploy, observe: they belong to nobody"
        in ended.out
    )
    assert "no public key is pinned in " in ended.out
    assert "13 looked at: 3 lack" in ended.out


def test_a_platform_that_believes_no_approval(slipway: Slipway, platform: Path) -> None:
    """Releases alone are not enough: nobody could approve one."""
    (platform / "keys" / "approvals.pem").unlink()
    ended = slipway("doctor", "-s", "dev")
    assert "no public key of approvals is pinned in keys/" in ended.out
    assert "remedy: slipway release pin" in ended.out


def test_every_key_of_the_repositorys_stack_files_is_known_as_an_example() -> None:
    """Another example's key must not pass for somebody's own."""
    files = [ROOT / f"Pulumi.{environment}.yaml" for environment in Environment]
    configs = [yaml.safe_load(file.read_text(encoding="utf-8"))["config"] for file in files]
    users = [given for config in configs for given in config["slipway:serviceUserKeys"].values()]
    keys = [key for given in users for key in given]
    assert all(map(is_placeholder, keys))
    assert len(PLACEHOLDER_KEYS) == len(set(keys))


def test_without_credentials_no_role_and_no_account_is_blamed(
    slipway: Slipway, instruments: HealthyInstruments
) -> None:
    """One thing lacks, and is told once with how to get it: bootstrap would not help."""
    missing = NoCredentials("there are no AWS credentials", remedy="log in (aws sso login)")
    instruments.mine = Refusing(missing)
    for stack in StackName:
        instruments.operators[stack] = Refusing(missing)
    ended = slipway("doctor")
    assert ended.code == 1
    assert "slipway bootstrap" not in ended.out
    assert "cannot be taken" not in ended.out
    assert ended.out.count("remedy:") == 1
    assert "lacks credentials          there are no AWS credentials: no account could be asked\n" in ended.out
    assert "with it: operator shared, operator dev, operator staging, operator prod\n" in ended.out
    assert "25 looked at: 1 lacks, 4 could not be judged; 1 remedy" in ended.out


def test_what_one_command_makes_is_one_line(slipway: Slipway, instruments: HealthyInstruments) -> None:
    """Accounts that nobody has bootstrapped: a command for each, not a line for each thing that it makes."""
    instruments.audited.buckets.clear()
    instruments.audited.keys.clear()
    for stack in StackName:
        instruments.bootstraps[stack].records.clear()
        instruments.surveys[stack].has_issuer = False
    ended = slipway("doctor")
    remedies = [line.split("remedy: ")[1] for line in ended.out.splitlines() if "remedy: " in line]
    assert remedies == [f"slipway bootstrap -s {stack}" for stack in StackName]
    others = "bootstrap shared, secrets key shared, github issuer shared, secrets key dev"
    assert f"with it: {others}" in ended.out
    assert ended.out.endswith("; 4 remedies\n")


def test_snowflake_variables_that_are_not_set_lack(
    slipway: Slipway, instruments: HealthyInstruments, platform: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose they are follows from who asks: the doctor's is whoever runs the program, not the CI role."""
    real = AccountInstruments(read_estate(platform), {})
    monkeypatch.setattr(instruments, "warehouse", real.warehouse)
    (found,) = (
        each
        for each in json.loads(slipway("doctor", "-s", "dev", "--format", "json").out)["findings"]
        if each["check"] == "snowflake"
    )
    assert found["state"] == "lacking"
    assert "SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER, SNOWFLAKE_ROLE" in found["message"]
    assert "the role of whoever runs the program (ACCOUNTADMIN" in found["remedy"]
    assert 'eval "$(slipway sandbox env)"' in found["remedy"]


@pytest.mark.parametrize(
    "fault",
    [
        lambda it: setattr(it, "mine", Refusing(IdentityUnknown("AWS does not answer", remedy="check"))),
        lambda it: setattr(it.login, "fault", ConnectionLost("no answer", subject="Snowflake")),
    ],
    ids=["aws", "snowflake"],
)
def test_what_cannot_be_judged_is_no_lack(
    slipway: Slipway, instruments: HealthyInstruments, fault: Callable[[HealthyInstruments], None]
) -> None:
    """Nobody is sent to mend what may be well: 3, and what did not answer."""
    fault(instruments)
    ended = slipway("doctor", "-s", "dev")
    assert ended.code == 3
    assert "13 looked at: nothing lacks, 1 could not be judged" in ended.out


def test_a_check_that_hangs_holds_nobody_up() -> None:
    """The others are told; the one that hangs is told as such, with its limit."""
    ends = threading.Event()
    checks = [
        Check(name="slow", look=lambda subject: [subject.fine(str(ends.wait(60)))]),
        Check(name="quick", look=lambda subject: [subject.fine("well")]),
    ]
    slow, quick = examine(checks, limit=timedelta(seconds=0.2))
    ends.set()
    assert (slow.state, slow.message) == (State.UNCLEAR, "no answer within 0 s")
    assert (quick.state, quick.message) == (State.FINE, "well")


def test_a_fault_of_our_own_is_no_finding(slipway: Slipway, instruments: HealthyInstruments) -> None:
    """It is told as one, with 3."""
    instruments.login.fault = ZeroDivisionError("oops")
    ended = slipway("doctor", "-s", "dev")
    assert ended.code == 3
    assert "slipway itself failed: ZeroDivisionError: oops" in ended.err


def test_markdown_is_a_table(slipway: Slipway, instruments: HealthyInstruments) -> None:
    """For an issue of the platform team."""
    instruments.installed.version = None
    told = slipway("doctor", "-s", "dev", "--format", "markdown").out
    assert "| lacks | pulumi | there is no Pulumi CLI on the PATH<br>remedy: install Pulumi 3.254" in told
