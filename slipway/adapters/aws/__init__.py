"""AWS behind the ports, through boto3. Clients are handed in; no exception of botocore leaves."""

from slipway.adapters.aws.documents import DynamoDocuments
from slipway.adapters.aws.identity import StsIdentity
from slipway.adapters.aws.journal import DynamoJournal
from slipway.adapters.aws.leases import DynamoLeases
from slipway.adapters.aws.ledger import DynamoLedger, LedgerPlace
from slipway.adapters.aws.objects import S3ObjectStore
from slipway.adapters.aws.sessions import assumed, client, own_session
from slipway.adapters.aws.signer import KmsSigner

__all__ = [
    "DynamoDocuments",
    "DynamoJournal",
    "DynamoLeases",
    "DynamoLedger",
    "KmsSigner",
    "LedgerPlace",
    "S3ObjectStore",
    "StsIdentity",
    "assumed",
    "client",
    "own_session",
]
