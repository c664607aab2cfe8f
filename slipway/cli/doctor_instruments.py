"""The doctor's instruments over the production adapters; each check opens its own: they run side by side."""

import os
from collections.abc import Mapping
from typing import Any, Final

from slipway.adapters.aws import (
    AwsAccountSurvey,
    CloudFormationStacks,
    StsIdentity,
    assumed,
    client,
    own_session,
)
from slipway.adapters.github import GithubSettings
from slipway.adapters.github.organization import GithubOrganization
from slipway.adapters.pulumi.machine import PulumiMachine
from slipway.bootstrap.blueprints import blueprint_of
from slipway.cli.account_desk import github_endpoint
from slipway.cli.account_facts import Chosen, facts_of
from slipway.cli.accounts import session_name
from slipway.cli.estate import Estate
from slipway.cli.snowflake_access import settings_of
from slipway.cli.snowflake_settings import SnowflakeNotConfigured, connection_variables
from slipway.doctor.instruments import Instruments, OperatorSession
from slipway.model.environment import StackName
from slipway.ports.account_stacks import AccountStack, Blueprint
from slipway.ports.account_survey import AccountSurvey
from slipway.ports.identity import Identity
from slipway.ports.machine import Machine
from slipway.ports.organization import Organization
from slipway.ports.source_control_errors import TokenRefused
from slipway.ports.warehouse_errors import LoginRefused
from slipway.ports.warehouse_login import WarehouseLogin

_PLATFORM: Final = "whoever runs the program (ACCOUNTADMIN makes all that it makes)"

_NO_COMPUTE: Final = "NONE"
"""The checks read metadata only, which needs no warehouse; the variables' reader wants a name."""


class AccountInstruments(Instruments):
    """What the stack files and the environment variables lead to.

    Args:
        estate: where the accounts are.
        environ: this process's environment.
    """

    def __init__(self, estate: Estate, environ: Mapping[str, str] = os.environ) -> None:
        self._estate = estate
        self._environ = environ

    def machine(self) -> Machine:
        """The Pulumi CLI of the PATH."""
        return PulumiMachine()

    def own(self) -> Identity:
        """The credentials that are around."""
        return StsIdentity(client(self._own(), "sts"))

    def audit(self) -> AccountSurvey:
        """The audit account, with these."""
        session = self._own()
        return AwsAccountSurvey(lambda service: client(session, service))

    def operator(self, stack: StackName) -> OperatorSession:
        """An account, in the role that its stack file names."""
        place, session = self._estate.stacks[stack], self._own()
        if place.role_arn is not None:
            name = session_name(StsIdentity(client(session, "sts")).caller())
            session = assumed(session, place.role_arn, session_name=name)
        return OperatorSession(
            identity=StsIdentity(client(session, "sts")),
            stacks=CloudFormationStacks(client(session, "cloudformation")),
            survey=AwsAccountSurvey(lambda service: client(session, service)),
        )

    def blueprint(self, stack: StackName, before: AccountStack) -> Blueprint:
        """What `slipway bootstrap` without an option would make."""
        known = tuple(before.parameters.get("OperatorPrincipals", "").split(","))
        return blueprint_of(facts_of(self._estate, stack, Chosen(), operators=known, before=before))

    def organization(self) -> Organization:
        """GitHub, with the token of the environment."""
        owner, token = self._estate.github_owner, self._environ.get("GITHUB_TOKEN", "")
        if not token:
            raise TokenRefused("GITHUB_TOKEN is not set", subject=f"the organization {owner}")
        endpoint = github_endpoint(self._environ.get("GITHUB_BASE_URL", ""))
        return GithubOrganization(GithubSettings(endpoint=endpoint, repository=f"{owner}/-", token=token))

    def warehouse(self) -> WarehouseLogin:
        """Snowflake, with the variables of the environment."""
        from slipway.adapters.snowflake.connector import ConnectorDriver  # noqa: PLC0415 - half a second
        from slipway.adapters.snowflake.login import SnowflakeLogin  # noqa: PLC0415 - with it

        try:
            variables = connection_variables(self._environ, whose=_PLATFORM, warehouse=_NO_COMPUTE)
        except SnowflakeNotConfigured as error:
            raise LoginRefused(error.message, subject="Snowflake", remedy=error.remedy) from error
        return SnowflakeLogin(ConnectorDriver(settings_of(variables)))

    def _own(self) -> Any:
        return own_session(self._estate.shared.region)
