"""The front put together from its parts."""

from slipway_sandbox.aws.dispatch import Moto
from slipway_sandbox.aws.dynamodb.engine import DynamoDb
from slipway_sandbox.aws.dynamodb.local import DynamoDbLocal
from slipway_sandbox.aws.founding import found_accounts
from slipway_sandbox.aws.front import Front
from slipway_sandbox.aws.identity import Directory
from slipway_sandbox.world import Founding


def assemble(founding: Founding, *, dynamodb_url: str) -> Front:
    """Found the accounts and return the application that serves them."""
    moto = Moto()
    found_accounts(founding)
    dynamodb = DynamoDb(DynamoDbLocal(dynamodb_url))
    return Front(directory=Directory(), moto=moto, dynamodb=dynamodb)
