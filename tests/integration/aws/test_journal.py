"""The journal: the newest word on each stage, open deployments, and no write of an older process."""

from dataclasses import replace
from datetime import timedelta

import pytest

from slipway.adapters.aws import DynamoJournal
from slipway.model.environment import Environment
from slipway.ports.journal import (
    Conclusion,
    Deployment,
    Direction,
    JournalFenced,
    StageName,
    StageRow,
    StageState,
    Wait,
)
from tests.doubles.deployments import NOON, opened

pytestmark = pytest.mark.integration

WAIT = Wait(condition="it has ended", wake_at=NOON + timedelta(minutes=1), deadline=NOON + timedelta(hours=1))


def _row(head: Deployment, stage: str, state: StageState, token: int = 1) -> StageRow:
    began = NOON + timedelta(seconds=len(stage))
    return StageRow(
        deployment=head.id,
        stage=StageName(stage),
        state=state,
        token=token,
        at=began,
        began=began,
        outputs={"point": "01b2"},
        wait=WAIT if state is StageState.WAITING else None,
    )


def test_heads_and_rows_are_read_as_they_were_written(journal: DynamoJournal) -> None:
    """A later process continues from exactly what was known; a row replaces the earlier one."""
    head = opened()
    assert journal.deployment(head.id) is None
    journal.save(head)
    journal.write(_row(head, "swap b", StageState.INTENT))
    journal.write(_row(head, "swap b", StageState.DONE))
    journal.write(_row(head, "wait bb", StageState.WAITING))
    assert journal.deployment(head.id) == head
    assert journal.rows(head.id) == (
        _row(head, "swap b", StageState.DONE),
        _row(head, "wait bb", StageState.WAITING),
    )


def test_open_deployments_are_listed_until_they_end(journal: DynamoJournal) -> None:
    """What a schedule continues."""
    one, two = opened("dev-1-1"), replace(opened("dev-2-1"), began=NOON + timedelta(seconds=1))
    for head in (one, two):
        journal.save(head)
    waiting = replace(one, wait=WAIT)
    journal.save(waiting)
    assert journal.open(Environment.DEV) == (waiting, two)
    assert journal.open(Environment.PROD) == ()
    journal.save(replace(two, conclusion=Conclusion.UNDONE, direction=Direction.BACK, reason="too bright"))
    assert journal.open(Environment.DEV) == (waiting,)


def test_what_is_to_be_looked_at_again_is_listed_until_somebody_has(journal: DynamoJournal) -> None:
    """From the very write on that ends it: a process that is killed then loses nothing."""
    head = opened("dev-1-1")
    journal.save(head)
    assert journal.unseen(Environment.DEV) == ()
    ended = replace(head, conclusion=Conclusion.COMPLETED, unseen_until=NOON + timedelta(hours=5))
    journal.save(ended)
    assert journal.open(Environment.DEV) == ()
    assert journal.unseen(Environment.DEV) == (ended,)
    assert journal.unseen(Environment.PROD) == ()
    journal.save(replace(ended, unseen_until=None))
    assert journal.unseen(Environment.DEV) == ()


def test_an_older_process_cannot_write(journal: DynamoJournal) -> None:
    """Neither a head nor a row: also of a stage that the newer one has not come to."""
    head = opened()
    journal.save(head)
    journal.save(replace(head, token=2))
    with pytest.raises(JournalFenced, match="another process has taken over deployment dev-0123456789ab-1"):
        journal.save(head)
    with pytest.raises(JournalFenced):
        journal.write(_row(head, "swap b", StageState.DONE, token=1))
    assert journal.rows(head.id) == ()
