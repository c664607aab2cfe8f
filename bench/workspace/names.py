"""Names of a payments company, as many as are asked for: a domain and a subject, then numbered regions."""

from collections.abc import Iterator
from itertools import count
from typing import Final

_DOMAINS: Final = (
    "cards",
    "payouts",
    "disputes",
    "onboarding",
    "lending",
    "treasury",
    "pricing",
    "terminals",
    "wallets",
    "loyalty",
    "tax",
    "support",
    "fraud",
    "partners",
    "billing",
    "sanctions",
)
_SUBJECTS: Final = (
    "orders",
    "limits",
    "batches",
    "documents",
    "cases",
    "statements",
    "events",
    "balances",
    "agreements",
    "transfers",
    "reviews",
    "tariffs",
)


def pipeline_names() -> Iterator[str]:
    """Kebab-case names without end: ``cards-orders``, ``payouts-limits``, ..., ``cards-orders-r2``."""
    for region in count(1):
        suffix = "" if region == 1 else f"-r{region}"
        for shift in range(len(_SUBJECTS)):
            for index, domain in enumerate(_DOMAINS):
                yield f"{domain}-{_SUBJECTS[(index + shift) % len(_SUBJECTS)]}{suffix}"
