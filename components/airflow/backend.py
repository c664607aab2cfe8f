"""Variables and connections of Airflow as secrets: where its Secrets Manager backend looks for them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from slipway.model.naming import Naming
from slipway.model.tags import Tags

# Nothing but the program writes them, and a name that waits for its deletion cannot be used again.
_RECOVERY_DAYS: Final = 0


@dataclass(frozen=True, kw_only=True)
class AirflowVariablesArgs:
    """What tasks are told about their environment.

    Attributes:
        naming: names of the stack.
        values: of each variable.
        key_arn: KMS key of the environment's data.
    """

    naming: Naming
    values: Mapping[str, pulumi.Input[str]]
    key_arn: pulumi.Input[str]
    tags: Tags


class AirflowVariables(PlatformComponent, token="slipway:airflow:AirflowVariables"):
    """The variables that depend on the environment and on no release."""

    def __init__(
        self, name: str, args: AirflowVariablesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        for variable, value in args.values.items():
            tell_airflow(
                self,
                variable.replace("_", "-"),
                secret=args.naming.airflow_variable(variable),
                value=value,
                key_arn=args.key_arn,
            )
        self.publish()


def tell_airflow(
    owner: PlatformComponent,
    called: str,
    *,
    secret: str,
    value: pulumi.Input[str],
    key_arn: pulumi.Input[str],
) -> None:
    """Declare a secret with its value as children of a component.

    Args:
        owner: the component.
        called: what tells it from the owner's other children.
        secret: physical name.
        value: what Airflow reads.
        key_arn: KMS key that encrypts it.
    """
    name = f"{owner.name}-{called}"
    made = aws.secretsmanager.Secret(
        name,
        name=secret,
        kms_key_id=key_arn,
        recovery_window_in_days=_RECOVERY_DAYS,
        tags=owner.tags.as_aws(),
        opts=owner.child(),
    )
    aws.secretsmanager.SecretVersion(name, secret_id=made.id, secret_string=value, opts=owner.child())


def connection(role_arn: str) -> str:
    """Return an Airflow connection to AWS that assumes a role, in Airflow's own JSON."""
    return json.dumps({"conn_type": "aws", "extra": {"role_arn": role_arn}})
