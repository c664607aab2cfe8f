"""How the commands of a release write to the ledger: what was done, once; what was refused, every time."""

from slipway.audit import EvidenceStore, chain_of
from slipway.cli.desk import Desk, ledger_of
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.errors import SlipwayError
from slipway.model.events import Event, EventKind, Outcome
from slipway.model.evidence import CheckRun, CheckShard
from slipway.model.principal import Caller


def tell_once(desk: Desk, event: Event) -> None:
    """Record an event about a release, unless a run that was killed afterwards has recorded it already."""
    if event.release is None:
        message = "only an event about a release can be found again"
        raise ValueError(message)
    told = (Event.model_validate_json(entry.event) for entry in desk.ledger.about(event.release))
    if not any(_same(event, each) for each in told):
        ledger_of(desk).record(chain_of(event.environment), event)


def keep_run(desk: Desk, kept: CheckRun | CheckShard) -> None:
    """Keep a check run, or a shard of one, as evidence, and tell the ledger once; of a failed one too."""
    digest = EvidenceStore(desk.evidence, desk.clock).put(kept)
    run, shard = (kept, None) if isinstance(kept, CheckRun) else (kept.run, str(kept.shard))
    told = (Event.model_validate_json(entry.event) for entry in desk.ledger.about(run.tree))
    if any(event.kind is EventKind.CHECKED and digest in event.evidence for event in told):
        return
    passed = "every check" if run.passed else "not every check"
    of_what = f"tree {run.tree[:12]}" if shard is None else f"shard {shard} of tree {run.tree[:12]}"
    event = Event(
        kind=EventKind.CHECKED,
        outcome=Outcome.SUCCESS if run.passed else Outcome.FAILURE,
        at=desk.clock.now(),
        actor=desk.identity.caller().arn,
        subject=run.tree,
        evidence=(digest,),
        figures={"checks": str(len(run.outcomes))} | ({} if shard is None else {"shard": shard}),
        message=f"{passed} of {of_what} passed",
    )
    ledger_of(desk).record(chain_of(None), event)


def tell_denial(
    desk: Desk,
    error: SlipwayError,
    caller: Caller,
    *,
    attempt: str,
    release: Digest,
    environment: Environment,
) -> None:
    """Record that somebody tried what they may not do."""
    event = Event(
        kind=EventKind.DENIED,
        outcome=Outcome.DENIAL,
        at=desk.clock.now(),
        actor=caller.arn,
        environment=environment,
        release=release,
        subject=attempt,
        message=error.message,
    )
    ledger_of(desk).record(chain_of(environment), event)


def _same(one: Event, other: Event) -> bool:
    return (one.kind, one.environment, one.subject, one.evidence) == (
        other.kind,
        other.environment,
        other.subject,
        other.evidence,
    )
