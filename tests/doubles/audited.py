"""Events and evidence of FinEdge as tests write them: a good default, one field changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from slipway.attest import digest_of
from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId, Event, EventKind, Outcome
from slipway.model.evidence import Approval, Verdict, VerdictResult
from slipway.model.principal import Caller, Principal, UserId
from slipway.model.team import PersonId, Role

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RELEASE = digest_of(b"a manifest")
DEPLOYMENT = DeploymentId("prod-0123456789ab-1")
TABLE = "snowflake://FINEDGE.MARTS.REVENUE"
ANA = Principal(
    caller=Caller(
        arn="arn:aws:iam::111122223333:user/ana.silva", user_id=UserId("AIDAANA"), account="111122223333"
    ),
    person=PersonId("ana.silva"),
    github="anasilva",
    roles=(Role.APPROVER,),
)


def event(kind: EventKind = EventKind.STAGE_DONE, **fields: Any) -> Event:
    """A stage of a deployment to prod, done at noon."""
    given = {
        "outcome": Outcome.SUCCESS,
        "at": NOON,
        "actor": "arn:aws:sts::444455556666:assumed-role/slipway-prod-deploy/1",
        "environment": Environment.PROD,
        "deployment": DEPLOYMENT,
        "release": RELEASE,
        "subject": "swap",
    }
    return Event.model_validate({"kind": kind, **given, **fields})


def approval(**fields: Any) -> Approval:
    """Ana's approval for prod, good for a day."""
    given = {
        "release": RELEASE,
        "environment": Environment.PROD,
        "effects_digest": digest_of(b"effects"),
        "effects": Effects(effects=()),
        "approver": ANA,
        "at": NOON,
        "expires": NOON + timedelta(days=1),
    }
    return Approval.model_validate({**given, **fields})


def verdict(**fields: Any) -> Verdict:
    """A healthy one, in prod."""
    given = {
        "deployment": DEPLOYMENT,
        "release": RELEASE,
        "environment": Environment.PROD,
        "result": VerdictResult.HEALTHY,
        "observations": ("one run succeeded",),
        "at": NOON,
    }
    return Verdict.model_validate({**given, **fields})
