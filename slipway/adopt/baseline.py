"""What of a layer policies refuse today: on the record, until a day, so that what is new still fails. Pure.

The policies judge the layer as it would be in its stack. A secret is written as one that is encrypted: a rule
that needs its value is undecided, and nothing is exempt from it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import yaml

from slipway.adopt.faults import NotAdoptable
from slipway.adopt.inputs import secret_way
from slipway.adopt.proposal import Proposal
from slipway.model.policy_report import PolicyFinding, PolicyLevel, PolicyReport

_MARK: Final = "4dabf18193072939515e22adb298388d"
_IS_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - how the engine marks secrets
_EXPORT_VERSION: Final = 3


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """Who answers for what is exempt.

    Attributes:
        ticket: where it is discussed.
        approver: who answers for it.
        expires: the last day on which it holds.
    """

    ticket: str
    approver: str
    expires: date


def as_export(proposal: Proposal) -> bytes:
    """Write a layer as `pulumi stack export` would once it is adopted; outputs are its inputs."""
    components = [
        {"urn": each.urn, "type": each.type, "custom": False, "parent": each.parent}
        for each in proposal.components
    ]
    resources = [
        {
            "urn": each.urn,
            "type": each.type,
            "custom": True,
            "id": each.import_id,
            "parent": each.parent,
            "protect": True,
            "inputs": _encrypted(each.inputs),
            "outputs": _encrypted(each.inputs),
        }
        for each in proposal.resources
    ]
    return json.dumps(
        {"version": _EXPORT_VERSION, "deployment": {"resources": components + resources}}
    ).encode()


def write_baselines(proposal: Proposal, report: PolicyReport, grounds: Grounds) -> str:
    """Write what policies/waivers.yaml has to say so that the layer passes as it is.

    Args:
        proposal: of the layer.
        report: what the pack says of `as_export`.
        grounds: who answers for it.

    Returns:
        The `baselines` of that file: one for each rule and resource that it refuses.
    """
    refused = {(each.rule, each.urn) for each in refused_of(proposal, report)}
    rows = [
        {
            "rule": rule,
            "urn": urn,
            "reason": f"It was so when the layer {proposal.layer} was adopted from Terraform.",
            "ticket": grounds.ticket,
            "approver": grounds.approver,
            "expires": grounds.expires.isoformat(),
            "layer": proposal.layer,
        }
        for rule, urn in sorted(refused)
    ]
    return yaml.safe_dump({"baselines": rows}, sort_keys=False, allow_unicode=True, width=1000)


def refused_of(proposal: Proposal, report: PolicyReport) -> tuple[PolicyFinding, ...]:
    """Return what policies refuse of a layer today, and nothing exempts.

    Args:
        proposal: of the layer.
        report: what a pack says of `as_export`.
    """
    urns = {each.urn for each in proposal.resources}
    return tuple(each for each in report.standing if each.level is PolicyLevel.MANDATORY and each.urn in urns)


def require_passing(proposal: Proposal, report: PolicyReport) -> None:
    """Prove that policies let a layer into its stack: what they refuse there, they refuse of every update.

    Raises:
        NotAdoptable: they refuse something that is not exempt.
    """
    refused = refused_of(proposal, report)
    if refused:
        first = refused[0]
        more = f" (and {len(refused) - 1} more)" if refused[1:] else ""
        raise NotAdoptable(
            f"the {report.pack} policies refuse {first.urn}: {first.rule}: {first.message}{more}",
            remedy="slipway adopt propose with --baseline-ticket and --baseline-approver writes what exempts "
            "the layer as it is: add that to policies/waivers.yaml",
        )


def _encrypted(value: Any) -> Any:
    if secret_way(value) is not None:
        return {_MARK: _IS_SECRET, "ciphertext": ""}
    match value:
        case Mapping():
            return {name: _encrypted(each) for name, each in value.items()}
        case list():
            return [_encrypted(each) for each in value]
        case _:
            return value
