"""A stack that is up, previewed in turn without a pack, with one of one rule, and with the production pack.

The pack of one rule is the yardstick of what any pack costs: the engine shows it every resource. Then the
state is judged by `pulumi policy analyze` and by `slipway policy check`, which need no program.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import yaml

from bench.grown_stack import GrownStack, grown_stack
from bench.preview.programs import ROOT, STACK
from bench.progress import say
from bench.spread import spread

PREVIEW_AIM: Final = 1.4
"""The production rules should make a preview at most so many times as long as no pack does."""
RULE_AIM: Final = 1.1
"""And at most so many times as long as a pack of one rule does."""
ANALYSIS_AIM: Final = 15.0
"""Seconds that judging the state may take."""

_PRODUCTION: Final = ROOT / "policies" / "packs" / "production"
_ONE_RULE: Final = '''"""A pack of one rule."""

from pathlib import Path

from pulumi_policy import PolicyPack

from policies.enforcement import pack_policies

PolicyPack(name="one", policies=pack_policies("production", Path(__file__))[:1])
'''


@dataclass(frozen=True, kw_only=True)
class Round:
    """Seconds of three previews of what is up, one after the other.

    Attributes:
        bare: without a pack.
        one: with a pack of one rule.
        whole: with the production pack.
    """

    bare: float
    one: float
    whole: float


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What was measured at one size.

    Attributes:
        pipelines: size of the workspace.
        rounds: the previews.
        analyze: seconds of `pulumi policy analyze` of the exported state.
        check: seconds of `slipway policy check` of it.
    """

    pipelines: int
    rounds: Sequence[Round]
    analyze: float
    check: float


def policies_table(sizes: Sequence[int], rounds: int, scratch: Path) -> str:
    """Measure every size, each in a sandbox of its own; return the table and whether the aims are met.

    Args:
        sizes: numbers of pipelines.
        rounds: of three previews at each size.
        scratch: an empty folder.
    """
    measured = [_measured(size, rounds, scratch / str(size)) for size in sizes]
    return f"{table(measured)}\n\n{aim(measured)}"


def _measured(size: int, rounds: int, scratch: Path) -> Judged:
    with grown_stack(size, scratch) as stack:
        one = _pack_of_one(scratch / "one")
        taken = []
        for number in range(rounds):
            say(f"{size} pipelines: round {number + 1} of {rounds}")
            taken.append(_round(stack, one))
        state = str(scratch / "state.json")
        stack.timed("pulumi", "stack", "export", "-s", STACK, "--show-secrets", "--file", state)
        analyze = stack.timed(
            *("pulumi", "policy", "analyze", "--file", state, "--policy-pack", str(_PRODUCTION)),
            *("--policy-pack-config", str(_PRODUCTION / "analysis.json")),
        )
        check = stack.timed("slipway", "policy", "check", "--state", state)
    return Judged(pipelines=size, rounds=taken, analyze=analyze, check=check)


def _pack_of_one(folder: Path) -> Path:
    folder.mkdir()
    settings = yaml.safe_load((_PRODUCTION / "PulumiPolicy.yaml").read_text(encoding="utf-8"))
    settings["runtime"]["options"]["virtualenv"] = str(ROOT / ".venv")
    (folder / "PulumiPolicy.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    (folder / "__main__.py").write_text(_ONE_RULE, encoding="utf-8")
    return folder


def _round(stack: GrownStack, one: Path) -> Round:
    preview = ("preview", "-s", STACK, "--expect-no-changes")
    return Round(
        bare=stack.pulumi(*preview),
        one=stack.pulumi(*preview, "--policy-pack", str(one)),
        whole=stack.pulumi(*preview, "--policy-pack", str(_PRODUCTION)),
    )


def table(measured: Sequence[Judged]) -> str:
    """Return what was measured as Markdown: medians, lowest to highest, ratios round by round."""
    heads = (
        "no pack, s | one rule, s | production, s | to no pack | to one rule | "
        "pulumi policy analyze, s | slipway policy check, s"
    )
    return "\n".join([f"| pipelines | {heads} |", "|---" * 8 + "|", *map(_row, measured)])


def aim(measured: Sequence[Judged]) -> str:
    """Return one line: the aims, and size by size whether they are met."""
    told = "; ".join(f"{each.pipelines} pipelines: {_verdict(each)}" for each in measured)
    return (
        f"Aims: at most {PREVIEW_AIM} times a preview without a pack, {RULE_AIM} times one with a pack of "
        f"one rule, by the median ratio; {ANALYSIS_AIM:.0f} s to analyze the state. {told}."
    )


def _verdict(each: Judged) -> str:
    aims = (
        (median(_to_none(each)), PREVIEW_AIM),
        (median(_to_one(each)), RULE_AIM),
        (each.analyze, ANALYSIS_AIM),
    )
    return ", ".join(f"{value:.2f} {'met' if value <= most else 'NOT met'}" for value, most in aims)


def _row(each: Judged) -> str:
    cells = [
        f"{each.pipelines:,}",
        spread([taken.bare for taken in each.rounds], 1),
        spread([taken.one for taken in each.rounds], 1),
        spread([taken.whole for taken in each.rounds], 1),
        spread(_to_none(each), 2),
        spread(_to_one(each), 2),
        f"{each.analyze:.1f}",
        f"{each.check:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def _to_none(each: Judged) -> list[float]:
    return [taken.whole / taken.bare for taken in each.rounds]


def _to_one(each: Judged) -> list[float]:
    return [taken.whole / taken.one for taken in each.rounds]
