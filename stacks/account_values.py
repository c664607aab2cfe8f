"""Which values the settings of any stack take: accounts, roles, names, retentions."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, ValidationInfo

from slipway.model.environment import Environment

_ACCOUNT_FIELD: Final = 4  # arn:partition:service:region:ACCOUNT:resource
_YEARS_AND_MORE: Final = (365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
# The values that CloudWatch Logs accepts: PutRetentionPolicy in its API reference.
_RETENTION_DAYS: Final = frozenset((1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, *_YEARS_AND_MORE))


def _known_retention(days: int) -> int:
    if days not in _RETENTION_DAYS:
        raise ValueError(f"CloudWatch Logs keeps logs for one of {sorted(_RETENTION_DAYS)} days")
    return days


def _tag_value(text: str) -> str:
    """Refuse what some service of AWS does not take as the value of a tag."""
    if re.fullmatch(r"[\w.:/=+@-][\w .:/=+@-]{0,255}", text) is None:
        raise ValueError("it is the value of a tag: 1 to 256 letters, digits, spaces and _ . : / = + - @")
    return text


def _account_id(text: str) -> str:
    if re.fullmatch(r"[0-9]{12}", text) is None:
        raise ValueError("an AWS account is a text of 12 digits")
    return text


def _organization_name(text: str) -> str:
    if re.fullmatch(r"[a-z][a-z0-9]{1,15}", text) is None:
        raise ValueError("names begin with it: 2 to 16 lower-case letters and digits, a letter first")
    return text


def of_own_account(arn: str, info: ValidationInfo) -> str:
    """Refuse what is of another account than the one that the stack's AWS provider may touch."""
    own = info.data.get("account_id")
    if own is not None and arn.split(":")[_ACCOUNT_FIELD] != own:
        raise ValueError(f"it is of another account than the {own} of aws:allowedAccountIds")
    return arn


def _role_arn(text: str) -> str:
    if re.fullmatch(r"arn:aws:iam::[0-9]{12}:role/[\w+=,.@/-]+", text) is None:
        raise ValueError("a role is arn:aws:iam::<account>:role/<name>")
    return text


def _every_environment(accounts: dict[Environment, str], info: ValidationInfo) -> dict[Environment, str]:
    missing = [environment.value for environment in Environment if environment not in accounts]
    if missing:
        raise ValueError(f"no account for {', '.join(missing)}")
    numbers = [*accounts.values(), *([info.data["account_id"]] if "account_id" in info.data else [])]
    if twice := sorted({each for each in numbers if numbers.count(each) > 1}):
        raise ValueError(f"{', '.join(twice)} is there for two stacks; each has an account of its own")
    return accounts


AccountId = Annotated[str, AfterValidator(_account_id)]
EnvironmentAccounts = Annotated[dict[Environment, AccountId], AfterValidator(_every_environment)]
OrganizationName = Annotated[str, AfterValidator(_organization_name)]
TagValue = Annotated[str, AfterValidator(_tag_value)]
RetentionDays = Annotated[int, AfterValidator(_known_retention)]
RoleArn = Annotated[str, AfterValidator(_role_arn), AfterValidator(of_own_account)]
