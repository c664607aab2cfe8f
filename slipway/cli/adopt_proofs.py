"""How commands of `slipway adopt` look at the sides of a layer, and how a proof is written."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, assert_never

from slipway.adapters.terraform_engine import CommandTerraform
from slipway.adopt.verifying import judge_preview, judge_terraform
from slipway.attest import digest_of_document
from slipway.cli import wiring
from slipway.cli.console import Format
from slipway.cli.estate import workspace_of
from slipway.model.adopted import AdoptedLayer
from slipway.model.adoption import AdoptionProof, Result, Side, SideFinding
from slipway.model.errors import ExitCode
from slipway.model.policy_report import PolicyPack
from slipway.ports.reporter import Reporter
from slipway.ports.stack_engine import Program

_LEFT_OUT: Final = SideFinding(
    side=Side.REFRESH, result=Result.NOT_PROVEN, says=("left out, as --no-refresh asks",), left_out=True
)


def look_at_previews(
    adopted: AdoptedLayer, platform: Path, reporter: Reporter, pack: PolicyPack, *, refresh: bool
) -> Iterator[SideFinding]:
    """Preview the program, judged by a pack; and unless that is left out, after a look at the cloud."""
    yield look_at_preview(adopted, platform, reporter, pack)
    yield look_at_preview(adopted, platform, reporter, refresh=True) if refresh else _LEFT_OUT


def look_at_preview(
    adopted: AdoptedLayer,
    platform: Path,
    reporter: Reporter,
    pack: PolicyPack | None = None,
    *,
    refresh: bool = False,
) -> SideFinding:
    """Preview the program, perhaps with a look at the cloud first, perhaps judged by a pack of policies."""
    program = Program(stack=adopted.stack, workspace=workspace_of(platform, adopted.stack), refresh=refresh)
    with reporter.task("previewing after a look at the cloud" if refresh else "previewing"):
        return judge_preview(adopted, wiring.stack_engine(platform, pack), program)


def look_at_terraform(folder: Path | None, reporter: Reporter) -> SideFinding:
    """Have Terraform plan, where a folder is named."""
    with reporter.task("asking Terraform"):
        return judge_terraform(CommandTerraform(), folder)


def exit_code_of(result: Result) -> ExitCode:
    """What a command ends with whose result is a proof."""
    match result:
        case Result.PROVEN:
            return ExitCode.OK
        case Result.REFUTED:
            return ExitCode.FINDINGS
        case Result.NOT_PROVEN:
            return ExitCode.PARTIAL
        case _:
            assert_never(result)


def render_proof(proof: AdoptionProof, path: Path, style: Format) -> str:
    """Write a proof for people, or for programs."""
    if style is Format.JSON:
        return json.dumps(proof_as_data(proof), indent=2)
    return "\n".join(proof_lines(proof, path))


def proof_as_data(proof: AdoptionProof) -> dict[str, object]:
    """Return what a program is told about a proof."""
    return {
        "layer": proof.layer,
        "owner": proof.owner,
        "result": proof.result,
        "digest": digest_of_document(proof),
        "findings": [each.model_dump(mode="json") for each in proof.findings],
    }


def proof_lines(proof: AdoptionProof, path: Path) -> Iterator[str]:
    """Write a proof, a line for each side and for each reason."""
    yield f"{proof.layer}: {proof.result}"
    for finding in proof.findings:
        yield f"  {finding.side}: {finding.result}"
        yield from (f"    {each}" for each in finding.says)
    yield f"  {path}, {digest_of_document(proof)}"
