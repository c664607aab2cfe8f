"""Rules about pipelines: who answers for them, and who hears of what goes wrong."""

from typing import Any

import pytest

from policies.rules.pipelines import (
    PIPELINE_ALARM_ACTIONS,
    PIPELINE_APPROVAL,
    PIPELINE_FAILURE_ALARM,
    PIPELINE_FRESHNESS,
    PIPELINE_SILENCE,
)
from policies.rules.rule import GraphRule, Node
from tests.policies.judged import node_of, urn_of
from tests.policies.placed import Unknown, judged_graph, moved

BATCH = "slipway:pipeline:BatchPipeline"
STREAMING = "slipway:pipeline:StreamingPipeline"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
PROMISES = {
    "owner": "payments",
    "criticality": "critical",
    "approvals_needed": 2.0,
    "freshness_minutes": 45.0,
    "tables": 1.0,
}


def _pipeline(type_: str = BATCH, **changed: Any) -> Node:
    outputs = {key: value for key, value in {**PROMISES, **changed}.items() if value is not None}
    return node_of(type_, outputs)


def _alarm(metric: str, *, of: Node | None = None, subject: str = "lake", **changed: Any) -> Node:
    properties = {
        "metricName": metric,
        "dimensions": {"Pipeline": subject},
        "threshold": 45.0,
        "treatMissingData": "breaching",
        "alarmActions": ["arn:topic"],
        **changed,
    }
    known = {key: value for key, value in properties.items() if value is not None}
    return node_of(ALARM, known, name=metric, parent=(of or _pipeline()).resource.urn)


WHOLE = [_pipeline(), _alarm("FailedRuns"), _alarm("AgeMinutes")]
EVERY: list[GraphRule[Any]] = [
    PIPELINE_APPROVAL,
    PIPELINE_FAILURE_ALARM,
    PIPELINE_FRESHNESS,
    PIPELINE_ALARM_ACTIONS,
    PIPELINE_SILENCE,
]


@pytest.mark.parametrize("rule", EVERY, ids=[each.id for each in EVERY])
def test_a_pipeline_with_all_it_owes_complies(rule: Any) -> None:
    """The happy path that each test below changes in one place."""
    assert judged_graph(rule, WHOLE) == []


def _approval(node: Node, **limits: Any) -> list[str]:
    found = judged_graph(PIPELINE_APPROVAL, [node], **limits)
    assert all(urn == node.resource.urn for urn, _ in found)
    return [message.removeprefix(f"{node.resource.told} ") for _, message in found]


@pytest.mark.parametrize("type_", [BATCH, STREAMING])
@pytest.mark.parametrize("owner", [None, ""])
def test_somebody_owns_a_pipeline(type_: str, owner: str | None) -> None:
    """Of whatever kind it is."""
    assert _approval(_pipeline(type_, owner=owner)) == ["registers no owner"]


@pytest.mark.parametrize("word", [None, "high"])
def test_criticality_is_a_known_word(word: str | None) -> None:
    """Whoever counts approvals by it would find none."""
    (message,) = _approval(_pipeline(criticality=word))
    assert message == f"registers the criticality {word}, which is none of critical, standard"


@pytest.mark.parametrize(
    ("stack", "criticality", "registered", "wrong"),
    [
        ("prod", "critical", 1, "registers 1 approvals; a critical pipeline of prod needs 2"),
        ("prod", "critical", None, "registers no approvals; a critical pipeline of prod needs 2"),
        ("prod", "critical", 3, ""),
        ("prod", "standard", 1, ""),
        ("prod", "standard", 0, "registers 0 approvals; a standard pipeline of prod needs 1"),
        ("staging", "critical", 1, "registers 1 approvals; a critical pipeline of staging needs 2"),
        ("dev", "critical", 0, ""),
        ("dev", "critical", None, "registers no approvals; a critical pipeline of dev needs 0"),
    ],
)
def test_as_many_approve_as_the_environment_wants(
    stack: str, criticality: str, registered: int | None, wrong: str
) -> None:
    """Fewer than the gate asks is wrong, and so is nothing at all."""
    node = moved(_pipeline(criticality=criticality, approvals_needed=registered), stack)
    assert _approval(node) == ([wrong] if wrong else [])


def test_a_pipeline_belongs_into_an_environment() -> None:
    """The stack of what exists once has no approvals of pipelines."""
    (message,) = _approval(moved(_pipeline(), "shared"))
    assert message == "is in stack shared, for which nobody has said how many approve a critical pipeline"


def test_a_pack_may_ask_for_more() -> None:
    """By environment and criticality."""
    (message,) = _approval(_pipeline(), approvals={"prod": {"critical": 3}})
    assert message.endswith("needs 3")


def test_a_batch_pipeline_has_an_alarm_on_its_failures() -> None:
    """Another component is none, and one without any alarm is found too."""
    told = f"{BATCH} 'lake' has no alarm on its FailedRuns"
    assert judged_graph(PIPELINE_FAILURE_ALARM, [_pipeline()]) == [(urn_of(BATCH), told)]
    assert judged_graph(PIPELINE_FAILURE_ALARM, [_pipeline(STREAMING)]) == []
    assert judged_graph(PIPELINE_FAILURE_ALARM, [node_of("slipway:network:Network", {})]) == []


@pytest.mark.parametrize(
    "alarm",
    [
        _alarm("AgeMinutes"),
        _alarm("FailedRuns", subject="river"),
        _alarm("FailedRuns", dimensions=None),
        _alarm("FailedRuns", of=_pipeline(STREAMING)),
    ],
)
def test_an_alarm_on_something_else_does_not_count(alarm: Node) -> None:
    """Another metric, another pipeline's number, no dimension, or another component's child."""
    assert len(judged_graph(PIPELINE_FAILURE_ALARM, [_pipeline(), alarm])) == 1


@pytest.mark.parametrize("minutes", [None, 0])
def test_a_critical_pipeline_promises_freshness(minutes: int | None) -> None:
    """A standard one need not."""
    critical = _pipeline(freshness_minutes=minutes)
    assert judged_graph(PIPELINE_FRESHNESS, [critical]) == [
        (urn_of(BATCH), f"{BATCH} 'lake' is critical and promises no freshness")
    ]
    assert (
        judged_graph(PIPELINE_FRESHNESS, [_pipeline(freshness_minutes=minutes, criticality="standard")]) == []
    )


def test_a_minute_is_a_promise() -> None:
    """The shortest that there is."""
    (found,) = judged_graph(PIPELINE_FRESHNESS, [_pipeline(freshness_minutes=1)])
    assert found[1].endswith("promises an age of 1 minutes and has no alarm on its AgeMinutes")


@pytest.mark.parametrize("type_", [BATCH, STREAMING])
@pytest.mark.parametrize("criticality", ["critical", "standard"])
def test_a_promise_has_an_alarm(type_: str, criticality: str) -> None:
    """Whoever promises an age is told when it is not kept."""
    pipeline = _pipeline(type_, criticality=criticality)
    assert judged_graph(PIPELINE_FRESHNESS, [pipeline, _alarm("FailedRuns", of=pipeline)]) == [
        (
            urn_of(type_),
            f"{type_} 'lake' promises an age of 45 minutes and has no alarm on its AgeMinutes",
        )
    ]
    assert judged_graph(PIPELINE_FRESHNESS, [pipeline, _alarm("AgeMinutes", of=pipeline)]) == []


@pytest.mark.parametrize(("tables", "found"), [(0, 0), (1, 1), (None, 1)])
def test_an_age_is_that_of_a_table(tables: int | None, found: int) -> None:
    """Without a table there is nothing to measure; where nothing is said there may be one."""
    assert len(judged_graph(PIPELINE_FRESHNESS, [_pipeline(tables=tables)])) == found


@pytest.mark.parametrize(("threshold", "told"), [(44.0, ""), (45.0, ""), (46.0, "46"), (None, "no")])
def test_the_alarm_rings_when_the_promise_is_broken(threshold: float | None, told: str) -> None:
    """Not later."""
    found = judged_graph(PIPELINE_FRESHNESS, [_pipeline(), _alarm("AgeMinutes", threshold=threshold)])
    message = f"{ALARM} 'AgeMinutes' has {told} minutes for its threshold; {BATCH} 'lake' promises 45"
    assert found == ([(urn_of(ALARM, "AgeMinutes"), message)] if told else [])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"alarmActions": None}, "tells nobody"),
        ({"alarmActions": []}, "tells nobody"),
        ({"actionsEnabled": False}, "has its actions switched off, and tells nobody"),
        ({"actionsEnabled": True}, ""),
    ],
)
@pytest.mark.parametrize("type_", [BATCH, STREAMING])
def test_alarms_tell_somebody(type_: str, changed: dict[str, Any], message: str) -> None:
    """Each alarm of a pipeline; others are the platform's."""
    pipeline = _pipeline(type_)
    alarm = _alarm("AgeMinutes", of=pipeline, **changed)
    expected = [(alarm.resource.urn, f"{alarm.resource.told} {message}")] if message else []
    assert judged_graph(PIPELINE_ALARM_ACTIONS, [pipeline, alarm]) == expected
    assert judged_graph(PIPELINE_ALARM_ACTIONS, [alarm]) == []


def test_topics_that_are_not_made_yet_are_somebody() -> None:
    """What they come from is known before their ARNs are."""
    known = {"metricName": "AgeMinutes", "dimensions": {"Pipeline": "lake"}}
    alarm = node_of(
        ALARM, Unknown(known, "alarmActions"), parent=_pipeline().resource.urn, alarmActions="urn:topic"
    )
    assert judged_graph(PIPELINE_ALARM_ACTIONS, [_pipeline(), alarm]) == []


@pytest.mark.parametrize("treated", [None, "missing", "notBreaching", "ignore"])
@pytest.mark.parametrize("type_", [BATCH, STREAMING])
def test_silence_about_a_critical_pipeline_is_an_alarm(type_: str, treated: str | None) -> None:
    """And about a standard one it is not."""
    pipeline = _pipeline(type_)
    alarm = _alarm("FailedRuns", of=pipeline, treatMissingData=treated)
    told = f"of a critical pipeline treats missing data as {treated or 'missing'}, not as breaching"
    assert judged_graph(PIPELINE_SILENCE, [pipeline, alarm]) == [
        (alarm.resource.urn, f"{alarm.resource.told} {told}")
    ]
    standard = _pipeline(type_, criticality="standard")
    assert judged_graph(PIPELINE_SILENCE, [standard, alarm]) == []
