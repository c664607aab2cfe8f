"""The one place that joins ports and adapters. An adapter is imported where it is built, for start-up."""

import os
import sys
from collections.abc import Iterator  # noqa: TC003 - with the context manager, below
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slipway.model.environment import Environment
from slipway.model.subjects import RELEASE
from slipway.ports.reporter import Reporter

if TYPE_CHECKING:
    from slipway.attest import PublicKey
    from slipway.cli.account_door import AccountDoor
    from slipway.cli.accounts import Accounts
    from slipway.cli.desk import Desk
    from slipway.cli.estate import Estate, StackPlace
    from slipway.cli.observe_wiring import ObservatoryDesk
    from slipway.cli.rollout_desk import RolloutDesk
    from slipway.doctor.instruments import Instruments
    from slipway.model.environment import StackName
    from slipway.model.policy_report import PolicyPack
    from slipway.ports.journal import Journal
    from slipway.ports.policies import Policies
    from slipway.ports.resource_types import ResourceTypes
    from slipway.ports.revisions import Revisions
    from slipway.ports.stack_engine import StackEngine, StackVersions
    from slipway.ports.stack_imports import StackImports
    from slipway.release.bundles import Bundle

_CHECKOUT: Final = Path(__file__).parents[2]


def build_reporter(*, verbose: bool) -> Reporter:
    """Choose how the story is told: with a spinner on a terminal, as plain lines elsewhere.

    Args:
        verbose: details too.

    Returns:
        A reporter on stderr.
    """
    if sys.stderr.isatty():
        from rich.console import Console  # noqa: PLC0415 - rich costs start-up time, and only a terminal needs it

        from slipway.adapters.rich_reporter import RichReporter  # noqa: PLC0415 - same

        return RichReporter(Console(stderr=True), verbose=verbose)
    from slipway.adapters.line_reporter import LineReporter  # noqa: PLC0415 - kept beside its sibling

    return LineReporter(sys.stderr, verbose=verbose)


def build_revisions(workspace: Path) -> "Revisions":
    """Open the history of a workspace.

    Args:
        workspace: its folder.
    """
    from slipway.adapters.git import GitRevisions  # noqa: PLC0415 - only few commands ask for it

    return GitRevisions(workspace)


def trusted_keys() -> "tuple[PublicKey, ...]":
    """Read the public keys by which the platform that is used here believes releases; no server is asked.

    Raises:
        NoPlatformError: there is no platform here.
        NothingPinned: it has pinned no key.
    """
    from slipway.cli.estate import find_platform  # noqa: PLC0415 - only where it is used
    from slipway.cli.trust import read_trusted  # noqa: PLC0415 - same

    return read_trusted(find_platform(Path.cwd(), os.environ)).signing


def build_accounts() -> "Accounts":
    """Open the accounts of the platform that is used here.

    Raises:
        NoPlatformError: there is no platform here.
        DefinitionError: one of its stack files is wrong.
    """
    from slipway.cli.accounts import Accounts  # noqa: PLC0415 - boto3 costs a third of a second

    return Accounts.here()


def build_desk() -> "Desk":
    """Join the commands of a release with the accounts of the platform that is used here.

    Raises:
        NoPlatformError: there is no platform here.
        DefinitionError: one of its stack files is wrong.
    """
    from slipway.cli.account_desk import AccountDesk  # noqa: PLC0415 - boto3 costs a third of a second

    return AccountDesk(build_accounts(), os.environ)


def journal_of(desk: "Desk", environment: Environment) -> "Journal":  # noqa: ARG001 - a desk in memory has its own
    """Open the journal of an environment."""
    return build_accounts().journal(environment)


def open_account(place: "StackPlace", role: str | None) -> "AccountDoor":
    """Open the account of a stack before there is anything of the platform in it.

    Args:
        place: of the stack.
        role: name of a role of that account to take; None: one's own credentials are of the account.
    """
    from slipway.cli import account_wiring  # noqa: PLC0415 - boto3 costs a third of a second

    return account_wiring.open_account(place, role)


def build_instruments(estate: "Estate") -> "Instruments":
    """Open what `slipway doctor` asks with; nothing is asked before a check does.

    Args:
        estate: where the accounts are.
    """
    from slipway.cli.doctor_instruments import AccountInstruments  # noqa: PLC0415 - boto3 costs a third of a second

    return AccountInstruments(estate)


def build_policies() -> "Policies":
    """Open the policies of the platform that is used here.

    Raises:
        NoPlatformError: there is no platform here.
    """
    from slipway.adapters.policies import FolderPolicies  # noqa: PLC0415 - only few commands ask for it
    from slipway.cli.estate import find_platform  # noqa: PLC0415 - same

    return FolderPolicies(find_platform(Path.cwd(), os.environ))


def resource_types() -> "ResourceTypes":
    """Open what the SDKs say of their types: each type is asked for once, and kept in this installation."""
    from slipway.adapters.pulumi.kept_types import KeptTypes  # noqa: PLC0415 - only few commands ask for it
    from slipway.adapters.pulumi.sdk_types import InstalledTypes  # noqa: PLC0415 - same

    return KeptTypes(InstalledTypes(), _CHECKOUT / ".slipway" / "sdk-types")


def stack_imports(platform: Path) -> "StackImports":
    """Open the states of a platform's stacks, to take resources into them.

    Args:
        platform: the folder with Pulumi.yaml and the stack files.
    """
    from slipway.adapters.pulumi.imports import PulumiImports  # noqa: PLC0415 - only few commands ask for it

    return PulumiImports(platform)


def stack_engine(platform: Path, pack: "PolicyPack | None" = None) -> "StackEngine":
    """Open the engine of a platform's stacks.

    Args:
        platform: the folder with Pulumi.yaml and the stack files.
        pack: the policies of that folder that judge; None: none do.
    """
    from slipway.adapters.pulumi import PulumiEngine  # noqa: PLC0415 - Pulumi costs a second

    return PulumiEngine(
        platform, policy_pack=None if pack is None else platform / "policies" / "packs" / pack
    )


def build_control() -> "Bundle":
    """Bundle what judges changes, of the platform that is used here.

    Raises:
        NoPlatformError: there is no platform here.
    """
    from slipway.cli.control_part import control_bundle  # noqa: PLC0415 - only few commands ask for it
    from slipway.cli.estate import find_platform  # noqa: PLC0415 - same

    return control_bundle(find_platform(Path.cwd(), os.environ))


def export_stack(stack: "StackName", to: Path) -> None:
    """Write the state of a stack into a file, secrets in clear.

    Raises:
        NoPlatformError: there is no platform here.
        StackEngineError: the backend does not answer, or has no such stack.
    """
    from slipway.adapters.pulumi import PulumiEngine  # noqa: PLC0415 - Pulumi costs a second
    from slipway.cli.estate import find_platform  # noqa: PLC0415 - same

    PulumiEngine(find_platform(Path.cwd(), os.environ)).export(stack, to)


def stack_versions() -> "StackVersions":
    """Open the versions of stacks' states, where the platform that is used here keeps them.

    Raises:
        NoPlatformError: there is no platform here.
        DefinitionError: one of its stack files is wrong.
    """
    from slipway.cli.accounts import stack_versions_of  # noqa: PLC0415 - boto3 costs a third of a second

    return stack_versions_of(build_accounts().estate, os.environ)


@contextmanager
def rollout_desk(
    desk: "Desk", environment: Environment, reporter: Reporter, *, workload: str = RELEASE
) -> "Iterator[RolloutDesk]":
    """Open everything that a rollout works on in one environment; sessions end with the block.

    Args:
        desk: what every command of a release works with.
        environment: which one.
        reporter: is told what tools say.
        workload: whose Snowflake compute is used, where the environment variables name none.

    Raises:
        SnowflakeNotConfigured: the environment variables do not say how to reach Snowflake.
    """
    from slipway.cli.rollout_wiring import open_rollout  # noqa: PLC0415 - every adapter is imported there

    with open_rollout(desk, build_accounts(), environment, reporter, workload=workload) as opened:
        yield opened


@contextmanager
def observatory(environment: Environment) -> "Iterator[ObservatoryDesk]":
    """Open what a report about an environment looks at; sessions end with the block.

    Args:
        environment: which one.

    Raises:
        SnowflakeNotConfigured: the environment variables do not say how to reach Snowflake.
    """
    from slipway.cli.observe_wiring import open_observatory  # noqa: PLC0415 - the adapters are imported there

    with open_observatory(build_accounts(), environment) as opened:
        yield opened
