"""The chains of a release's deployments, by what is locked: nobody who can edit the table has a say.

A deployment's chain is found by its locked copies, and the last of them is compared with the table. Each
entry names the digest of the one before, so that one comparison proves them all, and that none is missing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from slipway.attest import digest_of, is_whole, origin_of
from slipway.model.deployment import deployment_names
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId, Event
from slipway.ports.ledger import EntryChanged, LedgerStore


@dataclass(frozen=True, kw_only=True)
class Chain:
    """The events of one deployment, proven.

    Attributes:
        deployment: whose they are.
        events: in order.
    """

    deployment: DeploymentId
    events: tuple[Event, ...]


def chains_of(release: Digest, environment: Environment, ledger: LedgerStore) -> Iterator[Chain]:
    """Read the chain of every deployment of a release in an environment, whatever it was for.

    Args:
        release: its digest.
        environment: where.
        ledger: the chains.

    Raises:
        EntryChanged: the table does not have what is locked.
    """
    for name in deployment_names(environment, release):
        for chain, head in ledger.heads(name).items():
            yield Chain(deployment=DeploymentId(chain), events=tuple(_events(chain, head, ledger)))


def _events(chain: str, head: bytes, ledger: LedgerStore) -> Iterator[Event]:
    previous, number = origin_of(chain), 0
    for entry in ledger.entries(chain):
        if (entry.sequence, entry.previous) != (number, previous) or not is_whole(**vars(entry)):
            raise EntryChanged(chain, number)
        yield Event.model_validate_json(entry.event)
        previous, number = entry.digest, number + 1
    if digest_of(head) == previous:
        return
    last = json.loads(head)
    if (last["sequence"], last["previous"]) != (number, previous):
        raise EntryChanged(chain, min(max(number - 1, 0), int(last["sequence"])))
    yield Event.model_validate_json(json.dumps(last["event"]))  # its writer has not come to the table yet
