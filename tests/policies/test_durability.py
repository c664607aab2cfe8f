"""Durability: versions, locks, backups, protection, logs, and the figure at which each is too little."""

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from policies.rules.durability import (
    BUCKET_VERSIONING,
    DATA_PROTECTED,
    EVIDENCE_LOCKED,
    LOG_RETENTION,
    OBJECT_LOCK_RETENTION,
    TABLE_DURABILITY,
    TRAIL_COMPLETE,
    VERSIONING_ENABLED,
    LockLimits,
    LogLimits,
    TableLimits,
)
from policies.rules.rule import Node, Resource, Rule
from slipway.model.environment import StackName
from tests.policies.judged import judge_of, judged, judged_graph, node_of, urn_of

BUCKET = "aws:s3/bucket:Bucket"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
TABLE = "aws:dynamodb/table:Table"
LOG = "aws:cloudwatch/logGroup:LogGroup"
TRAIL = "aws:cloudtrail/trail:Trail"
STORE = "slipway:audit:AuditStore"
PRIVATE = "slipway:storage:PrivateBucket"


def _in(stack: str, rule: Rule[Any], type_: str, properties: dict[str, Any], **limits: Any) -> list[str]:
    urn = urn_of(type_).replace(":prod:", f":{stack}:")
    resource = Resource(type=type_, name="lake", urn=urn, properties=properties)
    return [each.message for each in judge_of().resource(rule, resource, rule.limits(**limits))]


def test_a_bucket_without_versions() -> None:
    """Nothing says what was there before."""
    bucket = node_of(BUCKET, {"bucket": "finedge-lake"})
    told = f"{BUCKET} 'lake' keeps no versions; it should keep all"
    assert judged_graph(BUCKET_VERSIONING, [bucket]) == [(bucket.resource.urn, told)]


@pytest.mark.parametrize("type_", [VERSIONING, "aws:s3/bucketVersioningV2:BucketVersioningV2"])
def test_a_bucket_with_versions(type_: str) -> None:
    """Under either token of the SDK."""
    bucket = node_of(BUCKET, {})
    assert judged_graph(BUCKET_VERSIONING, [bucket, node_of(type_, {}, bucket=bucket.resource.urn)]) == []


@pytest.mark.parametrize(
    ("configuration", "told"),
    [
        ({"status": "Enabled"}, None),
        ({"status": "Suspended"}, "Suspended"),
        ({"status": "Disabled"}, "Disabled"),
        ({}, "None"),
        (None, "None"),
    ],
)
def test_the_status_of_versioning(configuration: Any, told: str | None) -> None:
    """There is one word that keeps versions."""
    messages = judged(VERSIONING_ENABLED, VERSIONING, {"versioningConfiguration": configuration})
    assert messages == ([f"{VERSIONING} 'lake' has the status {told}; it should be Enabled"] if told else [])


_SHORT = "locks objects for {} days; it should for 7 years"


@pytest.mark.parametrize(
    ("retention", "told"),
    [
        ({"mode": "COMPLIANCE", "years": 7.0}, []),
        ({"mode": "COMPLIANCE", "years": 8}, []),
        ({"mode": "COMPLIANCE", "days": 2555.0}, []),
        ({"mode": "COMPLIANCE", "days": 2554}, [_SHORT.format(2554)]),
        ({"mode": "COMPLIANCE", "years": 6}, [_SHORT.format(2190)]),
        ({"mode": "GOVERNANCE", "years": 7}, ["locks in mode GOVERNANCE; it should in COMPLIANCE"]),
        ({"years": 7}, ["locks in mode None; it should in COMPLIANCE"]),
        ({}, [_SHORT.format(0), "locks in mode None; it should in COMPLIANCE"]),
        (None, [_SHORT.format(0), "locks in mode None; it should in COMPLIANCE"]),
    ],
)
@pytest.mark.parametrize("stack", ["prod", "shared"])
def test_locks_where_evidence_is(stack: str, retention: Any, told: list[str]) -> None:
    """Long enough, and for nobody to shorten."""
    properties = {"rule": {"defaultRetention": retention}}
    messages = _in(stack, OBJECT_LOCK_RETENTION, LOCK, properties)
    assert messages == [f"{LOCK} 'lake' {each}" for each in told]


def test_a_lock_without_a_rule() -> None:
    """It locks nothing by default."""
    assert len(judged(OBJECT_LOCK_RETENTION, LOCK, {})) == 2


@pytest.mark.parametrize("stack", ["dev", "staging"])
def test_locks_elsewhere(stack: str) -> None:
    """What is tried out need not last for years."""
    assert _in(stack, OBJECT_LOCK_RETENTION, LOCK, {}) == []
    assert len(_in(stack, OBJECT_LOCK_RETENTION, LOCK, {}, stacks=(stack,))) == 2


@pytest.mark.parametrize(("mode", "found"), [("GOVERNANCE", 0), ("COMPLIANCE", 0), ("OTHER", 1), (None, 1)])
def test_a_pack_may_ask_for_less(mode: str | None, found: int) -> None:
    """A stronger lock than demanded complies; fewer years do where fewer are demanded."""
    properties = {"rule": {"defaultRetention": {"mode": mode, "years": 1}}}
    messages = judged(OBJECT_LOCK_RETENTION, LOCK, properties, mode="GOVERNANCE", years=1)
    assert len(messages) == found


def _store(**bucket: Any) -> list[Node]:
    store = node_of(STORE, {}, name="audit")
    private = node_of(PRIVATE, {}, name="audit-evidence", parent=store.resource.urn)
    evidence = node_of(BUCKET, bucket, name="audit-evidence", parent=private.resource.urn)
    return [store, private, evidence]


_NO_LOCK = f"{BUCKET} 'audit-evidence' holds evidence; it should have Object Lock"
_NO_DEFAULT = f"{BUCKET} 'audit-evidence' locks nothing by itself; it should have a default retention"


@pytest.mark.parametrize("given", [{}, {"objectLockEnabled": False}])
def test_evidence_without_a_lock(given: dict[str, bool]) -> None:
    """What belongs to the store, however deep, is evidence; one message says what is wrong."""
    assert [message for _, message in judged_graph(EVIDENCE_LOCKED, _store(**given))] == [_NO_LOCK]


def test_evidence_without_a_default_retention() -> None:
    """The lock may be there, and used by nobody."""
    nodes = _store(objectLockEnabled=True)
    assert judged_graph(EVIDENCE_LOCKED, nodes) == [(nodes[-1].resource.urn, _NO_DEFAULT)]


@pytest.mark.parametrize(
    "type_", [LOCK, "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"]
)
def test_locked_evidence(type_: str) -> None:
    """Both are there."""
    nodes = _store(objectLockEnabled=True)
    lock = node_of(type_, {}, bucket=nodes[-1].resource.urn)
    assert judged_graph(EVIDENCE_LOCKED, [*nodes, lock]) == []


def test_a_default_retention_alone_is_no_lock() -> None:
    """S3 would refuse it; the program should not need to find out."""
    nodes = _store()
    lock = node_of(LOCK, {}, bucket=nodes[-1].resource.urn)
    assert [message for _, message in judged_graph(EVIDENCE_LOCKED, [*nodes, lock])] == [_NO_LOCK]


def test_files_of_a_trail_are_evidence() -> None:
    """By the source of the trail's value, or by the name of the bucket."""
    bucket = node_of(BUCKET, {"bucket": "finedge-trail"})
    by_source = node_of(TRAIL, {}, s3BucketName=bucket.resource.urn)
    by_value = node_of(TRAIL, {"s3BucketName": "finedge-trail"})
    for trail in (by_source, by_value):
        assert len(judged_graph(EVIDENCE_LOCKED, [bucket, trail])) == 1
    other = node_of(TRAIL, {"s3BucketName": "finedge-other"})
    assert judged_graph(EVIDENCE_LOCKED, [bucket, other]) == []


def test_other_buckets_need_no_lock() -> None:
    """One that has a lock needs a retention too, or it has it for nothing."""
    private = node_of(PRIVATE, {})
    plain = node_of(BUCKET, {"objectLockEnabled": False}, parent=private.resource.urn)
    assert judged_graph(EVIDENCE_LOCKED, [private, plain]) == []
    locked = node_of(BUCKET, {"objectLockEnabled": True}, parent="urn:unknown")
    assert len(judged_graph(EVIDENCE_LOCKED, [locked])) == 1


_SAFE = {"pointInTimeRecovery": {"enabled": True}, "deletionProtectionEnabled": True}
_LOST = f"{TABLE} 'lake' cannot be restored; it should have point-in-time recovery"
_DELETED = f"{TABLE} 'lake' can be deleted; it should have deletion protection"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({"pointInTimeRecovery": {"enabled": False}}, [_LOST]),
        ({"pointInTimeRecovery": {}}, [_LOST]),
        ({"pointInTimeRecovery": None}, [_LOST]),
        ({"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 35.0}}, []),
        (
            {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 34}},
            [f"{TABLE} 'lake' can be restored for 34 days; it should for 35"],
        ),
        ({"deletionProtectionEnabled": False}, [_DELETED]),
        ({"deletionProtectionEnabled": None}, [_DELETED]),
    ],
)
@pytest.mark.parametrize("stack", ["prod", "shared"])
def test_tables(stack: str, changed: dict[str, Any], told: list[str]) -> None:
    """Each of the two is asked for by itself."""
    assert _in(stack, TABLE_DURABILITY, TABLE, {**_SAFE, **changed}) == told


@pytest.mark.parametrize("stack", ["dev", "staging"])
def test_tables_elsewhere(stack: str) -> None:
    """Unless a pack says otherwise."""
    assert _in(stack, TABLE_DURABILITY, TABLE, {}) == []
    assert _in(stack, TABLE_DURABILITY, TABLE, {}, stacks=[stack]) == [_LOST, _DELETED]


@pytest.mark.parametrize(("days", "found"), [(8, 1), (7, 0)])
def test_a_shorter_recovery(days: int, found: int) -> None:
    """A pack may be content with less."""
    table = {**_SAFE, "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7}}
    assert len(judged(TABLE_DURABILITY, TABLE, table, recovery_days=days)) == found


HOLDING = [
    BUCKET,
    "aws:s3/bucketV2:BucketV2",
    TABLE,
    TRAIL,
    "aws:ecr/repository:Repository",
    "aws:kms/key:Key",
    "snowflake:index/database:Database",
    "snowflake:index/schema:Schema",
]


@pytest.mark.parametrize("type_", HOLDING)
def test_what_holds_data_is_protected(type_: str) -> None:
    """By the engine, which refuses its deletion."""
    assert judged(DATA_PROTECTED, type_, {}, is_protected=True) == []
    told = f"{type_} 'lake' is not protected; it should be, so that its deletion is refused by name"
    assert judged(DATA_PROTECTED, type_, {}) == [told]


@pytest.mark.parametrize("word", ["forceDestroy", "forceDelete"])
def test_what_is_in_it_is_never_deleted_with_it(word: str) -> None:
    """Protection can be taken away in a minute; what is in it should still stop a deletion."""
    told = f"{BUCKET} 'lake' has {word}; it should not be deleted with what is in it"
    assert judged(DATA_PROTECTED, BUCKET, {word: True}, is_protected=True) == [told]
    assert judged(DATA_PROTECTED, BUCKET, {word: False}, is_protected=True) == []


_FOREVER = f"{LOG} 'lake' keeps its events for ever; it should for a number of days, at least "


@pytest.mark.parametrize(
    ("stack", "days", "told"),
    [
        ("prod", 365.0, None),
        ("prod", 364, f"{LOG} 'lake' keeps its events for 364 days; it should for at least 365"),
        ("shared", 364, f"{LOG} 'lake' keeps its events for 364 days; it should for at least 365"),
        ("prod", 0, f"{_FOREVER}365"),
        ("prod", None, f"{_FOREVER}365"),
        ("dev", 14, None),
        ("dev", 13, f"{LOG} 'lake' keeps its events for 13 days; it should for at least 14"),
        ("staging", 13, f"{LOG} 'lake' keeps its events for 13 days; it should for at least 14"),
        ("dev", 0, f"{_FOREVER}14"),
    ],
)
def test_logs(stack: str, days: float | None, told: str | None) -> None:
    """A year where they are part of the record; nowhere for ever, which is CloudWatch's default."""
    assert _in(stack, LOG_RETENTION, LOG, {"retentionInDays": days}) == ([told] if told else [])


def test_a_log_for_ever_where_a_pack_allows_it() -> None:
    """Too short stays too short."""
    assert judged(LOG_RETENTION, LOG, {}, allows_forever=True) == []
    assert len(judged(LOG_RETENTION, LOG, {"retentionInDays": 1}, allows_forever=True)) == 1


def test_other_limits_of_logs() -> None:
    """Each has its own."""
    assert _in("dev", LOG_RETENTION, LOG, {"retentionInDays": 7}, days=7) == []
    assert _in("prod", LOG_RETENTION, LOG, {"retentionInDays": 7}, days=7) != []
    assert _in("prod", LOG_RETENTION, LOG, {"retentionInDays": 30}, kept_days=30) == []
    assert _in("staging", LOG_RETENTION, LOG, {"retentionInDays": 30}, stacks=["staging"]) != []


_COMPLETE = {"enableLogFileValidation": True, "isMultiRegionTrail": True}


@pytest.mark.parametrize(
    ("changed", "off"),
    [
        ({}, None),
        ({"enableLogging": True, "includeGlobalServiceEvents": True}, None),
        ({"enableLogFileValidation": False}, "enableLogFileValidation"),
        ({"enableLogFileValidation": None}, "enableLogFileValidation"),
        ({"isMultiRegionTrail": False}, "isMultiRegionTrail"),
        ({"isMultiRegionTrail": None}, "isMultiRegionTrail"),
        ({"enableLogging": False}, "enableLogging"),
        ({"includeGlobalServiceEvents": False}, "includeGlobalServiceEvents"),
    ],
)
def test_trails(changed: dict[str, Any], off: str | None) -> None:
    """Two are on by themselves, two are not."""
    told = f"{TRAIL} 'lake' has {off} off; all should be on"
    assert judged(TRAIL_COMPLETE, TRAIL, {**_COMPLETE, **changed}) == ([told] if off else [])


def test_a_trail_that_says_nothing() -> None:
    """A missing property is the provider's default."""
    assert judged(TRAIL_COMPLETE, TRAIL, {}) == [
        f"{TRAIL} 'lake' has enableLogFileValidation, isMultiRegionTrail off; all should be on"
    ]


@pytest.mark.parametrize("limits", [LockLimits, TableLimits, LogLimits])
def test_thresholds_know_the_stacks(limits: Any) -> None:
    """A stack that is written wrongly would be exempt and nobody would know."""
    named = get_args(get_args(limits.model_fields["stacks"].annotation)[0])
    assert set(named) == set(StackName)
    with pytest.raises(ValidationError):
        limits(stacks=("production",))


@pytest.mark.parametrize(
    ("limits", "value"),
    [
        (LockLimits, {"years": 0}),
        (TableLimits, {"recovery_days": 0}),
        (TableLimits, {"recovery_days": 36}),
        (LogLimits, {"days": 0}),
        (LogLimits, {"kept_days": 0}),
    ],
)
def test_thresholds_that_cannot_be(limits: Any, value: dict[str, int]) -> None:
    """Nothing would break them, or nothing could comply."""
    with pytest.raises(ValidationError):
        limits(**value)
