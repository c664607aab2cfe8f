"""Turns rules into CrossGuard policies; the only module of `policies` that knows the policy SDK.

A rule that needs one resource is a policy of its own, so that Pulumi tells it by its name and a configuration
can set it alone. Those that need the whole stack run as one policy, for the engine hands over the whole stack
for each; what is only worth a note (waived, undecided until the update, advised) is told by another, once.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pulumi
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy import Severity as PolicySeverity
from pulumi_policy.proxy import UnknownValueError

from policies.catalogue import ALL_RULES, GRAPH_RULES, OPERATION_RULES, RULES, WAIVABLE
from policies.configuration import NOTES, WHOLE_STACK, Configuration, limits_of, read_configuration
from policies.judging import Finding, Judge
from policies.operation import Moment, moment_of, read_operation
from policies.rules.rule import AnyRule, Graph, GraphRule, Node, OperationRule, Resource, Rule, Undecided
from policies.thresholds import shapes_of
from policies.waivers import WAIVERS, Waivers, read_waivers
from slipway.model.errors import SlipwayError
from slipway.model.policy_report import PolicyLevel

_UNKNOWN = (Undecided, UnknownValueError)
_DEPTH: Final = 3
"""How far below the platform's folder the program of a pack lies: policies/packs/<pack>/__main__.py."""

_REMEDIES = {rule.id: rule.remedy for rule in ALL_RULES}


def pack_policies(pack: str, program: Path) -> list[Policy]:
    """Return every policy of a pack.

    Args:
        pack: which.
        program: its `__main__.py`, below the folder of the platform that has the pinned keys.

    Raises:
        SlipwayError: its configuration or the waivers are malformed.
    """
    platform = program.absolute().parents[_DEPTH]
    return _Pack(read_configuration(pack), read_waivers(WAIVERS, WAIVABLE), platform).policies()


class _Pack:
    """The policies of one process; they share what one of them finds and another tells."""

    def __init__(self, configuration: Configuration, waivers: Waivers, platform: Path) -> None:
        self._configuration = configuration
        self._waivers = waivers
        self._platform = platform
        self._judge = self._new_judge()
        self._advised: list[Finding] = []
        self._pending: list[Finding] = []

    def _new_judge(self) -> Judge:
        return Judge(waivers=self._waivers, today=datetime.now(UTC).date(), unknown=_UNKNOWN)

    def policies(self) -> list[Policy]:
        """Return them in the order in which they have to run."""
        return [
            *(self._resource_policy(rule) for rule in RULES),
            *(self._operation_policy(rule) for rule in OPERATION_RULES),
            self._whole_stack(),
            self._notes(),
        ]

    def _operation_policy(self, rule: OperationRule[Any]) -> ResourceValidationPolicy:
        """The stack is a resource itself, and the engine shows it first: before anything is touched."""

        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if args.resource_type not in rule.judges:
                return
            found = self._judged_operation(rule, args)
            if moment_of(os.environ) is Moment.PREVIEW:
                self._pending += found
                return
            for each in found:
                report(_told(each), None)

        return self._policy(rule, validate)

    def _judged_operation(self, rule: OperationRule[Any], args: ResourceValidationArgs) -> list[Finding]:
        limits = limits_of(rule, args.get_config())
        try:
            operation = read_operation(
                args.urn,
                platform=self._platform,
                workspace=pulumi.Config("slipway").get("workspace"),
                dossier=str(getattr(limits, "dossier", "")),
                program=str(getattr(limits, "program", "")),
            )
        except SlipwayError as error:
            return [Finding(rule=rule.id, urn=args.urn, message=f"{error.message} ({error.remedy})")]
        return self._judge.operation(rule, operation, limits)

    def _resource_policy(self, rule: Rule[Any]) -> ResourceValidationPolicy:
        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if args.resource_type not in rule.judges:
                self._judge.see(args.urn)  # of thousands a rule judges a few: nothing is read for the others
                return
            for found in self._judge.resource(rule, _resource(args), limits_of(rule, args.get_config())):
                if found.waiver is None:
                    report(_told(found), None)

        return self._policy(rule, validate)

    def _policy(
        self,
        rule: Rule[Any] | OperationRule[Any],
        validate: Callable[[ResourceValidationArgs, ReportViolation], None],
    ) -> ResourceValidationPolicy:
        held = self._configuration.of(rule)
        return ResourceValidationPolicy(
            name=rule.id,
            description=rule.rationale,
            validate=validate,
            enforcement_level=EnforcementLevel(held.level.value),
            severity=PolicySeverity[rule.severity.name],
            framework=None,
            remediation_steps=rule.remedy,
            config_schema=_schema(rule, held.limits.model_dump(mode="json")),
        )

    def _whole_stack(self) -> StackValidationPolicy:
        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            graph = _graph(args.resources)
            given = args.get_config().get("rules", {})
            for rule in GRAPH_RULES:
                level, found = self._judged(rule, graph, given.get(rule.id, {}))
                standing = [each for each in found if each.waiver is None]
                if level is PolicyLevel.ADVISORY:
                    self._advised += standing
                    continue
                for each in standing:
                    report(f"{each.rule}: {_told(each)}", each.urn)
            for sentence in self._judge.about_waivers():
                report(sentence, None)

        return StackValidationPolicy(
            name=WHOLE_STACK,
            description="What lacks, or does not fit together, shows only in the whole stack.",
            validate=validate,
            enforcement_level=EnforcementLevel.MANDATORY,
            config_schema=_whole_schema(),
        )

    def _judged(
        self, rule: GraphRule[Any], graph: Graph, given: Mapping[str, Any]
    ) -> tuple[PolicyLevel, list[Finding]]:
        held = self._configuration.of(rule)
        values = dict(given)
        level = PolicyLevel(values.pop("enforcementLevel", held.level))
        if level is PolicyLevel.DISABLED:
            return level, []
        limits = limits_of(rule, {**held.limits.model_dump(mode="json"), **values})
        return level, self._judge.graph(rule, graph, limits)

    def _notes(self) -> StackValidationPolicy:
        def validate(_: StackValidationArgs, report: ReportViolation) -> None:
            judge, self._judge = self._judge, self._new_judge()
            advised, self._advised = self._advised, []
            pending, self._pending = self._pending, []
            for each in pending:
                report(f"{each.rule}: approval pending: {_told(each)}", each.urn)
            for each in advised:
                report(f"{each.rule}: {_told(each)}", each.urn)
            for each in judge.findings:
                if each.waiver is not None:
                    report(_waived(each), each.urn)
            if judge.undecided:
                report(undecided(judge), None)

        return StackValidationPolicy(
            name=NOTES,
            description="What stops nothing, and what nobody should overlook.",
            validate=validate,
            enforcement_level=EnforcementLevel.ADVISORY,
        )


def undecided(judge: Judge) -> str:
    """Say once what cannot be judged before the update."""
    rules = sorted({each.rule for each in judge.undecided})
    return (
        f"Undecided until up: {len(judge.undecided)} judgements of {', '.join(rules)} need values that are "
        "known only then; pulumi up judges them"
    )


def _told(found: Finding) -> str:
    return f"{found.message}. {_REMEDIES[found.rule]}"


def _waived(found: Finding) -> str:
    waiver = found.waiver
    if waiver is None:
        raise AssertionError
    kind = "was there when it was adopted" if waiver.is_baseline else "is waived"
    return (
        f"{found.rule} {kind} until {waiver.expires} by {waiver.approver} ({waiver.ticket}: "
        f"{waiver.reason}): {found.message}"
    )


def _resource(args: ResourceValidationArgs) -> Resource:
    return Resource(
        type=args.resource_type,
        name=args.name,
        urn=args.urn,
        properties=args.props,
        is_protected=args.opts.protect,
    )


def _graph(resources: Iterable[PolicyResource]) -> Graph:
    return Graph(tuple(_node(each) for each in resources))


def _node(resource: PolicyResource) -> Node:
    return Node(
        resource=Resource(
            type=resource.resource_type,
            name=resource.name,
            urn=resource.urn,
            properties=resource.props,
            is_protected=resource.opts.protect,
        ),
        parent=resource.parent.urn if resource.parent else "",
        sources={
            name: tuple(each.urn for each in sources)
            for name, sources in resource.property_dependencies.items()
        },
    )


def _schema(rule: AnyRule, values: Mapping[str, Any]) -> PolicyConfigSchema | None:
    """The schema of a rule's thresholds, with a pack's own as the defaults."""
    properties = shapes_of(rule.limits)
    if not properties:
        return None
    return PolicyConfigSchema(
        {name: {**shape, "default": values[name]} for name, shape in properties.items()}
    )


def _whole_schema() -> PolicyConfigSchema:
    rules = {
        rule.id: {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "enforcementLevel": {"enum": [each.value for each in PolicyLevel]},
                **shapes_of(rule.limits),
            },
        }
        for rule in GRAPH_RULES
    }
    shape = {"type": "object", "additionalProperties": False, "properties": rules, "default": {}}
    return PolicyConfigSchema({"rules": shape})
