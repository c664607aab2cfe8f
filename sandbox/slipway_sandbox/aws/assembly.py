"""The front put together from its parts."""

from collections.abc import Mapping

from slipway_sandbox.aws.cloudformation import CloudFormation
from slipway_sandbox.aws.dispatch import Moto
from slipway_sandbox.aws.dynamodb.engine import DynamoDb
from slipway_sandbox.aws.dynamodb.local import DynamoDbLocal
from slipway_sandbox.aws.emr_serverless import EmrServerless
from slipway_sandbox.aws.founding import found_accounts
from slipway_sandbox.aws.front import Front
from slipway_sandbox.aws.identity import Directory
from slipway_sandbox.aws.mwaa import Mwaa
from slipway_sandbox.aws.task_credentials import TaskCredentials
from slipway_sandbox.world import Founding


def assemble(founding: Founding, *, dynamodb_url: str, airflows: Mapping[str, str]) -> Front:
    """Found the accounts and return the application that serves them.

    Args:
        founding: what the world is made of.
        dynamodb_url: base URL of DynamoDB Local.
        airflows: stack name -> base URL of its Airflow's web server.
    """
    moto = Moto()
    found_accounts(founding)
    dynamodb = DynamoDb(DynamoDbLocal(dynamodb_url))
    return Front(
        directory=Directory(),
        moto=moto,
        dynamodb=dynamodb,
        mwaa=Mwaa(founding, airflows),
        emr_serverless=EmrServerless(),
        cloudformation=CloudFormation(),
        credentials=TaskCredentials(founding),
    )
