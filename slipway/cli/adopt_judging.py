"""What policies say of a proposed layer: it is judged as it would be in its stack, without an engine."""

from pathlib import Path
from tempfile import TemporaryDirectory

from slipway.adopt.baseline import as_export
from slipway.adopt.proposal import Proposal
from slipway.cli import wiring
from slipway.model.policy_report import PolicyPack, PolicyReport


def judge_proposal(proposal: Proposal, pack: PolicyPack) -> PolicyReport:
    """Have the policies of the platform that is used here judge a layer.

    Raises:
        NoPlatformError: there is no platform here.
        PolicyError: rules or waivers cannot be read.
    """
    with TemporaryDirectory(prefix="slipway-layer-") as folder:
        state = Path(folder) / f"{proposal.layer}.json"
        state.write_bytes(as_export(proposal))
        return wiring.build_policies().judge(pack, None, state)
