"""A sandbox of its own, a workspace of each size, both programs previewed in it."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.grown_stack import grow
from bench.preview.comparison import Comparison, aim, compare, splitting, table
from bench.preview.programs import ROOT, STACK, Program, bare_program, run
from bench.preview.recording import rows
from tests.integration.running_sandbox import running_sandbox


def preview_table(sizes: Sequence[int], pairs: int, scratch: Path) -> str:
    """Measure every size; return the table, whether the aim is met and what several stacks would be.

    Args:
        sizes: numbers of pipelines.
        pairs: interleaved pairs at each size.
        scratch: an empty folder.
    """
    with running_sandbox(scratch / "sandbox", project=ROOT) as sandbox:
        sandbox.expect("up", "-s", "shared", "--yes", "--skip-preview")
        measured = [_compare(size, pairs, scratch, sandbox.environment) for size in sizes]
    told = (table(measured), aim(measured), splitting(measured))
    return "\n\n".join(each for each in told if each)


def _compare(size: int, pairs: int, scratch: Path, environment: Mapping[str, str]) -> Comparison:
    workspace = scratch / f"workspace-{size}"
    run(
        [sys.executable, "-m", "bench.workspace", "--pipelines", str(size), "--out", str(workspace)],
        os.environ,
    )
    grow(workspace, environment)
    ours = Program(name="slipway", folder=Path(environment["PULUMI_OPTION_CWD"]), environment=environment)
    plan = scratch / f"plan-{size}.json"
    saved = ["--json", "--save-plan", str(plan), "--show-secrets"]
    preview = run(["pulumi", "preview", "-s", STACK, *saved], environment)
    recorded = rows(preview, plan.read_text(encoding="utf-8"))
    recording = scratch / f"rows-{size}.json"
    recording.write_text(json.dumps(recorded), encoding="utf-8")
    bare = bare_program(scratch / f"bare-{size}", recording, ours)
    print(f"{size} pipelines, {len(recorded)} resources: {pairs} pairs", file=sys.stderr, flush=True)
    our_samples, bare_samples = compare(ours, bare, pairs=pairs, scratch=scratch)
    return Comparison(pipelines=size, resources=len(recorded), ours=our_samples, bare=bare_samples)
