"""Which checks there are for the stacks that are asked about, from what their files say."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from slipway.attest.pinned import KeyUse
from slipway.cli.estate import Estate, document_of
from slipway.cli.trust import read_trusted
from slipway.doctor.accounts import account_checks
from slipway.doctor.findings import Check
from slipway.doctor.instruments import Instruments, StackFacts
from slipway.doctor.machine import backend_check, keys_check, plugins_check, pulumi_check
from slipway.doctor.services import github_check, service_keys_check, warehouse_check
from slipway.model.environment import StackName
from slipway.model.subjects import PULUMI_STATE


def checks_of(
    estate: Estate, stacks: Sequence[StackName], instruments: Instruments, environ: Mapping[str, str]
) -> tuple[Check, ...]:
    """Return the checks, in the order in which they are told.

    Args:
        estate: where the accounts are.
        stacks: whose accounts are looked at.
        instruments: what is asked with.
        environ: this process's environment: `PULUMI_BACKEND_URL`.
    """
    return tuple(_checks(estate, stacks, instruments, environ))


def _checks(
    estate: Estate, stacks: Sequence[StackName], instruments: Instruments, environ: Mapping[str, str]
) -> Iterator[Check]:
    shared, facts = estate.shared, {stack: facts_of(estate, stack) for stack in stacks}
    yield pulumi_check(instruments)
    yield plugins_check(instruments)
    url = environ.get("PULUMI_BACKEND_URL", "")
    yield backend_check(url, shared.naming.bucket(PULUMI_STATE), shared.region)
    yield from account_checks(instruments, facts, shared.naming)
    yield warehouse_check(instruments)
    yield github_check(instruments, estate.github_owner)
    for each in facts.values():
        if each.service_keys:
            yield service_keys_check(each)
    yield keys_check(lambda: _pinned(estate.platform))


def _pinned(platform: Path) -> dict[str, int]:
    pinned = read_trusted(platform)
    return {KeyUse.SIGNING: len(pinned.signing), KeyUse.APPROVALS: len(pinned.approvals)}


def facts_of(estate: Estate, stack: StackName) -> StackFacts:
    """Read what checks need of a stack file; what does not fit is the program's to refuse."""
    place = estate.stacks[stack]
    config: dict[str, Any] = document_of(estate.platform / f"Pulumi.{stack}.yaml").get("config") or {}
    keys = config.get("slipway:serviceUserKeys")
    return StackFacts(
        naming=place.naming,
        role_arn=place.role_arn,
        checks_pull_requests=str(config.get("slipway:checksPullRequests")).lower() == "true",
        service_keys={
            str(user): tuple(str(key) for key in given)
            for user, given in (keys if isinstance(keys, dict) else {}).items()
            if isinstance(given, list)
        },
    )
