"""What has to last lasts: versions, locks, backups, protection from deletion, logs."""

from collections.abc import Iterator
from typing import Final, Literal

from pydantic import Field

from policies.rules.links import BUCKETS, is_bare, is_pointed_at, s3_types
from policies.rules.place import StackWord, stack_of
from policies.rules.rule import Graph, GraphRule, Node, NoLimits, Resource, Rule, Violation, every
from slipway.model.frozen import Frozen
from slipway.model.policy_report import Severity

_VERSIONINGS: Final = s3_types("BucketVersioning")
_LOCKS: Final = s3_types("BucketObjectLockConfiguration")
_TABLE: Final = "aws:dynamodb/table:Table"
_TRAIL: Final = "aws:cloudtrail/trail:Trail"
_LOG: Final = "aws:cloudwatch/logGroup:LogGroup"
_AUDIT_STORE: Final = "slipway:audit:AuditStore"
_KEPT: Final[tuple[StackWord, ...]] = ("shared", "prod")
_DAYS_OF_A_YEAR: Final = 365
_MOST_RECOVERY_DAYS: Final = 35


def _unversioned_bucket(graph: Graph, bucket: Node, _: NoLimits) -> Iterator[Violation]:
    if is_bare(graph, bucket, *_VERSIONINGS):
        yield Violation(
            urn=bucket.resource.urn, message=f"{bucket.resource.told} keeps no versions; it should keep all"
        )


BUCKET_VERSIONING: Final = GraphRule(
    id="bucket-versioning",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC", "PCI DSS 10.3"),
    rationale="Without versions nobody can say what an object was before it was overwritten or deleted.",
    remedy="Use a PrivateBucket, or give it a BucketVersioning with status Enabled.",
    limits=NoLimits,
    judges=every(*BUCKETS),
    violations=_unversioned_bucket,
)


def _no_versioning(resource: Resource, _: NoLimits) -> Iterator[str]:
    status = (resource.properties.get("versioningConfiguration") or {}).get("status")
    if status != "Enabled":
        yield f"{resource.told} has the status {status}; it should be Enabled"


VERSIONING_ENABLED: Final = Rule(
    id="versioning-enabled",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC", "PCI DSS 10.3"),
    rationale="Versioning that is suspended keeps what there was and nothing of what comes.",
    remedy="Set versioningConfiguration.status to Enabled.",
    limits=NoLimits,
    judges=frozenset(_VERSIONINGS),
    violations=_no_versioning,
)


class LockLimits(Frozen):
    """How evidence is locked.

    Attributes:
        stacks: where it has to be for so long; elsewhere any lock will do.
        years: at least; 7 for SOX (17 CFR 210.2-06).
        mode: nobody shortens COMPLIANCE, whoever has the right to bypass shortens GOVERNANCE.
    """

    stacks: tuple[StackWord, ...] = _KEPT
    years: int = Field(default=7, ge=1)
    mode: Literal["COMPLIANCE", "GOVERNANCE"] = "COMPLIANCE"


def _short_lock(resource: Resource, limits: LockLimits) -> Iterator[str]:
    if stack_of(resource.urn) not in limits.stacks:
        return
    retention = (resource.properties.get("rule") or {}).get("defaultRetention") or {}
    days = int(retention.get("years") or 0) * _DAYS_OF_A_YEAR + int(retention.get("days") or 0)
    if days < limits.years * _DAYS_OF_A_YEAR:
        yield f"{resource.told} locks objects for {days} days; it should for {limits.years} years"
    mode = retention.get("mode")
    if mode not in ("COMPLIANCE", limits.mode):
        yield f"{resource.told} locks in mode {mode}; it should in {limits.mode}"


OBJECT_LOCK_RETENTION: Final = Rule(
    id="object-lock-retention",
    severity=Severity.CRITICAL,
    frameworks=("SOX ITGC", "PCI DSS 10.5"),
    rationale="Evidence that somebody can delete before its time is no evidence.",
    remedy="Set rule.defaultRetention: in COMPLIANCE for 7 years (evidenceLockMode, evidenceRetentionYears).",
    limits=LockLimits,
    judges=frozenset(_LOCKS),
    violations=_short_lock,
)


def _unlocked_evidence(graph: Graph, bucket: Node, _: NoLimits) -> Iterator[Violation]:
    if _has_lock(bucket):
        if is_bare(graph, bucket, *_LOCKS):
            yield Violation(
                urn=bucket.resource.urn,
                message=f"{bucket.resource.told} locks nothing by itself; it should have a default retention",
            )
    elif _is_evidence(graph, bucket):
        yield Violation(
            urn=bucket.resource.urn,
            message=f"{bucket.resource.told} holds evidence; it should have Object Lock",
        )


def _has_lock(bucket: Node) -> bool:
    return bucket.resource.properties.get("objectLockEnabled") is True


def _is_evidence(graph: Graph, bucket: Node) -> bool:
    """Whether it belongs to a store of evidence, or a trail writes into it."""
    if is_pointed_at(graph, bucket, graph.of(_TRAIL), by="s3BucketName", name="bucket"):
        return True
    parent = graph.by_urn.get(bucket.parent)
    while parent is not None:
        if parent.resource.type == _AUDIT_STORE:
            return True
        parent = graph.by_urn.get(parent.parent)
    return False


EVIDENCE_LOCKED: Final = GraphRule(
    id="evidence-locked",
    severity=Severity.CRITICAL,
    frameworks=("SOX ITGC", "PCI DSS 10.5"),
    rationale="Without a lock by default, one writer who forgets it leaves evidence that can be deleted.",
    remedy="Give the PrivateBucket an ObjectLock.",
    limits=NoLimits,
    judges=every(*BUCKETS),
    violations=_unlocked_evidence,
)


class TableLimits(Frozen):
    """Which tables have to survive mistakes.

    Attributes:
        stacks: those whose tables nobody could make again.
        recovery_days: how far back they can be restored, at least; DynamoDB itself goes back 1 to 35.
    """

    stacks: tuple[StackWord, ...] = _KEPT

    recovery_days: int = Field(default=_MOST_RECOVERY_DAYS, ge=1, le=_MOST_RECOVERY_DAYS)


def _mortal_table(resource: Resource, limits: TableLimits) -> Iterator[str]:
    if stack_of(resource.urn) not in limits.stacks:
        return
    recovery = resource.properties.get("pointInTimeRecovery") or {}
    days = int(recovery.get("recoveryPeriodInDays") or _MOST_RECOVERY_DAYS)
    if recovery.get("enabled") is not True:
        yield f"{resource.told} cannot be restored; it should have point-in-time recovery"
    elif days < limits.recovery_days:
        yield f"{resource.told} can be restored for {days} days; it should for {limits.recovery_days}"
    if resource.properties.get("deletionProtectionEnabled") is not True:
        yield f"{resource.told} can be deleted; it should have deletion protection"


TABLE_DURABILITY: Final = Rule(
    id="table-durability",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC",),
    rationale="Ledger and journal are what everything else is proven by; they are kept in tables alone.",
    remedy="Use a DurableTable, or set pointInTimeRecovery and deletionProtectionEnabled.",
    limits=TableLimits,
    judges=frozenset({_TABLE}),
    violations=_mortal_table,
)

_REPOSITORY: Final = "aws:ecr/repository:Repository"
_HOLDING: Final = (
    *BUCKETS,
    _TABLE,
    _TRAIL,
    _REPOSITORY,
    "aws:kms/key:Key",
    "snowflake:index/database:Database",
    "snowflake:index/schema:Schema",
)
"""What holds state that cannot be made again, or without which it cannot be read."""

_FORCED: Final = ("forceDelete", "forceDestroy")
"""An image repository's word, and a bucket's."""


def _unprotected(resource: Resource, _: NoLimits) -> Iterator[str]:
    if not resource.is_protected:
        yield f"{resource.told} is not protected; it should be, so that its deletion is refused by name"
    for each in _FORCED:
        if resource.properties.get(each):
            yield f"{resource.told} has {each}; it should not be deleted with what is in it"


DATA_PROTECTED: Final = Rule(
    id="data-protected",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC",),
    rationale="One wrong line in the program would delete data that nobody can make again.",
    remedy="Declare it with self.child(protect=True), and leave forceDestroy and forceDelete out.",
    limits=NoLimits,
    judges=frozenset(_HOLDING),
    violations=_unprotected,
)


class LogLimits(Frozen):
    """How long logs stay.

    Attributes:
        days: at least, anywhere.
        kept_days: at least, where they are part of the record.
        stacks: where they are.
        allows_forever: whether a log may have no end, and its cost neither.
    """

    days: int = Field(default=14, ge=1)
    kept_days: int = Field(default=365, ge=1)
    stacks: tuple[StackWord, ...] = _KEPT
    allows_forever: bool = False


def _wrong_retention(resource: Resource, limits: LogLimits) -> Iterator[str]:
    least = limits.kept_days if stack_of(resource.urn) in limits.stacks else limits.days
    days = int(resource.properties.get("retentionInDays") or 0)
    if days == 0 and not limits.allows_forever:
        yield f"{resource.told} keeps its events for ever; it should for a number of days, at least {least}"
    if 0 < days < least:
        yield f"{resource.told} keeps its events for {days} days; it should for at least {least}"


LOG_RETENTION: Final = Rule(
    id="log-retention",
    severity=Severity.MEDIUM,
    frameworks=("PCI DSS 10.5.1", "SOX ITGC", "FinOps"),
    rationale="An incident is looked into months later, and a log without an end is paid for without one.",
    remedy="Set retentionInDays (logRetentionDays of the stack file).",
    limits=LogLimits,
    judges=frozenset({_LOG}),
    violations=_wrong_retention,
)

_TRAIL_DEFAULTS: Final = {
    "enableLogFileValidation": False,
    "enableLogging": True,
    "includeGlobalServiceEvents": True,
    "isMultiRegionTrail": False,
}


def _weak_trail(resource: Resource, _: NoLimits) -> Iterator[str]:
    given = {name: resource.properties.get(name) for name in _TRAIL_DEFAULTS}
    off = [
        name
        for name, default in _TRAIL_DEFAULTS.items()
        if not (default if given[name] is None else given[name])
    ]
    if off:
        yield f"{resource.told} has {', '.join(off)} off; all should be on"


TRAIL_COMPLETE: Final = Rule(
    id="trail-complete",
    severity=Severity.HIGH,
    frameworks=("CIS AWS 3.1", "CIS AWS 3.2", "PCI DSS 10.2", "SOX ITGC"),
    rationale="An auditor believes no files that may lack a region, an hour or a line.",
    remedy="Use an AccountTrail: all regions, global services, signed files, and logging on.",
    limits=NoLimits,
    judges=frozenset({_TRAIL}),
    violations=_weak_trail,
)
