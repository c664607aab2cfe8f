"""CloudFormation's stacks: made and changed by change sets, taken back when something fails, protected."""

import json
from typing import Any

import pytest

from tests.aws.conftest import Cloud

ROLE = """\
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref Name
      Description: !Sub of ${AWS::AccountId}
      ManagedPolicyArns: [!Ref Policy]
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {AWS: !Ref Trusted}}]
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: !Sub ${Name}-work
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: !Ref Action, Resource: "*"}]
"""
KEY = """\
  Key:
    Type: AWS::KMS::Key
    DeletionPolicy: RetainExceptOnCreate
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: "kms:*", Resource: "*", Principal: "*"}]
  Alias:
    Type: AWS::KMS::Alias
    Properties: {AliasName: !Sub "alias/${Name}", TargetKeyId: !Ref Key}
"""
BUCKET = """\
  Bucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: RetainExceptOnCreate
    Properties:
      BucketName: !Ref Name
      VersioningConfiguration: {Status: Enabled}
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !GetAtt Key.Arn}
      PublicAccessBlockConfiguration: {BlockPublicAcls: true}
  BucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: !Sub "${Bucket.Arn}/*", Principal: "*"}]
"""
ISSUER = """\
  Issuer:
    Type: AWS::IAM::OIDCProvider
    Condition: WithIssuer
    Properties: {Url: "https://issuer.example", ClientIdList: [sts.amazonaws.com]}
"""
HEAD = """\
Parameters:
  Name: {Type: String}
  Trusted: {Type: CommaDelimitedList, Default: "111122223333"}
  Action: {Type: String, Default: "s3:*"}
  Issuer: {Type: String, Default: "no", AllowedValues: ["yes", "no"]}
Conditions:
  WithIssuer: !Equals [!Ref Issuer, "yes"]
Outputs:
  RoleArn: {Value: !GetAtt Role.Arn}
Resources:
"""
WHOLE = HEAD + ROLE + KEY + BUCKET + ISSUER


class Account:
    """Clients in dev's account, and the usual steps."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        session = cloud.session_in("dev")
        self.cloudformation, self.iam = cloud.client("cloudformation", session), cloud.client("iam", session)
        self.kms, self.s3 = cloud.client("kms", session), cloud.client("s3", session)
        self.name = name

    def propose(self, template: str, *, creates: bool = True, **parameters: str) -> dict[str, Any]:
        """Make a change set and return what it says."""
        given = {"Name": self.name, **parameters}
        self.cloudformation.create_change_set(
            StackName=self.name,
            ChangeSetName="change",
            ChangeSetType="CREATE" if creates else "UPDATE",
            TemplateBody=template,
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Tags=[{"Key": "Owner", "Value": "platform"}],
        )
        told = self.cloudformation.describe_change_set(StackName=self.name, ChangeSetName="change")
        return dict(told)

    def apply(self, template: str, *, creates: bool = True, **parameters: str) -> dict[str, Any]:
        """Make a change set, carry it out and return the stack."""
        self.propose(template, creates=creates, **parameters)
        self.cloudformation.execute_change_set(StackName=self.name, ChangeSetName="change")
        return self.stack()

    def stack(self) -> dict[str, Any]:
        """The stack."""
        (found,) = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        return dict(found)

    def told(self) -> list[str]:
        """Resources and statuses of the events, oldest first."""
        events = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        return [f"{each['LogicalResourceId']} {each['ResourceStatus']}" for each in reversed(events)]


@pytest.fixture
def account(cloud: Cloud, unique: str) -> Account:
    """Dev's account, and a name that nobody else uses."""
    return Account(cloud, unique)


def test_a_stack_makes_what_its_template_says(account: Account) -> None:
    """Asked from the services, with references, conditions and the stack's tags."""
    changes = account.propose(WHOLE)["Changes"]
    assert {each["ResourceChange"]["Action"] for each in changes} == {"Add"}
    assert account.stack()["StackStatus"] == "REVIEW_IN_PROGRESS"
    account.cloudformation.execute_change_set(StackName=account.name, ChangeSetName="change")
    stack = account.stack()
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    role = account.iam.get_role(RoleName=account.name)["Role"]
    assert stack["Outputs"] == [{"OutputKey": "RoleArn", "OutputValue": role["Arn"]}]
    assert (role["Description"], role["Tags"]) == ("of 222233334444", [{"Key": "Owner", "Value": "platform"}])
    (attached,) = account.iam.list_attached_role_policies(RoleName=account.name)["AttachedPolicies"]
    assert attached["PolicyName"] == f"{account.name}-work"
    key = account.kms.describe_key(KeyId=f"alias/{account.name}")["KeyMetadata"]
    assert account.kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]
    policy = json.loads(account.s3.get_bucket_policy(Bucket=account.name)["Policy"])
    assert policy["Statement"][0]["Resource"] == f"arn:aws:s3:::{account.name}/*"
    assert account.s3.get_bucket_versioning(Bucket=account.name)["Status"] == "Enabled"
    assert account.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    assert account.cloudformation.get_template(StackName=account.name)["TemplateBody"] == WHOLE


def test_an_update_changes_in_place(account: Account) -> None:
    """Only what is different, and the proposal says so before."""
    account.apply(WHOLE)
    told = account.propose(WHOLE, creates=False, Action="kms:*")
    changes = [each["ResourceChange"] for each in told["Changes"]]
    assert [(each["Action"], each["LogicalResourceId"]) for each in changes] == [("Modify", "Policy")]
    account.cloudformation.execute_change_set(StackName=account.name, ChangeSetName="change")
    assert account.stack()["StackStatus"] == "UPDATE_COMPLETE"
    arn = f"arn:aws:iam::222233334444:policy/{account.name}-work"
    version = account.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = account.iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert document["Statement"][0]["Action"] == "kms:*"


def test_nothing_to_change_is_a_change_set_that_failed(account: Account) -> None:
    """As in AWS, and it cannot be carried out."""
    account.apply(WHOLE)
    told = account.propose(WHOLE, creates=False)
    assert (told["Status"], told["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "didn't contain changes" in told["StatusReason"]
    with pytest.raises(account.cloudformation.exceptions.InvalidChangeSetStatusException):
        account.cloudformation.execute_change_set(StackName=account.name, ChangeSetName="change")


def test_a_creation_that_fails_is_taken_back(account: Account) -> None:
    """Nothing stays, what is retained later neither; the stack can only be deleted, and then made anew."""
    account.iam.create_role(RoleName=account.name, AssumeRolePolicyDocument='{"Version": "2012-10-17"}')
    stack = account.apply(WHOLE)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Role CREATE_FAILED" in account.told()
    events = account.cloudformation.describe_stack_events(StackName=account.name)["StackEvents"]
    (failed,) = [each for each in events if each["ResourceStatus"] == "CREATE_FAILED"]
    assert failed["ResourceStatusReason"] == f"Role with name {account.name} already exists."
    assert account.name not in [each["Name"] for each in account.s3.list_buckets()["Buckets"]]
    with pytest.raises(account.cloudformation.exceptions.ClientError, match="can not be updated"):
        account.propose(WHOLE, creates=False)
    account.cloudformation.delete_stack(StackName=account.name)
    with pytest.raises(account.cloudformation.exceptions.ClientError, match="does not exist"):
        account.stack()
    account.iam.delete_role(RoleName=account.name)
    assert account.apply(WHOLE)["StackStatus"] == "CREATE_COMPLETE"


def test_an_update_that_fails_is_taken_back(account: Account) -> None:
    """What was changed is as before, what was added is gone."""
    account.apply(WHOLE)
    account.iam.create_open_id_connect_provider(Url="https://issuer.example", ClientIDList=["x"])
    before = account.iam.get_role(RoleName=account.name)["Role"]["AssumeRolePolicyDocument"]
    stack = account.apply(WHOLE, creates=False, Trusted="444455556666", Issuer="yes")
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert account.iam.get_role(RoleName=account.name)["Role"]["AssumeRolePolicyDocument"] == before
    assert {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}["Issuer"] == "no"
    (known,) = account.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    account.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=known["Arn"])


def test_what_leaves_the_template_goes_unless_it_is_retained(account: Account) -> None:
    """A bucket that is retained outlives its stack."""
    account.apply(WHOLE)
    stack = account.apply(HEAD + ROLE, creates=False)
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    told = account.told()
    assert {"Bucket DELETE_SKIPPED", "Key DELETE_SKIPPED", "Alias DELETE_COMPLETE"} <= set(told)
    assert account.name in [each["Name"] for each in account.s3.list_buckets()["Buckets"]]
    account.cloudformation.delete_stack(StackName=account.name)
    with pytest.raises(account.iam.exceptions.NoSuchEntityException):
        account.iam.get_role(RoleName=account.name)


def test_a_protected_stack_is_not_deleted(account: Account) -> None:
    """Until the protection is lifted."""
    account.apply(HEAD + ROLE)
    policy = '{"Statement": []}'
    account.cloudformation.set_stack_policy(StackName=account.name, StackPolicyBody=policy)
    account.cloudformation.update_termination_protection(
        StackName=account.name, EnableTerminationProtection=True
    )
    assert account.stack()["EnableTerminationProtection"]
    assert account.cloudformation.get_stack_policy(StackName=account.name)["StackPolicyBody"] == policy
    with pytest.raises(
        account.cloudformation.exceptions.ClientError, match="TerminationProtection is enabled"
    ):
        account.cloudformation.delete_stack(StackName=account.name)


@pytest.mark.parametrize(
    ("template", "parameters", "message"),
    [
        (HEAD + "  X: {Type: 'AWS::SQS::Queue'}\n", {}, "does not make AWS::SQS::Queue"),
        (WHOLE.replace("EnableKeyRotation", "Rotates"), {}, "does not know Rotates of AWS::KMS::Key"),
        (WHOLE, {"Issuer": "perhaps"}, "Parameter 'Issuer' must be one of AllowedValues"),
        (WHOLE, {"Colour": "red"}, r"Parameters: \[Colour\] do not exist"),
        (WHOLE.replace("!Ref Trusted", "!ImportValue x"), {}, "does not know Fn::ImportValue"),
        (HEAD, {}, "At least one Resources member must be defined"),
    ],
)
def test_what_it_cannot_do_is_refused_by_name(
    account: Account, template: str, parameters: dict[str, str], message: str
) -> None:
    """Before anything is made: a template must not seem to do what nothing does."""
    with pytest.raises(account.cloudformation.exceptions.ClientError, match=message):
        account.propose(template, creates=True, **parameters)


def test_an_account_does_not_see_anothers_stacks(cloud: Cloud, account: Account) -> None:
    """As everything else in it."""
    account.apply(HEAD + ROLE)
    prod = cloud.client("cloudformation", cloud.session_in("prod"))
    with pytest.raises(prod.exceptions.ClientError, match="does not exist"):
        prod.describe_stacks(StackName=account.name)
    with pytest.raises(prod.exceptions.ClientError, match="does not support cloudformation ListExports"):
        prod.list_exports()
