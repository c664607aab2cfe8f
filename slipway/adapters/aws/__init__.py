"""AWS behind the ports, through boto3. Clients are handed in; no exception of botocore leaves."""

from slipway.adapters.aws.account_stacks import CloudFormationStacks
from slipway.adapters.aws.account_survey import AwsAccountSurvey
from slipway.adapters.aws.documents import DynamoDocuments
from slipway.adapters.aws.identity import StsIdentity
from slipway.adapters.aws.journal import DynamoJournal
from slipway.adapters.aws.leases import DynamoLeases
from slipway.adapters.aws.ledger import DynamoLedger, LedgerPlace
from slipway.adapters.aws.metrics import CloudWatchMetrics
from slipway.adapters.aws.objects import S3ObjectStore
from slipway.adapters.aws.sessions import SecondFactor, assumed, client, own_session, variables_of
from slipway.adapters.aws.signer import KmsSigner
from slipway.adapters.aws.stack_versions import S3StackVersions, StateBucket, UnversionedStates

__all__ = [
    "AwsAccountSurvey",
    "CloudFormationStacks",
    "CloudWatchMetrics",
    "DynamoDocuments",
    "DynamoJournal",
    "DynamoLeases",
    "DynamoLedger",
    "KmsSigner",
    "LedgerPlace",
    "S3ObjectStore",
    "S3StackVersions",
    "SecondFactor",
    "StateBucket",
    "StsIdentity",
    "UnversionedStates",
    "assumed",
    "client",
    "own_session",
    "variables_of",
]
