"""What can be found wrong in the ledger and the evidence, by name."""

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Fault(StrEnum):
    """The kind of a discrepancy."""

    CHANGED = "changed"
    """An entry of the table is not what its locked copy says."""

    MISSING_ENTRY = "missing-entry"
    """A place of a chain is empty, in the table or everywhere."""

    NOT_LOCKED = "not-locked"
    """An entry of the table has no locked copy: the ledger did not write it."""

    BROKEN_LINK = "broken-link"
    """An entry does not follow the one before it, or lies in another's place."""

    MISSING_CHAIN = "missing-chain"
    """A deployment was opened, or a checkpoint names a chain, and its chain is gone."""

    UNANNOUNCED = "unannounced"
    """A deployment's chain that was never opened in its environment's."""

    BROKEN_SEAL = "broken-seal"
    """A chain is longer, shorter or another one than its seal says."""

    CUT = "cut"
    """A chain is shorter or another one than a signed checkpoint says."""

    CHECKPOINT = "checkpoint"
    """A checkpoint is missing or not believed."""

    EVIDENCE_CHANGED = "evidence-changed"
    """A document has other bytes than its digest names."""

    EVIDENCE_MISSING = "evidence-missing"
    """A document that an entry refers to is not there."""


@dataclass(frozen=True, kw_only=True)
class Discrepancy:
    """One thing that is wrong.

    Attributes:
        fault: its kind.
        subject: the chain with the entry's number, the document's digest, or the checkpoint.
        message: one sentence.
        remedy: what to do.
    """

    fault: Fault
    subject: str
    message: str
    remedy: str
