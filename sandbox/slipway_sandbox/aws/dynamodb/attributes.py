"""What a table has beside its data, which DynamoDB Local accepts and forgets, or refuses.

Owned here: tags, point-in-time recovery, encryption, table class and on-demand limits, one record a table, in
memory. They live and die with the table.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slipway_sandbox.aws.dynamodb.local import Place

KEPT_SETTINGS = ("SSESpecification", "TableClass", "OnDemandThroughput", "WarmThroughput")
"""Members of CreateTable and UpdateTable that are kept here and never reach the engine."""

_DEFAULT_RECOVERY_DAYS = 35


@dataclass(kw_only=True)
class Attributes:
    """One table's record.

    Attributes:
        tags: key -> value.
        settings: the latest value of each kept setting.
        recovery_days: how far back point-in-time recovery reaches; nothing when it is off.
        recovery_since: when it was switched on, epoch seconds.
    """

    tags: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    recovery_days: int | None = None
    recovery_since: float = 0.0

    def set_recovery(self, specification: Mapping[str, Any]) -> None:
        """Switch point-in-time recovery on or off."""
        if not specification["PointInTimeRecoveryEnabled"]:
            self.recovery_days = None
            return
        if self.recovery_days is None:
            self.recovery_since = time.time()
        self.recovery_days = int(specification.get("RecoveryPeriodInDays", _DEFAULT_RECOVERY_DAYS))

    def continuous_backups(self) -> dict[str, Any]:
        """The ``ContinuousBackupsDescription`` of the table."""
        recovery: dict[str, Any] = {"PointInTimeRecoveryStatus": "DISABLED"}
        if self.recovery_days is not None:
            recovery = {
                "PointInTimeRecoveryStatus": "ENABLED",
                "RecoveryPeriodInDays": self.recovery_days,
                "EarliestRestorableDateTime": self.recovery_since,
                "LatestRestorableDateTime": time.time(),
            }
        return {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery}

    def describe(self, place: Place) -> dict[str, Any]:
        """The members that a table description gains from the kept settings."""
        described: dict[str, Any] = {}
        encryption = self.settings.get("SSESpecification") or {}
        if encryption.get("Enabled"):
            described["SSEDescription"] = {
                "Status": "ENABLED",
                "SSEType": encryption.get("SSEType", "KMS"),
                "KMSMasterKeyArn": _key_arn(encryption.get("KMSMasterKeyId", "alias/aws/dynamodb"), place),
            }
        if "TableClass" in self.settings:
            described["TableClassSummary"] = {"TableClass": self.settings["TableClass"]}
        for name in ("OnDemandThroughput", "WarmThroughput"):
            described |= {name: self.settings[name]} if name in self.settings else {}
        return described


def _key_arn(key: str, place: Place) -> str:
    if key.startswith("arn:"):
        return key
    resource = key if key.startswith("alias/") else f"key/{key}"
    return f"arn:aws:kms:{place.region}:{place.account}:{resource}"


class AttributeStore:
    """The records of all tables. Safe for threads: records are changed by `update` alone, under a lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[tuple[Place, str], Attributes] = {}

    def of(self, place: Place, table: str) -> Attributes:
        """The record of a table that exists in the engine."""
        with self._lock:
            return self._records.setdefault((place, table), Attributes())

    def update(self, place: Place, table: str, change: Callable[[Attributes], None]) -> Attributes:
        """Change a record; no other change comes between what ``change`` reads and what it writes."""
        with self._lock:
            record = self._records.setdefault((place, table), Attributes())
            change(record)
            return record

    def forget(self, place: Place, table: str) -> None:
        """Drop the record of a table that was deleted."""
        with self._lock:
            self._records.pop((place, table), None)
