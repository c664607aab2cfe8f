"""CloudFormation behind the port. Waiting is the caller's: every method asks once."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from slipway.adapters.aws.faults import asking, code_of
from slipway.ports.account_stacks import (
    AccountStack,
    AccountStackError,
    AccountStacks,
    Blueprint,
    Proposal,
    ProposalState,
    StackChange,
    StackEvent,
    StackState,
)

_CAPABILITIES: Final = ["CAPABILITY_NAMED_IAM"]
"""The templates make roles with names of their own, which CloudFormation wants to be told."""

_UP: Final = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
)
_NEVER_UP: Final = frozenset({"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"})
_GONE: Final = "DELETE_COMPLETE"
_NOTHING_TO_CHANGE: Final = ("didn't contain changes", "No updates are to be performed")
_STACK_TYPE: Final = "AWS::CloudFormation::Stack"
_BEGINNINGS: Final = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"})


class CloudFormationStacks(AccountStacks):
    """The stacks of the account and region of a client.

    Args:
        client: of CloudFormation.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def read(self, stack: str) -> AccountStack | None:
        """Describe a stack, with the text of its template where it has come up."""
        with asking(AccountStackError, _of(stack)):
            told = self._described(stack)
            if told is None or told["StackStatus"] == _GONE:
                return None
            state = state_of(told["StackStatus"])
            template, policy = self._written(stack) if state is StackState.UP else ("", "")
        return AccountStack(
            name=stack,
            state=state,
            status=told["StackStatus"],
            reason=told.get("StackStatusReason", ""),
            template=template,
            parameters={
                each["ParameterKey"]: each.get("ParameterValue", "") for each in told.get("Parameters", [])
            },
            protected=bool(told.get("EnableTerminationProtection", False)),
            policy=policy,
        )

    def propose(self, blueprint: Blueprint, name: str, *, creates: bool) -> None:
        """Create a change set."""
        with asking(AccountStackError, _of(blueprint.stack)):
            self._client.create_change_set(
                StackName=blueprint.stack,
                ChangeSetName=name,
                ChangeSetType="CREATE" if creates else "UPDATE",
                TemplateBody=blueprint.template,
                Parameters=_pairs(blueprint.parameters, "ParameterKey", "ParameterValue"),
                Tags=_pairs(blueprint.tags, "Key", "Value"),
                Capabilities=_CAPABILITIES,
            )

    def proposal(self, stack: str, name: str) -> Proposal | None:
        """Describe a change set."""
        with asking(AccountStackError, _of(stack)):
            try:
                pages = list(self._change_set(stack, name))
            except ClientError as error:
                if code_of(error) == "ChangeSetNotFound" or _is_absent(error):
                    return None
                raise
        changes = [each["ResourceChange"] for page in pages for each in page.get("Changes", [])]
        return Proposal(
            state=_proposal_state(pages[0]),
            changes=tuple(_change(each) for each in changes),
            reason=pages[0].get("StatusReason", ""),
        )

    def execute(self, stack: str, name: str) -> None:
        """Execute a change set."""
        with asking(AccountStackError, _of(stack)):
            self._client.execute_change_set(StackName=stack, ChangeSetName=name)

    def discard(self, stack: str, name: str) -> None:
        """Delete a change set."""
        with asking(AccountStackError, _of(stack)):
            try:
                self._client.delete_change_set(StackName=stack, ChangeSetName=name)
            except ClientError as error:
                if code_of(error) != "ChangeSetNotFound" and not _is_absent(error):
                    raise

    def events(self, stack: str) -> tuple[StackEvent, ...]:
        """Read from the newest event back to the one with which the operation began."""
        with asking(AccountStackError, _of(stack)):
            try:
                return tuple(reversed(list(self._newest_first(stack))))
            except ClientError as error:
                if _is_absent(error):
                    return ()
                raise

    def delete(self, stack: str) -> None:
        """Delete a stack; CloudFormation says nothing when there is none."""
        with asking(AccountStackError, _of(stack)):
            self._client.delete_stack(StackName=stack)

    def protect(self, stack: str, policy: str) -> None:
        """Set the stack's policy, then its termination protection."""
        with asking(AccountStackError, _of(stack)):
            self._client.set_stack_policy(StackName=stack, StackPolicyBody=policy)
            self._client.update_termination_protection(StackName=stack, EnableTerminationProtection=True)

    def _described(self, stack: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._client.describe_stacks(StackName=stack)["Stacks"][0]
        except ClientError as error:
            if _is_absent(error):
                return None
            raise
        return found

    def _written(self, stack: str) -> tuple[str, str]:
        """Read the template as it was submitted, and the stack's policy."""
        answer = self._client.get_template(StackName=stack, TemplateStage="Original")
        policy = self._client.get_stack_policy(StackName=stack).get("StackPolicyBody") or ""
        return str(answer["TemplateBody"]), policy

    def _change_set(self, stack: str, name: str) -> Iterator[dict[str, Any]]:
        asked = {"StackName": stack, "ChangeSetName": name}
        while True:
            page = self._client.describe_change_set(**asked)
            yield page
            if "NextToken" not in page:
                return
            asked["NextToken"] = page["NextToken"]

    def _newest_first(self, stack: str) -> Iterator[StackEvent]:
        for page in self._client.get_paginator("describe_stack_events").paginate(StackName=stack):
            for each in page["StackEvents"]:
                event = _event(each)
                yield event
                if event.type == _STACK_TYPE and event.status in _BEGINNINGS:
                    return


def state_of(status: str) -> StackState:
    """Classify CloudFormation's status of a stack (API reference, Stack, StackStatus)."""
    if status == "REVIEW_IN_PROGRESS":
        return StackState.REVIEWED
    if status.endswith("_IN_PROGRESS"):
        return StackState.WORKING
    if status in _UP:
        return StackState.UP
    return StackState.NEVER_UP if status in _NEVER_UP else StackState.STUCK


def _proposal_state(told: Mapping[str, Any]) -> ProposalState:
    match told["Status"], told.get("ExecutionStatus", ""):
        case "CREATE_PENDING" | "CREATE_IN_PROGRESS", _:
            return ProposalState.COMPUTING
        case "CREATE_COMPLETE", "AVAILABLE":
            return ProposalState.READY
        case "FAILED", _ if any(each in told.get("StatusReason", "") for each in _NOTHING_TO_CHANGE):
            return ProposalState.EMPTY
        case _:
            return ProposalState.SPENT


def _change(told: Mapping[str, Any]) -> StackChange:
    return StackChange(
        action=told["Action"],
        resource=told["LogicalResourceId"],
        type=told["ResourceType"],
        replaces=told.get("Replacement") == "True",
    )


def _event(told: Mapping[str, Any]) -> StackEvent:
    return StackEvent(
        at=told["Timestamp"],
        resource=told["LogicalResourceId"],
        type=told["ResourceType"],
        status=told["ResourceStatus"],
        reason=told.get("ResourceStatusReason", ""),
    )


def _is_absent(error: ClientError) -> bool:
    """CloudFormation has no code of its own for a stack that is not there."""
    text = error.response.get("Error", {}).get("Message", "")
    return code_of(error) == "ValidationError" and "does not exist" in text


def _pairs(values: Mapping[str, str], key: str, value: str) -> list[dict[str, str]]:
    return [{key: name, value: given} for name, given in values.items()]


def _of(stack: str) -> str:
    return f"the CloudFormation stack {stack}"
