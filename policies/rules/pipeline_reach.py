"""How far the role of a pipeline reaches: to its own datasets, keys, secrets and jobs."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from policies.rules.documents import Condition, Statement, allowed, arn_parts, begins_wild
from policies.rules.place import is_within
from policies.rules.rule import NoLimits, Resource, Rule
from slipway.model.policy_report import Severity

_POLICIES: Final = frozenset({"aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy"})
_ATTACHMENTS: Final = frozenset(
    {
        "aws:iam/policyAttachment:PolicyAttachment",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    }
)
_ROLE: Final = "aws:iam/role:Role"
_PIPELINE: Final = "slipway:pipeline:"
_KMS: Final = "kms"
_S3: Final = "s3"
_GUARDED: Final = ("dynamodb", "elasticmapreduce", "emr-serverless", _KMS, _S3, "secretsmanager")
"""Services in which everything of an environment is in one place, and only names keep pipelines apart."""

_OWN_TAG: Final = frozenset({"aws:requesttag/pipeline", "aws:resourcetag/pipeline"})
_SHARED: Final = frozenset({"emr-serverless:getapplication", "emr-serverless:startapplication"})
"""Applications are the platform's: every pipeline's DAG wakes them, and reads nothing by that."""

_PREFIX: Final = frozenset({"s3:prefix"})
_ALIAS: Final = frozenset({"kms:resourcealiases"})
"""A key that is another stack's has no ARN that is known beforehand: its alias names it."""


def _reaches(resource: Resource, _: NoLimits) -> Iterator[str]:
    if not is_within(resource, _PIPELINE):
        return
    if resource.type in _ATTACHMENTS or resource.properties.get("managedPolicyArns"):
        yield f"{resource.told} attaches a policy of anybody else; a pipeline has one of its own"
    for document in _documents(resource):
        yield from (f"{resource.told} {each}" for each in _said(document))


def _documents(resource: Resource) -> Iterator[Any]:
    """What gives rights within a pipeline: its policies, and what its role says itself."""
    if resource.type in _POLICIES:
        yield resource.properties.get("policy")
    for inline in resource.properties.get("inlinePolicies") or ():
        yield inline.get("policy")


def _said(document: Any) -> Iterator[str]:
    try:
        statements = allowed(document)
    except ValueError:
        yield "is no policy: its document is no JSON"
        return
    for statement in statements:
        for what in _too_far(statement):
            name = f" ({statement.sid})" if statement.sid else ""
            yield f"allows {what}{name}; it has to name what the pipeline's datasets need"


def _too_far(statement: Statement) -> Iterator[str]:
    """Yield what of a statement is not the pipeline's own."""
    if statement.other_actions or statement.other_resources:
        yield "everything but what it names"
        return
    services = [each for each in _GUARDED if _speaks_of(statement, each)]
    for resource in statement.resources:
        wide = [each for each in services if _is_wide(resource, each, statement)]
        if wide:
            yield f"{', '.join(wide)} on {resource}"


def _speaks_of(statement: Statement, service: str) -> bool:
    own = (each for each in statement.actions if each not in _SHARED)
    return any(fnmatchcase(service, action.partition(":")[0]) for action in own)


def _is_wide(resource: str, service: str, statement: Statement) -> bool:
    """Whether a resource is more of a service than one pipeline's."""
    parts = arn_parts(resource)
    if parts is None:
        return True
    if not fnmatchcase(service, resource.split(":")[2]):
        return False
    if service == _S3:
        return _is_wide_in_s3(parts[1], statement)
    name = parts[1].lstrip("/").replace(":", "/").partition("/")[2]  # after `table/`, `secret:` and the like
    return begins_wild(name) and not _is_bound(statement, _OWN_TAG | _ALIAS if service == _KMS else _OWN_TAG)


def _is_wide_in_s3(what: str, statement: Statement) -> bool:
    """A bucket is many pipelines': its objects have to be below a prefix, and be listed below one."""
    bucket, slash, key = what.partition("/")
    if "*" in bucket or "?" in bucket:
        return True
    return begins_wild(key) if slash else not _is_bound(statement, _PREFIX)


def _is_bound(statement: Statement, keys: frozenset[str]) -> bool:
    return any(each.key in keys and _demands(each) for each in statement.conditions)


def _demands(condition: Condition) -> bool:
    return condition.is_demanding and not any(begins_wild(value) for value in condition.values)


PIPELINE_REACH: Final = Rule(
    id="pipeline-reach",
    severity=Severity.HIGH,
    frameworks=("PCI DSS 7.2", "SOX ITGC"),
    rationale="A pipeline that reaches another's data can leak it, or change what somebody else has audited.",
    remedy="Derive the policy from the datasets of the catalog entry (components/pipeline/reach.py).",
    limits=NoLimits,
    judges=_POLICIES | _ATTACHMENTS | {_ROLE},
    violations=_reaches,
)
