"""Joins the records' ports with their AWS adapters, in the accounts of the estate.

A person's own credentials work where their name counts (approvals, who is acting); everything else is done in
the role that the stack file names, with the person in the session's name.
"""

import os
import re
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from slipway.adapters.aws import (
    DynamoDocuments,
    DynamoJournal,
    DynamoLeases,
    DynamoLedger,
    KmsSigner,
    LedgerPlace,
    S3ObjectStore,
    StsIdentity,
    assumed,
    client,
    own_session,
)
from slipway.adapters.system_clock import SystemClock
from slipway.audit import EvidenceStore, Ledger
from slipway.cli.estate import Estate, StackPlace, find_platform, read_estate
from slipway.model.environment import Environment
from slipway.model.naming import (
    ARTIFACTS,
    DOCUMENTS,
    EVIDENCE,
    JOURNAL,
    LEASES,
    LEDGER,
    LEDGER_INDEX,
    SIGNING,
)
from slipway.model.principal import Caller
from slipway.model.retention import LockMode
from slipway.ports.documents import EnvironmentDocuments
from slipway.ports.journal import Journal
from slipway.ports.leases import Leases
from slipway.ports.ledger import LedgerStore
from slipway.ports.objects import ObjectStore
from slipway.ports.signer import Signer

_SESSION_NAME: Final = re.compile(r"[^\w+=,.@-]", re.ASCII)
"""What a session's name may not hold (STS API reference, RoleSessionName)."""

_SESSION_NAME_MAX: Final = 64


class Accounts:
    """The records of the estate, each built when it is first asked for; no request is made before that.

    Args:
        estate: where the accounts are.
    """

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self._sessions: dict[StackPlace, Any] = {}

    @classmethod
    def here(cls) -> "Accounts":
        """The accounts of the platform's checkout in which the command runs."""
        return cls(read_estate(find_platform(Path.cwd(), os.environ)))

    @cached_property
    def caller(self) -> Caller:
        """Who acts: the person, or the role of a build."""
        return StsIdentity(client(self._own, "sts")).caller()

    @cached_property
    def evidence_bucket(self) -> ObjectStore:
        """The evidence bucket, by the role of the shared stack."""
        return self._evidence(self.session(self.estate.shared))

    @cached_property
    def own_evidence_bucket(self) -> ObjectStore:
        """The evidence bucket, by one's own credentials: for what is written under one's own name."""
        return self._evidence(self._own)

    @cached_property
    def evidence(self) -> EvidenceStore:
        """Evidence by digest."""
        return EvidenceStore(self.evidence_bucket, SystemClock())

    @cached_property
    def ledger_store(self) -> LedgerStore:
        """The ledger's entries."""
        session, naming = self.session(self.estate.shared), self.estate.shared.naming
        place = LedgerPlace(entries=naming.table(LEDGER), index=naming.table(LEDGER_INDEX))
        copies = S3ObjectStore(client(session, "s3"), naming.bucket(EVIDENCE), prefix="ledger/")
        return DynamoLedger(client(session, "dynamodb"), place, copies)

    @cached_property
    def ledger(self) -> Ledger:
        """Appends events."""
        return Ledger(self.ledger_store)

    @cached_property
    def artifacts(self) -> ObjectStore:
        """The artifact bucket."""
        shared = self.estate.shared
        return S3ObjectStore(client(self.session(shared), "s3"), shared.naming.bucket(ARTIFACTS))

    @cached_property
    def signer(self) -> Signer:
        """The key that signs manifests, approvals and checkpoints."""
        shared = self.estate.shared
        return KmsSigner(client(self.session(shared), "kms"), shared.naming.key_alias(SIGNING))

    def leases(self, environment: Environment) -> Leases:
        """The leases of an environment."""
        place = self.estate.environment(environment)
        return DynamoLeases(client(self.session(place), "dynamodb"), place.naming.table(LEASES))

    def journal(self, environment: Environment) -> Journal:
        """The journal of an environment."""
        place = self.estate.environment(environment)
        return DynamoJournal(client(self.session(place), "dynamodb"), place.naming.table(JOURNAL))

    def documents(self, environment: Environment) -> EnvironmentDocuments:
        """The documents of an environment."""
        place = self.estate.environment(environment)
        return DynamoDocuments(client(self.session(place), "dynamodb"), place.naming.table(DOCUMENTS))

    def session(self, place: StackPlace) -> Any:
        """A boto3 session in a stack's account."""
        if place not in self._sessions:
            self._sessions[place] = self._opened(place)
        return self._sessions[place]

    def _opened(self, place: StackPlace) -> Any:
        if place.role_arn is None:
            return own_session(place.region)
        return assumed(own_session(place.region), place.role_arn, session_name=session_name(self.caller))

    @cached_property
    def _own(self) -> Any:
        return own_session(self.estate.shared.region)

    def _evidence(self, session: Any) -> ObjectStore:
        bucket = self.estate.shared.naming.bucket(EVIDENCE)
        return S3ObjectStore(client(session, "s3"), bucket, lock_mode=LockMode.GOVERNANCE)


def session_name(caller: Caller) -> str:
    """Return how a caller is called in the sessions that it opens: the last word of its ARN."""
    return _SESSION_NAME.sub("-", caller.arn.rpartition("/")[2])[-_SESSION_NAME_MAX:].ljust(2, "-")
