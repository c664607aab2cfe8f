"""What an auditor relies on: evidence by digest, the ledger's chains, and proof that neither was touched.

Everything that is done, refused or tried goes through two calls: `EvidenceStore.put` and `Ledger.record`.
"""

from slipway.audit.evidence import EvidenceStore
from slipway.audit.ledger import PLATFORM_CHAIN, ChainContested, Ledger, chain_of

__all__ = ["PLATFORM_CHAIN", "ChainContested", "EvidenceStore", "Ledger", "chain_of"]
