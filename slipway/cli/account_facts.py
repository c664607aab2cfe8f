"""What a bootstrap's template is told: by the stack files, the options, and the stack as it is."""

import re
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, Final

from slipway.bootstrap.blueprints import AccountFacts
from slipway.cli.estate import Estate, document_of
from slipway.model.environment import Environment, StackName
from slipway.model.errors import DefinitionError, UsageError
from slipway.model.principal import Caller
from slipway.model.tags import PLATFORM_PIPELINE, Tags
from slipway.ports.account_stacks import AccountStack

_USER: Final = ":user/"


@unique
class GithubIssuer(StrEnum):
    """Who tells the account of GitHub's issuer of identities."""

    MAKE = "make"
    EXISTS = "exists"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What the command line says; what it leaves out stays as it is.

    Attributes:
        trust: ARNs of who may take the operator's role; empty: nothing is said.
        boundary: ARN of the operator's boundary; None: nothing is said.
        issuer: who tells the account of GitHub's issuer; None: nothing is said.
    """

    trust: tuple[str, ...] = ()
    boundary: str | None = None
    issuer: GithubIssuer | None = None


def facts_of(
    estate: Estate,
    stack: StackName,
    chosen: Chosen,
    *,
    operators: tuple[str, ...],
    before: AccountStack | None,
) -> AccountFacts:
    """Put together what the template is told.

    Args:
        estate: where the accounts are.
        stack: whose account it is.
        chosen: what the command line says.
        operators: who may take the operator's role.
        before: the account's stack as it is; None when there is none, or nobody has looked.

    Raises:
        DefinitionError: the stack file does not say whose the account is.
    """
    place, known = estate.stacks[stack], {} if before is None else before.parameters
    issuer = chosen.issuer or GithubIssuer(known.get("GithubProvider", GithubIssuer.MAKE))
    return AccountFacts(
        naming=place.naming,
        shared=estate.shared.naming,
        accounts={each: estate.environment(each).naming.account_id for each in Environment},
        project=str(document_of(estate.platform / "Pulumi.yaml").get("name", "")),
        operators=operators,
        boundary=known.get("OperatorBoundary", "") if chosen.boundary is None else chosen.boundary,
        has_github_issuer=issuer is GithubIssuer.EXISTS,
        tags=_tags(estate, stack),
    )


def operators_of(
    estate: Estate, chosen: Chosen, *, before: AccountStack | None, caller: Caller
) -> tuple[str, ...]:
    """Return who may take the operator's role: who is named, else who was, else the user who runs this.

    Args:
        estate: where the audit account is.
        chosen: what the command line says.
        before: the account's stack as it is; None when there is none.
        caller: who runs the command.

    Raises:
        UsageError: there is nobody, or somebody of another account.
    """
    audit = estate.shared.naming.account_id
    if chosen.trust:
        return tuple(_of_audit_account(each, audit) for each in chosen.trust)
    if before is not None and before.parameters.get("OperatorPrincipals"):
        return tuple(before.parameters["OperatorPrincipals"].split(","))
    if caller.account == audit and _USER in caller.arn:
        return (caller.arn,)
    raise UsageError(
        f"it is not known who may take the operator's role: {caller.arn} is no user of audit account {audit}",
        remedy=f"name a user or role of the audit account: --trust arn:aws:iam::{audit}:role/NAME "
        "(a role of IAM Identity Center with its path; * stands for anything)",
    )


def _of_audit_account(arn: str, audit: str) -> str:
    if re.fullmatch(rf"arn:aws:iam::{audit}:(user|role)/\S+", arn) and "," not in arn:
        return arn
    raise UsageError(
        f"--trust {arn} is no user or role of the audit account {audit}",
        remedy=f"write arn:aws:iam::{audit}:user/NAME or arn:aws:iam::{audit}:role/NAME",
    )


def _tags(estate: Estate, stack: StackName) -> Tags:
    config: dict[str, Any] = document_of(estate.platform / f"Pulumi.{stack}.yaml").get("config") or {}
    missing = [key for key in ("slipway:owner", "slipway:costCenter") if not config.get(key)]
    if missing:
        raise DefinitionError(
            f"Pulumi.{stack}.yaml does not set '{missing[0]}'",
            remedy=f"pulumi config set {missing[0]} VALUE -s {stack}",
        )
    return Tags(
        owner=str(config["slipway:owner"]),
        pipeline=PLATFORM_PIPELINE,
        criticality="critical",
        cost_center=str(config["slipway:costCenter"]),
        data_class="restricted",
        stack=stack,
    )
