"""Rules without an engine, for programs: what there is, and what they say of an export. JSON on stdout.

    python -m policies rules --pack production
    python -m policies judge --pack production --state export.json [--config config.json]
    python -m policies waivers

`slipway policy` is for people. Exit codes: 0 judged, whatever was found; 1 an error, as JSON with its remedy.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from policies.catalogue import ALL_RULES, GRAPH_RULES, RULES, STATE_RULES, WAIVABLE
from policies.configuration import Configuration, read_configuration
from policies.digest import digest
from policies.judging import Finding, Judge, RuleCrashed
from policies.rules.place import stack_of
from policies.rules.rule import AnyRule, GraphRule, Resource
from policies.state import Stack
from policies.thresholds import shapes_of
from policies.waivers import WAIVERS, Waiver, Waivers, read_waivers
from slipway.model.errors import ExitCode, SlipwayError
from slipway.model.policy_report import PolicyLevel


def main() -> int:
    """Do what the arguments ask for."""
    chosen = _parser().parse_args()
    try:
        told = chosen.tell(chosen)
    except SlipwayError as error:
        sys.stdout.write(json.dumps({"error": error.message, "remedy": error.remedy}))
        return ExitCode.FINDINGS
    except RuleCrashed as crashed:
        sys.stdout.write(json.dumps({"error": str(crashed), "remedy": "mend the rule, and judge again"}))
        return ExitCode.FINDINGS
    sys.stdout.write(json.dumps(told))
    return ExitCode.OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m policies", description="Rules without an engine.")
    commands = parser.add_subparsers(required=True)
    for name, tell in (("rules", _rules), ("judge", _judge), ("waivers", _waivers)):
        command = commands.add_parser(name)
        command.set_defaults(tell=tell)
        command.add_argument("--pack", default="production")
        command.add_argument("--config", type=Path)
        if tell is _judge:
            command.add_argument("--state", type=Path, required=True)
    return parser


def _read_waivers() -> Waivers:
    return read_waivers(WAIVERS, WAIVABLE)


def _rules(chosen: argparse.Namespace) -> Mapping[str, Any]:
    held = read_configuration(chosen.pack, chosen.config)
    return {"pack": chosen.pack, "digest": digest(), "rules": [_rule(rule, held) for rule in ALL_RULES]}


def _rule(rule: AnyRule, configuration: Configuration) -> Mapping[str, Any]:
    held = configuration.of(rule)
    shapes = shapes_of(rule.limits)
    values = held.limits.model_dump(mode="json")
    return {
        "id": rule.id,
        "severity": rule.severity,
        "level": held.level,
        "frameworks": rule.frameworks,
        "rationale": rule.rationale,
        "remedy": rule.remedy,
        "judges": [] if isinstance(rule, GraphRule) else sorted(rule.judges),
        "limits": [
            {"name": name, "value": values[name], "meaning": shape["description"]}
            for name, shape in shapes.items()
        ],
    }


def _judge(chosen: argparse.Namespace) -> Mapping[str, Any]:
    held = read_configuration(chosen.pack, chosen.config)
    judge = Judge(waivers=_read_waivers(), today=datetime.now(UTC).date())
    stack = Stack(chosen.state)
    resources = list(stack.resources())
    for resource in resources:
        _judge_one(judge, resource, held)
    graph = stack.graph()
    for rule in GRAPH_RULES:
        how = held.of(rule)
        if how.level is not PolicyLevel.DISABLED:
            judge.graph(rule, graph, how.limits)
    levels = {rule.id: held.of(rule).level for rule in STATE_RULES}
    return {
        "pack": chosen.pack,
        "digest": digest(),
        "rules": sum(level is not PolicyLevel.DISABLED for level in levels.values()),
        "resources": len(resources),
        "findings": [_finding(each, levels) for each in judge.findings],
        "undecided": [{"rule": each.rule, "urn": each.urn} for each in sorted(judge.undecided)],
        "waivers": list(judge.about_waivers()),
        "stacks": sorted(set(map(stack_of, judge.seen))),
        "day": judge.today.isoformat(),
    }


def _judge_one(judge: Judge, resource: Resource, configuration: Configuration) -> None:
    for rule in RULES:
        held = configuration.of(rule)
        if held.level is not PolicyLevel.DISABLED:
            judge.resource(rule, resource, held.limits)


_BY_ID = {rule.id: rule for rule in ALL_RULES}


def _finding(found: Finding, levels: Mapping[str, PolicyLevel]) -> Mapping[str, Any]:
    rule = _BY_ID[found.rule]
    return {
        "rule": found.rule,
        "severity": rule.severity,
        "level": levels[found.rule],
        "urn": found.urn,
        "message": found.message,
        "remedy": rule.remedy,
        "waiver": _waiver(found.waiver) if found.waiver else None,
    }


def _waiver(waiver: Waiver) -> Mapping[str, Any]:
    return {**waiver.model_dump(mode="json"), "baseline": waiver.is_baseline}


def _waivers(_: argparse.Namespace) -> Mapping[str, Any]:
    return {"digest": digest(), "waivers": [_waiver(each) for each in _read_waivers().all]}


if __name__ == "__main__":
    sys.exit(main())
