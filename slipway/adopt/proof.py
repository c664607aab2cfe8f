"""A proof as a file, for people who review it; the evidence store has it under the same digest. Pure."""

import json

from slipway.attest import digest_of_document
from slipway.model.adoption import AdoptionProof


def write_proof(proof: AdoptionProof) -> str:
    """Write a proof as a file: indented JSON, its digest first."""
    document = {
        "digest": digest_of_document(proof),
        "result": proof.result,
        "proof": proof.model_dump(mode="json"),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
