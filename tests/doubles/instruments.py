"""The doctor's instruments in memory: everything is as it should be until a test takes something away."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from slipway.bootstrap.blueprints import blueprint_of, keeping_policy
from slipway.doctor.instruments import Instruments, OperatorSession
from slipway.doctor.services import NEEDED_PRIVILEGES
from slipway.model.environment import StackName
from slipway.model.principal import Caller
from slipway.ports.account_stacks import AccountStack, Blueprint
from slipway.ports.account_survey import AccountSurvey, BucketFacts
from slipway.ports.identity import Identity, IdentityUnknown
from slipway.ports.machine import Machine
from slipway.ports.organization import Organization, Standing
from slipway.ports.warehouse_login import WarehouseLogin, WarehouseRights
from tests.doubles.account_templates import ACCOUNTS, facts
from tests.doubles.memory_account_stacks import AccountIdentity, MemoryAccountStacks, Record

PLUGINS: Mapping[str, str] = {"aws": "7.51.1", "github": "6.15.0", "snowflake": "2.22.0"}


@dataclass
class Installed(Machine):
    """A machine."""

    version: str | None = "3.259.0"
    found: dict[str, frozenset[str]] = field(
        default_factory=lambda: {name: frozenset({version}) for name, version in PLUGINS.items()}
    )

    def pulumi(self) -> str | None:
        """The CLI."""
        return self.version

    def plugins(self) -> Mapping[str, frozenset[str]]:
        """What is there."""
        return self.found

    def wanted_plugins(self) -> Mapping[str, str]:
        """What should be."""
        return PLUGINS


@dataclass
class Survey(AccountSurvey):
    """An account's things."""

    buckets: dict[str, BucketFacts] = field(default_factory=dict)
    keys: dict[str, bool] = field(default_factory=dict)
    has_issuer: bool = True

    def bucket(self, name: str) -> BucketFacts | None:
        """A bucket."""
        return self.buckets.get(name)

    def is_usable(self, alias: str) -> bool | None:
        """A key."""
        return self.keys.get(alias)

    def knows_issuer(self, arn: str) -> bool:  # noqa: ARG002 - the port's signature
        """An issuer."""
        return self.has_issuer


@dataclass
class Refusing(Identity):
    """Nobody can say who this is."""

    fault: IdentityUnknown

    def caller(self) -> Caller:
        """Refuse."""
        raise self.fault


@dataclass
class Owner(Organization):
    """A token's owner."""

    is_owner: bool = True
    fault: Exception | None = None

    def standing(self) -> Standing:
        """What they are."""
        if self.fault is not None:
            raise self.fault
        return Standing(login="dpatel", is_owner=self.is_owner)


@dataclass
class Login(WarehouseLogin):
    """A login to Snowflake."""

    role: str = "ACCOUNTADMIN"
    privileges: frozenset[str] = NEEDED_PRIVILEGES
    fault: Exception | None = None

    def rights(self) -> WarehouseRights:
        """What it may do."""
        if self.fault is not None:
            raise self.fault
        return WarehouseRights(user="DEV_PATEL", role=self.role, privileges=self.privileges)


def _bootstrapped(stack: StackName) -> MemoryAccountStacks:
    blueprint = blueprint_of(facts(stack))
    policy = keeping_policy(blueprint.template)
    record = Record("CREATE_COMPLETE", blueprint=blueprint, protected=True, policy=policy)
    return MemoryAccountStacks(records={blueprint.stack: record})


def _audit() -> Survey:
    return Survey(
        buckets={"finedge-shared-state-111122223333": BucketFacts(versioned=True)},
        keys={f"alias/slipway-pulumi-{stack}": True for stack in StackName},
    )


@dataclass
class HealthyInstruments(Instruments):
    """Nothing lacks."""

    installed: Installed = field(default_factory=Installed)
    mine: Identity = field(default_factory=lambda: AccountIdentity(ACCOUNTS[StackName.SHARED]))
    audited: Survey = field(default_factory=_audit)
    operators: dict[StackName, Identity] = field(
        default_factory=lambda: {stack: AccountIdentity(account) for stack, account in ACCOUNTS.items()}
    )
    bootstraps: dict[StackName, MemoryAccountStacks] = field(
        default_factory=lambda: {stack: _bootstrapped(stack) for stack in StackName}
    )
    surveys: dict[StackName, Survey] = field(default_factory=lambda: {stack: Survey() for stack in StackName})
    owner: Owner = field(default_factory=Owner)
    login: Login = field(default_factory=Login)

    def machine(self) -> Machine:
        """The machine."""
        return self.installed

    def own(self) -> Identity:
        """The person."""
        return self.mine

    def audit(self) -> AccountSurvey:
        """The audit account."""
        return self.audited

    def operator(self, stack: StackName) -> OperatorSession:
        """An account."""
        return OperatorSession(
            identity=self.operators[stack], stacks=self.bootstraps[stack], survey=self.surveys[stack]
        )

    def blueprint(self, stack: StackName, before: AccountStack) -> Blueprint:  # noqa: ARG002 - the port's
        """What should be there."""
        return blueprint_of(facts(stack))

    def organization(self) -> Organization:
        """GitHub."""
        return self.owner

    def warehouse(self) -> WarehouseLogin:
        """Snowflake."""
        return self.login
