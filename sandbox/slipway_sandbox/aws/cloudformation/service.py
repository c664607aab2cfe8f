"""CloudFormation's operations, in the query protocol: change sets, stacks, protections; nothing else.

A stack that is protected is not deleted, and a change set that would change nothing has failed (API
reference, DeleteStack and CreateChangeSet). A stack's policy is kept and returned, not evaluated.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any, Final

from slipway_sandbox.aws.cloudformation.change_set import ChangeSet, computed
from slipway_sandbox.aws.cloudformation.query import Fields, answer_of, members, moment, pairs
from slipway_sandbox.aws.cloudformation.resources import check_properties
from slipway_sandbox.aws.cloudformation.shapes import described, told_of
from slipway_sandbox.aws.cloudformation.stack import Stack
from slipway_sandbox.aws.cloudformation.template import invalid, read_template
from slipway_sandbox.aws.faults import AwsError
from slipway_sandbox.aws.wire import Answer, Call

SIGNING_NAME: Final = "cloudformation"
"""What its requests are signed for."""

_CAPABILITY: Final = "CAPABILITY_NAMED_IAM"
_GONE: Final = "DELETE_COMPLETE"
_Operation = Callable[[Fields, str, str], dict[str, Any]]


class CloudFormation:
    """The stacks of all accounts."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stacks: list[Stack] = []
        self._change_sets: list[ChangeSet] = []
        self._operations: dict[str, _Operation] = {
            "CreateChangeSet": self._create_change_set,
            "DeleteChangeSet": self._delete_change_set,
            "DeleteStack": self._delete_stack,
            "DescribeChangeSet": self._describe_change_set,
            "DescribeStackEvents": self._describe_events,
            "DescribeStackResources": self._describe_resources,
            "DescribeStacks": self._describe_stacks,
            "ExecuteChangeSet": self._execute_change_set,
            "GetStackPolicy": self._get_policy,
            "GetTemplate": self._get_template,
            "SetStackPolicy": self._set_policy,
            "UpdateTerminationProtection": self._set_protection,
        }

    def answer(self, call: Call, account: str) -> Answer:
        """Answer a request of a caller of ``account``.

        Raises:
            AwsError: what CloudFormation would refuse, and what it does not offer here.
        """
        operation = self._operations.get(call.action)
        if operation is None:
            message = f"the sandbox does not support {SIGNING_NAME} {call.action}"
            raise AwsError("NotImplemented", message, status=501)
        with self._lock:
            return answer_of(call.action, operation(call.form or call.query, account, call.scope.region))

    def _create_change_set(self, fields: Fields, account: str, region: str) -> dict[str, Any]:
        creates = fields.get("ChangeSetType", "UPDATE") == "CREATE"
        stack = self._for_change(fields["StackName"], account, region, creates=creates)
        name = fields["ChangeSetName"]
        if any(one.stack is stack and one.name == name for one in self._change_sets):
            raise AwsError("AlreadyExistsException", f"ChangeSet {name} cannot be created due to a mismatch")
        if _CAPABILITY not in members(fields, "Capabilities"):
            raise AwsError("InsufficientCapabilitiesException", f"Requires capabilities : [{_CAPABILITY}]")
        text = fields["TemplateBody"]
        template = read_template(text, pairs(fields, "Parameters", "Parameter"), _pseudo(stack))
        for resource in template.resources:
            check_properties(resource.type, resource.properties)
        change_set = computed(name, stack, text, template, pairs(fields, "Tags", ""))
        if stack not in self._stacks:
            self._stacks.append(stack)
        self._change_sets.append(change_set)
        return {"Id": change_set.id, "StackId": stack.id}

    def _for_change(self, name: str, account: str, region: str, *, creates: bool) -> Stack:
        found = self._found(name, account, region)
        if not creates:
            if found is None:
                raise invalid(f"Stack [{name}] does not exist")
            _refuse_unchangeable(found)
            return found
        if found is None:
            return Stack(name=name, account=account, region=region)
        if found.status != "REVIEW_IN_PROGRESS":
            raise invalid(f"Stack [{name}] already exists and cannot be created again with the changeSet")
        return found

    def _describe_change_set(self, fields: Fields, account: str, region: str) -> dict[str, Any]:
        one = self._change_set(fields, account, region)
        return {
            "ChangeSetName": one.name,
            "ChangeSetId": one.id,
            "StackId": one.stack.id,
            "StackName": one.stack.name,
            "Status": one.status,
            "StatusReason": one.reason or None,
            "ExecutionStatus": one.execution,
            "Changes": [{"Type": "Resource", "ResourceChange": change} for change in one.changes],
        }

    def _execute_change_set(self, fields: Fields, account: str, region: str) -> dict[str, Any]:
        one = self._change_set(fields, account, region)
        if one.execution != "AVAILABLE":
            message = f"ChangeSet [{one.name}] cannot be executed in its current status of [{one.status}]"
            raise AwsError("InvalidChangeSetStatus", message)
        self._change_sets = [each for each in self._change_sets if each.stack is not one.stack]
        one.stack.go(one.text, one.template, one.tags)
        return {}

    def _delete_change_set(self, fields: Fields, account: str, region: str) -> dict[str, Any]:
        one = self._change_set(fields, account, region)
        self._change_sets.remove(one)
        return {}

    def _change_set(self, fields: Fields, account: str, region: str) -> ChangeSet:
        stack = self._existing(fields["StackName"], account, region)
        named = fields["ChangeSetName"]
        for one in self._change_sets:
            if one.stack is stack and named in {one.name, one.id}:
                return one
        raise AwsError("ChangeSetNotFound", f"ChangeSet [{named}] does not exist", status=404)

    def _describe_stacks(self, fields: Fields, account: str, region: str) -> dict[str, Any]:
        name = fields.get("StackName")
        if name:
            return {"Stacks": [described(self._existing(name, account, region))]}
        mine = [one for one in self._stacks if (one.account, one.region) == (account, region)]
        return {"Stacks": [described(one) for one in mine if one.status != _GONE]}

    def _describe_events(self, fields: Fields, account: str, region: str) -> dict[str, Any]:
        stack = self._existing(fields["StackName"], account, region)
        return {"StackEvents": [told_of(stack, event) for event in reversed(stack.events)]}

    def _describe_resources(self, fields: Fields, account: str, region: str) -> dict[str, Any]:
        stack = self._existing(fields["StackName"], account, region)
        made = [
            {"LogicalResourceId": name, "PhysicalResourceId": one.id, "ResourceType": one.type}
            for name, one in stack.made.items()
        ]
        common = {"StackName": stack.name, "StackId": stack.id, "ResourceStatus": "CREATE_COMPLETE"}
        return {"StackResources": [{**common, "Timestamp": moment(stack.since), **each} for each in made]}

    def _get_template(self, fields: Fields, account: str, region: str) -> dict[str, Any]:
        return {"TemplateBody": self._existing(fields["StackName"], account, region).text}

    def _get_policy(self, fields: Fields, account: str, region: str) -> dict[str, Any]:
        policy = self._existing(fields["StackName"], account, region).policy
        return {"StackPolicyBody": policy} if policy else {}

    def _set_policy(self, fields: Fields, account: str, region: str) -> dict[str, Any]:
        self._existing(fields["StackName"], account, region).policy = fields["StackPolicyBody"]
        return {}

    def _set_protection(self, fields: Fields, account: str, region: str) -> dict[str, Any]:
        stack = self._existing(fields["StackName"], account, region)
        stack.protected = fields["EnableTerminationProtection"] == "true"
        return {"StackId": stack.id}

    def _delete_stack(self, fields: Fields, account: str, region: str) -> dict[str, Any]:
        stack = self._found(fields["StackName"], account, region)
        if stack is None:
            return {}
        if stack.protected:
            raise invalid(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
        self._change_sets = [one for one in self._change_sets if one.stack is not stack]
        stack.end()
        return {}

    def _existing(self, name: str, account: str, region: str) -> Stack:
        stack = self._found(name, account, region)
        if stack is None:
            raise invalid(f"Stack with id {name} does not exist")
        return stack

    def _found(self, name: str, account: str, region: str) -> Stack | None:
        for one in self._stacks:
            here = (one.account, one.region) == (account, region)
            if here and (one.id == name or (one.name == name and one.status != _GONE)):
                return one
        return None


def _refuse_unchangeable(stack: Stack) -> None:
    if not stack.status.endswith("_COMPLETE") or stack.status == "ROLLBACK_COMPLETE":
        raise invalid(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")


def _pseudo(stack: Stack) -> dict[str, str]:
    return {
        "AWS::AccountId": stack.account,
        "AWS::Region": stack.region,
        "AWS::Partition": "aws",
        "AWS::StackId": stack.id,
        "AWS::StackName": stack.name,
        "AWS::URLSuffix": "amazonaws.com",
    }
