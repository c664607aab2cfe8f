"""Joins the records' ports with their AWS adapters, in the accounts of the estate.

A person's own credentials work where their name counts (approvals, who is acting); everything else is done in
the role that the stack file names, with the person in the session's name. A role of the platform, such as a
build's, works as itself in its own account, and elsewhere in the role that is there for it: so what a build
can do is what the roles' policies say, and nothing that a person can do.
"""

import os
import re
from collections.abc import Mapping
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
    S3StackVersions,
    SecondFactor,
    StateBucket,
    StsIdentity,
    UnversionedStates,
    assumed,
    client,
    own_session,
)
from slipway.adapters.system_clock import SystemClock
from slipway.audit import EvidenceStore, Ledger
from slipway.cli.desk import Approver, Factor
from slipway.cli.estate import Estate, StackPlace, find_platform, read_estate
from slipway.model.environment import Environment, StackName
from slipway.model.errors import UsageError
from slipway.model.flow_naming import role_for
from slipway.model.people import ApprovingRole, approving_role
from slipway.model.principal import Caller
from slipway.model.retention import LockMode
from slipway.model.subjects import (
    APPROVALS,
    ARTIFACTS,
    DEPLOY,
    DOCUMENTS,
    EVIDENCE,
    JOURNAL,
    LEASES,
    LEDGER,
    LEDGER_INDEX,
    PULUMI_STATE,
    SIGNING,
)
from slipway.ports.documents import EnvironmentDocuments
from slipway.ports.journal import Journal
from slipway.ports.leases import Leases
from slipway.ports.ledger import LedgerStore
from slipway.ports.objects import ObjectStore
from slipway.ports.signer import Signer
from slipway.ports.stack_engine import StackVersions

_SESSION_NAME: Final = re.compile(r"[^\w+=,.@-]", re.ASCII)
"""What a session's name may not hold (STS API reference, RoleSessionName)."""

_CODE: Final = re.compile(r"[0-9]{6}")
"""What a device shows (STS API reference, TokenCode)."""

_SESSION_NAME_MAX: Final = 64

_SESSION_OF_ROLE: Final = re.compile(r"arn:aws:sts::\d{12}:assumed-role/(?P<role>[^/]+)/.+")


class FactorMissing(UsageError):  # noqa: N818 - it says what is the case
    """Somebody wants to approve, and does not prove that it is them."""


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

    def approver(self, factor: Factor) -> Approver:
        """Who acts, in a session in which their approvals count; an IAM user opens one.

        Raises:
            FactorMissing: an IAM user names no code of their second factor.
            IdentityUnknown: the role for approvals does not let them in.
        """
        role = approving_role(self.caller)
        session = self._own if role is None else self._approving(role, factor)
        return Approver(
            caller=StsIdentity(client(session, "sts")).caller(),
            evidence=self._evidence(session),
            signer=self._signer(session, APPROVALS),
        )

    def _approving(self, role: ApprovingRole, factor: Factor) -> Any:
        if factor.code is None or _CODE.fullmatch(factor.code) is None:
            raise FactorMissing(
                "an approval needs your second factor: the six digits that it shows now",
                remedy="write them: --token-code CODE",
            )
        second = SecondFactor(device=factor.device or role.device, code=factor.code)
        return assumed(self._own, role.arn, session_name=role.session, factor=second)

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
        """The key that signs manifests, first documents and checkpoints."""
        return self._signer(self.session(self.estate.shared), SIGNING)

    @cached_property
    def approval_signer(self) -> Signer:
        """The key that signs approvals, for whoever asks for its public half."""
        return self._signer(self.session(self.estate.shared), APPROVALS)

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

    def applier(self, environment: Environment) -> Any | None:
        """The session that changes the resources of pipelines, where a build of the environment does it.

        Returns:
            The session; None: whoever works here is no deployer, and the role of the stack file does it.
        """
        place = self.estate.environment(environment)
        if place.role_arn is None or home_of(self.caller, self.estate) != (place.naming.stack, DEPLOY):
            return None
        arn = place.naming.applier_role_arn
        return assumed(own_session(place.region), arn, session_name=session_name(self.caller))

    def _opened(self, place: StackPlace) -> Any:
        own = own_session(place.region)
        if place.role_arn is None:
            return own
        home = home_of(self.caller, self.estate)
        if home is None:
            return assumed(own, place.role_arn, session_name=session_name(self.caller))
        stack, duty = home
        if place.naming.stack is stack:
            return own
        there = place.naming.role_arn(role_for(duty, stack))
        return assumed(own, there, session_name=session_name(self.caller))

    @cached_property
    def _own(self) -> Any:
        return own_session(self.estate.shared.region)

    def _signer(self, session: Any, key: str) -> Signer:
        return KmsSigner(client(session, "kms"), self.estate.shared.naming.key_alias(key))

    def _evidence(self, session: Any) -> ObjectStore:
        bucket = self.estate.shared.naming.bucket(EVIDENCE)
        return S3ObjectStore(client(session, "s3"), bucket, lock_mode=LockMode.GOVERNANCE)


def backend_of(estate: Estate, environ: Mapping[str, str]) -> str:
    """Return where Pulumi's state is: `PULUMI_BACKEND_URL`; without it the bucket of the audit account."""
    shared = estate.shared
    bucket = shared.naming.bucket(PULUMI_STATE)
    return environ.get("PULUMI_BACKEND_URL") or f"s3://{bucket}?region={shared.region}"


def stack_versions_of(
    estate: Estate, environ: Mapping[str, str], session: Any | None = None
) -> StackVersions:
    """Open the versions of stacks' states, with the credentials that Pulumi works with.

    Args:
        estate: knows the state bucket of the audit account, and the project.
        environ: this process's environment.
        session: whose credentials they are; None: this process's.
    """
    url = backend_of(estate, environ)
    bucket = StateBucket.of(url)
    if bucket is None:
        return UnversionedStates(url)
    return S3StackVersions(bucket.client(estate.shared.region, session), bucket, estate.project)


def home_of(caller: Caller, estate: Estate) -> tuple[StackName, str] | None:
    """Return the stack and the duty of a caller that is a role of the platform; None for everybody else.

    Args:
        caller: who the credentials belong to; a role's session is `...:assumed-role/<role>/<session>`.
        estate: knows how each account's roles are called.
    """
    matched = _SESSION_OF_ROLE.fullmatch(caller.arn)
    if matched is None:
        return None
    for stack, place in estate.stacks.items():
        prefix = place.naming.role("")
        if place.naming.account_id == caller.account and matched["role"].startswith(prefix):
            return stack, matched["role"].removeprefix(prefix)
    return None


def session_name(caller: Caller) -> str:
    """Return how a caller is called in the sessions that it opens: the last word of its ARN."""
    return _SESSION_NAME.sub("-", caller.arn.rpartition("/")[2])[-_SESSION_NAME_MAX:].ljust(2, "-")
