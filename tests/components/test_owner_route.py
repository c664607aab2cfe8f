"""Whoever owns a pipeline is told of its alarms."""

import pytest

from components.owner_route import OwnerRoute, OwnerRouteArgs
from slipway.model.team import Team, TeamName
from tests.doubles.entries import PLATFORM_TAGS
from tests.doubles.pulumi_recorder import record

TOPIC, SUBSCRIPTION = "aws:sns/topic:Topic", "aws:sns/topicSubscription:TopicSubscription"


def test_a_team_with_an_address_is_subscribed_to_its_topic() -> None:
    """The topic is encrypted; the address confirms by itself."""
    args = OwnerRouteArgs(
        topic="slipway-dev-alerts-risk", email="risk@finedge.example", key_arn="arn:key", tags=PLATFORM_TAGS
    )
    made = record(lambda: OwnerRoute("owner-risk", args))
    assert made.one(TOPIC).inputs["kmsMasterKeyId"] == "arn:key"
    assert made.one(TOPIC).inputs["name"] == "slipway-dev-alerts-risk"
    assert made.one(SUBSCRIPTION).inputs == {
        "topic": "arn:aws:sns:us-east-1:222233334444:slipway-dev-alerts-risk",
        "protocol": "email",
        "endpoint": "risk@finedge.example",
    }


def test_a_team_without_an_address_has_a_topic_to_subscribe_to() -> None:
    """A channel's name as an address would be refused half-way through an update."""
    args = OwnerRouteArgs(topic="t", email=None, key_arn="arn:key", tags=PLATFORM_TAGS)
    made = record(lambda: OwnerRoute("owner-risk", args))
    assert made.of(SUBSCRIPTION) == []
    assert len(made.of(TOPIC)) == 1


@pytest.mark.parametrize(
    ("contact", "email"),
    [
        ("data-risk@finedge.example", "data-risk@finedge.example"),
        ("#data-risk", None),
        ("risk @finedge.example", None),
        ("risk@localhost", None),
        ("a@b@finedge.example", None),
    ],
)
def test_an_address_is_told_from_another_contact(contact: str, email: str | None) -> None:
    """A contact may be a channel or a page, for people."""
    assert Team(name=TeamName("risk"), members=(), contact=contact).email == email
