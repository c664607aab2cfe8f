"""Turns rules into CrossGuard policies; the only module of `policies` that knows the policy SDK."""

from collections.abc import Iterable

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)
from pulumi_policy import Severity as PolicySeverity

from policies.rules.rule import Resource, Rule


def policies(rules: Iterable[Rule], level: EnforcementLevel) -> list[Policy]:
    """Return a policy for each rule, all at one level; pack configuration may change the level by rule id."""
    return [_policy(rule, level) for rule in rules]


def _policy(rule: Rule, level: EnforcementLevel) -> ResourceValidationPolicy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        resource = Resource(type=args.resource_type, name=args.name, properties=args.props)
        for message in rule.violations(resource):
            report(f"{message}. {rule.remedy}", None)

    return ResourceValidationPolicy(
        name=rule.id,
        description=rule.rationale,
        validate=validate,
        enforcement_level=level,
        severity=PolicySeverity[rule.severity.name],
        remediation_steps=rule.remedy,
    )
