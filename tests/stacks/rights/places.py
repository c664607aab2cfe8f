"""Accounts, buckets, tables, keys and roles of FinEdge's platform, as AWS names them."""

from typing import Final

from tests.doubles.rights import Layer

ACCOUNTS: Final = {
    "shared": "111122223333",
    "dev": "222233334444",
    "staging": "333344445555",
    "prod": "444455556666",
}
GRANTED: Final = ""
OWN, BOUND, DOOR = Layer.IDENTITY.value, Layer.BOUNDARY.value, Layer.RESOURCE.value
ANA: Final = "AROAAPPROVE:ana.silva"
BEN: Final = "AROAAPPROVE:ben.okafor"
ARTIFACTS: Final = "arn:aws:s3:::finedge-shared-artifacts-111122223333"
EVIDENCE: Final = "arn:aws:s3:::finedge-shared-evidence-111122223333"
STATE: Final = "arn:aws:s3:::finedge-shared-state-111122223333"
TRAIL: Final = "arn:aws:s3:::finedge-shared-trail-111122223333"
IMAGES: Final = "arn:aws:ecr:us-east-1:111122223333:repository/slipway-shared-artifacts"
BUILD, SIGN, APPROVE = "slipway-shared-build", "slipway-shared-sign", "slipway-shared-approve"
CHECK: Final = "slipway-dev-check"
EVE: Final = ("AWS", "arn:aws:iam::999999999999:role/Eve")
DIGEST: Final = {"kms:MessageType": "DIGEST", "kms:SigningAlgorithm": "ECDSA_SHA_256"}
TO_EMR: Final = {"iam:PassedToService": "emr-serverless.amazonaws.com"}
ONCE: Final = {"s3:if-none-match": "*", "s3:ObjectCreationOperation": "true"}


def key(stack: str, name: str) -> str:
    """ARN of a KMS key, by the program's name of it."""
    return f"arn:aws:kms:us-east-1:{ACCOUNTS[stack]}:key/{name}"


def application(stack: str, name: str) -> str:
    """ARN of an EMR Serverless application, by the program's name of it."""
    return f"arn:aws:emr-serverless::{ACCOUNTS[stack]}:/applications/{name}"


def secret(stack: str, name: str) -> str:
    """ARN of a secret below the stack's."""
    return f"arn:aws:secretsmanager:us-east-1:{ACCOUNTS[stack]}:secret:slipway/{stack}/{name}-a1b2c3"


def table(stack: str, name: str) -> str:
    """ARN of a DynamoDB table."""
    return f"arn:aws:dynamodb:us-east-1:{ACCOUNTS[stack]}:table/slipway-{stack}-{name}"


def role_arn(stack: str, name: str) -> str:
    """ARN of a role."""
    return f"arn:aws:iam::{ACCOUNTS[stack]}:role/{name}"


def operator(stack: str) -> tuple[str, str]:
    """The role that the stack's file names."""
    return ("AWS", role_arn(stack, f"slipway-operator-{stack}"))
