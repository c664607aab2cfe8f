"""EventBridge: buses, rules, targets."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws.resource import Resource, fixed
from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.spelling import Spelling
from slipway_sandbox.provider.aws.tagging import UPPER_ARN_TAGS

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

DEFAULT_BUS = "default"
_RULE = {
    "name": "Name",
    "description": "Description",
    "eventPattern": "EventPattern",
    "scheduleExpression": "ScheduleExpression",
    "roleArn": "RoleArn",
}


class EventRule(Resource):
    """A rule; on the default bus its id is its name, elsewhere "bus/name"."""

    module = "cloudwatch"
    service = "events"
    takes = frozenset({*_RULE, "eventBusName", "state", "isEnabled"})
    silent = frozenset({"namePrefix", "forceDestroy"})
    replace_on = frozenset({"name", "namePrefix", "eventBusName"})
    autoname = "name"
    defaults = fixed(eventBusName=DEFAULT_BUS, state="ENABLED", description="")
    tagging = UPPER_ARN_TAGS

    def make(self, target: Target) -> str:
        """Put the rule."""
        self._put(target)
        bus, name = target.inputs.get("eventBusName") or DEFAULT_BUS, target.inputs["name"]
        return str(name) if bus == DEFAULT_BUS else f"{bus}/{name}"

    def fetch(self, target: Target) -> Properties | None:
        """The rule."""
        bus, name = bus_and_name(target.id)
        rule = target.client.describe_rule(Name=name, EventBusName=bus)
        return {key: rule.get(api) for key, api in _RULE.items()} | {
            "arn": rule["Arn"],
            "eventBusName": bus,
            "state": rule["State"],
            "isEnabled": rule["State"] != "DISABLED" if target.given("isEnabled") else None,
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Put the rule again: a put replaces it whole."""
        if changed - {"forceDestroy"}:
            self._put(target)

    def remove(self, target: Target) -> None:
        """Delete the rule; one with targets refuses."""
        bus, name = bus_and_name(target.id)
        target.client.delete_rule(Name=name, EventBusName=bus, Force=bool(target.inputs.get("forceDestroy")))

    def _put(self, target: Target) -> None:
        inputs = target.inputs
        state = inputs.get("state") or ("DISABLED" if inputs.get("isEnabled") is False else "ENABLED")
        bus = inputs.get("eventBusName") or DEFAULT_BUS
        rule = {api: inputs[key] for key, api in _RULE.items() if target.given(key)}
        target.client.put_rule(EventBusName=bus, State=state, **rule)


def bus_and_name(id_: str) -> tuple[str, str]:
    """A rule's bus and name from its id; a bus may be an ARN with slashes of its own."""
    bus, _, name = id_.rpartition("/")
    return bus or DEFAULT_BUS, name


_TARGET = Spelling(
    names={"inputPaths": "InputPathsMap", "runCommandTargets": "RunCommandTargets"},
    maps=frozenset({"inputPaths", "headerParameters", "queryStringParameters"}),
)
_TARGET_FIELDS = {
    "arn": "Arn",
    "roleArn": "RoleArn",
    "input": "Input",
    "inputPath": "InputPath",
    "inputTransformer": "InputTransformer",
    "deadLetterConfig": "DeadLetterConfig",
    "retryPolicy": "RetryPolicy",
    "sqsTarget": "SqsParameters",
    "kinesisTarget": "KinesisParameters",
    "httpTarget": "HttpParameters",
}


class EventTarget(Resource):
    """What a rule calls; its id is "[bus-]rule-target"."""

    module = "cloudwatch"
    service = "events"
    takes = frozenset({*_TARGET_FIELDS, "rule", "eventBusName", "targetId"})
    silent = frozenset({"forceDestroy"})
    replace_on = frozenset({"rule", "eventBusName", "targetId"})
    defaults = fixed(eventBusName=DEFAULT_BUS)

    def make(self, target: Target) -> str:
        """Put the target."""
        self._put(target)
        return self.known_as(target)

    def known_as(self, target: Target) -> str:
        """Its names joined; an import separates them by slashes."""
        bus, rule, own = _names(target)
        return "-".join(part for part in ("" if bus == DEFAULT_BUS else bus, rule, own) if part)

    def fetch(self, target: Target) -> Properties | None:
        """The target among its rule's."""
        bus, rule, own = _names(target)
        pages = target.client.get_paginator("list_targets_by_rule").paginate(Rule=rule, EventBusName=bus)
        present = next((item for page in pages for item in page["Targets"] if item["Id"] == own), None)
        if present is None:
            return None
        fields = {key: _TARGET.to_wire(present.get(api), key) for key, api in _TARGET_FIELDS.items()}
        return fields | {"eventBusName": bus, "rule": rule, "targetId": own}

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Put the target again."""
        if changed - self.silent:
            self._put(target)

    def remove(self, target: Target) -> None:
        """Take the target off its rule."""
        bus, rule, own = _names(target)
        target.client.remove_targets(
            Rule=rule, EventBusName=bus, Ids=[own], Force=bool(target.inputs.get("forceDestroy"))
        )

    def _named(self, name: str, inputs: Properties) -> Properties:
        given = {key: value for key, value in inputs.items() if value is not None}
        return {"targetId": f"{name}-{secrets.token_hex(4)[:7]}", **given}

    def _put(self, target: Target) -> None:
        bus, rule, own = _names(target)
        fields = {api: _TARGET.to_api(target.inputs.get(key), key) for key, api in _TARGET_FIELDS.items()}
        target.client.put_targets(
            Rule=rule,
            EventBusName=bus,
            Targets=[{"Id": own} | {api: value for api, value in fields.items() if value is not None}],
        )


def _names(target: Target) -> tuple[str, str, str]:
    """Bus, rule and target id; an import names them as "[bus/]rule/target"."""
    inputs = target.inputs
    if not target.given("targetId"):
        *bus, rule, own = target.id.split("/")
        return "/".join(bus) or DEFAULT_BUS, rule, own
    return inputs.get("eventBusName") or DEFAULT_BUS, inputs["rule"], inputs["targetId"]


EVENT_BUS = Row(
    module="cloudwatch",
    name="EventBus",
    service="events",
    create_=Op(call="create_event_bus", send="name eventSourceName description"),
    look=(Look(call="describe_event_bus", args={"Name": "{name}"}, give="arn description"),),
    erase=Op(call="delete_event_bus", args={"Name": "{name}"}),
    replace_on=frozenset({"name", "eventSourceName"}),
    silent=frozenset({"eventSourceName"}),
    autoname="name",
    id_form="{name}",
    tagging=UPPER_ARN_TAGS,
)
EVENTS = (EVENT_BUS, EventRule(), EventTarget())
