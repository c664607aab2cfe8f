"""CloudFormation's words, classified: what can be done with a stack, what a change set is good for."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from slipway.adapters.aws import CloudFormationStacks, StsIdentity
from slipway.adapters.aws.account_stacks import state_of
from slipway.ports.account_stacks import AccountStackError, Proposal, ProposalState, StackChange, StackState
from slipway.ports.identity import IdentityRefused

STACK = "slipway-bootstrap-dev"


@pytest.fixture
def client() -> Any:
    """A client that reaches nobody."""
    return boto3.client(
        "cloudformation",
        region_name="us-east-1",
        aws_access_key_id="AKIATESTTESTTESTTEST",
        aws_secret_access_key="secret",
    )


def test_every_status_of_a_stack_is_classified(client: Any) -> None:
    """Nothing is deleted that ever was up, and nothing is changed while CloudFormation is at it."""
    statuses = client.meta.service_model.shape_for("StackStatus").enum
    states = {status: state_of(status) for status in statuses}
    never_up = {status for status, state in states.items() if state is StackState.NEVER_UP}
    assert never_up == {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}
    working = {status for status, state in states.items() if state is StackState.WORKING}
    assert working == {each for each in statuses if each.endswith("IN_PROGRESS")} - {"REVIEW_IN_PROGRESS"}
    stuck = {status for status, state in states.items() if state is StackState.STUCK}
    assert stuck == {
        "DELETE_COMPLETE",
        "DELETE_FAILED",
        "IMPORT_ROLLBACK_FAILED",
        "UPDATE_FAILED",
        "UPDATE_ROLLBACK_FAILED",
    }
    assert states["REVIEW_IN_PROGRESS"] is StackState.REVIEWED


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"Status": "CREATE_PENDING", "ExecutionStatus": "UNAVAILABLE"}, ProposalState.COMPUTING),
        ({"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE"}, ProposalState.READY),
        ({"Status": "CREATE_COMPLETE", "ExecutionStatus": "OBSOLETE"}, ProposalState.SPENT),
        ({"Status": "CREATE_COMPLETE", "ExecutionStatus": "EXECUTE_COMPLETE"}, ProposalState.SPENT),
        ({"Status": "FAILED", "StatusReason": "No updates are to be performed."}, ProposalState.EMPTY),
        ({"Status": "FAILED", "StatusReason": "Template error: x"}, ProposalState.SPENT),
    ],
)
def test_a_change_set_is_classified(client: Any, told: dict[str, Any], state: ProposalState) -> None:
    """An outdated one is never carried out."""
    with Stubber(client) as stub:
        stub.add_response("describe_change_set", told)
        found = CloudFormationStacks(client).proposal(STACK, "change")
    assert found is not None
    assert found.state is state
    assert found.reason == told.get("StatusReason", "")


def test_changes_are_read_from_every_page(client: Any) -> None:
    """A replacement is told as one."""
    one = {"Action": "Add", "LogicalResourceId": "A", "ResourceType": "AWS::KMS::Key"}
    two = {**one, "Action": "Modify", "LogicalResourceId": "B", "Replacement": "True"}
    ready = {"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE"}
    with Stubber(client) as stub:
        stub.add_response(
            "describe_change_set", {**ready, "Changes": [{"ResourceChange": one}], "NextToken": "more"}
        )
        stub.add_response("describe_change_set", {**ready, "Changes": [{"ResourceChange": two}]})
        found = CloudFormationStacks(client).proposal(STACK, "change")
    assert found == Proposal(
        state=ProposalState.READY,
        changes=(
            StackChange(action="Add", resource="A", type="AWS::KMS::Key"),
            StackChange(action="Modify", resource="B", type="AWS::KMS::Key", replaces=True),
        ),
    )


def test_events_are_those_of_the_newest_operation(client: Any) -> None:
    """What an earlier update said would be taken for why this one failed."""

    def event(resource: str, status: str) -> dict[str, Any]:
        type_ = "AWS::CloudFormation::Stack" if resource == STACK else "AWS::IAM::Role"
        return {
            "StackId": "id",
            "EventId": status,
            "StackName": STACK,
            "LogicalResourceId": resource,
            "ResourceType": type_,
            "ResourceStatus": status,
            "Timestamp": "2026-03-02T12:00:00Z",
        }

    newest_first = [
        event("Operator", "UPDATE_COMPLETE"),
        event("Operator", "UPDATE_IN_PROGRESS"),
        event(STACK, "UPDATE_IN_PROGRESS"),
        event("Operator", "CREATE_FAILED"),
    ]
    with Stubber(client) as stub:
        stub.add_response("describe_stack_events", {"StackEvents": newest_first})
        found = CloudFormationStacks(client).events(STACK)
    assert [each.status for each in found] == ["UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]


def test_a_stack_that_is_not_there_is_no_fault(client: Any) -> None:
    """CloudFormation has no code of its own for it; any other ValidationError is one."""
    with Stubber(client) as stub:
        missing = "Stack with id slipway-bootstrap-dev does not exist"
        stub.add_client_error("describe_stacks", "ValidationError", missing)
        stub.add_client_error("describe_stacks", "ValidationError", "a name must begin with a letter")
        stacks = CloudFormationStacks(client)
        assert stacks.read(STACK) is None
        with pytest.raises(AccountStackError, match="a name must begin with a letter"):
            stacks.read(STACK)


def test_a_refused_role_is_told_apart_from_silence() -> None:
    """`slipway doctor` sends nobody to bootstrap an account because the network is down."""
    sts = boto3.client(
        "sts",
        region_name="us-east-1",
        aws_access_key_id="AKIATESTTESTTESTTEST",
        aws_secret_access_key="secret",
    )
    with Stubber(sts) as stub:
        stub.add_client_error("get_caller_identity", "AccessDenied", "not authorized")
        with pytest.raises(IdentityRefused, match="AWS answers AccessDenied: not authorized"):
            StsIdentity(sts).caller()
