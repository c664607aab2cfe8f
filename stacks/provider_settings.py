"""What a stack's settings take from the providers' own configuration: accounts, and who works in them."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from slipway.model.environment import StackName
from slipway.model.errors import DefinitionError
from stacks.setting_errors import where_to_write

OPERATOR: Final = "operatorRole"
"""A deployment writes it in place of `aws:assumeRoles`; a person's stack file has the latter."""

_ACCOUNTS: Final = "aws:allowedAccountIds"
_ROLES: Final = "aws:assumeRoles"
_ONE_ACCOUNT: Final = f'set {_ACCOUNTS} to a list of one account id, such as ["111122223333"]'
_ONE_ROLE: Final = f"set {_ROLES} to a list of one mapping with roleArn; keys are open to that role"


def account(configuration: Mapping[str, str], stack: StackName) -> str:
    """Return the one account that the stack's AWS provider is allowed to touch."""
    accounts = _listed(configuration, _ACCOUNTS, stack, _ONE_ACCOUNT)
    if len(accounts) != 1:
        raise DefinitionError(
            f"Pulumi.{stack}.yaml allows {len(accounts)} AWS accounts; a stack has exactly one",
            remedy=_ONE_ACCOUNT,
        )
    return str(accounts[0])


def operator_role(configuration: Mapping[str, str], stack: StackName, values: dict[str, Any]) -> Any:
    """Return the role with which Pulumi, and the platform's commands, work in the stack's account.

    In a deployment Pulumi works as somebody else and assumes nobody; then a setting of its own says which.

    Args:
        configuration: of the stack.
        stack: which.
        values: the platform's own settings; that one is taken out of them.
    """
    roles = _listed(configuration, _ROLES, stack, _ONE_ROLE)
    if not roles and OPERATOR in values:
        return values.pop(OPERATOR)
    if len(roles) != 1:
        raise DefinitionError(
            f"Pulumi.{stack}.yaml assumes {len(roles)} roles; a stack is worked on with exactly one",
            remedy=_ONE_ROLE,
        )
    if not isinstance(roles[0], dict):
        raise DefinitionError(
            f"Pulumi.{stack}.yaml: '{_ROLES}.0' is wrong: it is a mapping (it is {roles[0]!r})",
            remedy=_ONE_ROLE,
        )
    return roles[0].get("roleArn")


def _listed(configuration: Mapping[str, str], key: str, stack: StackName, remedy: str) -> list[Any]:
    """Read a provider's setting that is a list; Pulumi hands it to the program as JSON text."""
    text = configuration.get(key, "[]")
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise DefinitionError(
            f"Pulumi.{stack}.yaml: '{key}' is wrong: it is a list (it is {text!r})", remedy=remedy
        )
    return found


def snowflake_account(configuration: Mapping[str, str], stack: StackName, root: Path) -> str:
    """Return how the account is called that the stack's Snowflake provider works in."""
    keys = ("snowflake:organizationName", "snowflake:accountName")
    for key in keys:
        if not configuration.get(key):
            raise DefinitionError(
                f"Pulumi.{stack}.yaml does not set '{key}'", remedy=where_to_write(stack, root)
            )
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", configuration[key]) is None:
            raise DefinitionError(
                f"Pulumi.{stack}.yaml: '{key}' is wrong: it is a letter, then letters, digits and _, "
                "as SELECT CURRENT_ORGANIZATION_NAME(), CURRENT_ACCOUNT_NAME() tells it "
                f"(it is {configuration[key]!r})",
                remedy=where_to_write(stack, root),
            )
    return "-".join(configuration[key] for key in keys)
