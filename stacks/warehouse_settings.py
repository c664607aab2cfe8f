"""What an environment's Snowflake settings may be: rules that refuse a value while settings are read."""

import base64
import binascii
import re
from datetime import datetime
from enum import StrEnum, unique
from typing import Annotated, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationInfo

from components.warehouse.environment_monitor import WhenSpent
from slipway.model import subjects
from slipway.model.check_pool import CheckPool
from slipway.model.environment import Environment, StackName
from slipway.model.pipeline import NAME_LENGTH, NAME_PATTERN
from slipway.model.warehouse_size import WarehouseSize
from slipway.model.workload import Workload

_LEAST_KEY_BITS: Final = 2048
"""https://docs.snowflake.com/en/user-guide/key-pair-auth: the minimum."""

_OF_CHECKS: Final = frozenset({Workload.CI, Workload.MASK})
"""What a stack without checks of pull requests, or without a pool for them, does not have."""

_PROD_TIME_TRAVEL_DAYS: Final = 7
"""Kept generations and restores of a release reach back a week: a shorter history could not undo it."""


@unique
class ServiceUserName(StrEnum):
    """Programs that log in to an environment's Snowflake."""

    AIRFLOW = subjects.AIRFLOW
    CI = subjects.CI
    DEPLOY = subjects.DEPLOY
    OBSERVE = subjects.OBSERVE


def _past(moment: datetime | None, info: ValidationInfo) -> datetime | None:
    """Refuse a moment that nothing can show yet.

    One that is long past stays right: the clone was made of it while Time Travel still reached back so far.
    """
    now = (info.context or {}).get("now")
    if moment is not None and now is not None and moment > now:
        raise ValueError("it is in the future; a clone shows a moment that is past")
    return moment


class CloneSettings(BaseModel):
    """A zero-copy clone that the environment keeps.

    Attributes:
        environment: whose data it shows.
        source: a logical database, or one of its schemas: FINEDGE or FINEDGE.MARTS.
        purpose: what it is for, in one line.
        at: the moment that it shows; None for the moment of its making.
        expires: from when on a janitor may drop it; None for never.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: Environment
    source: str
    purpose: str
    at: Annotated[AwareDatetime | None, AfterValidator(_past)] = None
    expires: AwareDatetime | None = None


def _no_production_in_dev(clones: dict[str, CloneSettings], info: ValidationInfo) -> dict[str, CloneSettings]:
    for name, clone in clones.items():
        if re.fullmatch(NAME_PATTERN, name) is None or len(name) > NAME_LENGTH:
            raise ValueError(
                f"{name!r} is no name: lower-case words joined by hyphens, {NAME_LENGTH} at most"
            )
        if clone.environment is Environment.PROD and info.data.get("stack") is StackName.DEV:
            raise ValueError(
                f"{name} shows production's rows, which reach dev only masked, as a janitor's clone"
            )
    return clones


def _retention_of_policy(days: int, info: ValidationInfo) -> int:
    if info.data.get("stack") is StackName.PROD and days < _PROD_TIME_TRAVEL_DAYS:
        raise ValueError(f"production keeps at least {_PROD_TIME_TRAVEL_DAYS} days, or no release is undone")
    return days


def _every_workload(
    sizes: dict[Workload, WarehouseSize], info: ValidationInfo
) -> dict[Workload, WarehouseSize]:
    missing = [each.value for each in Workload if each not in sizes and each not in _OF_CHECKS]
    if missing:
        raise ValueError(f"no size for {', '.join(missing)}")
    if Workload.CI in sizes and info.data.get("stack") is StackName.PROD:
        raise ValueError("production has no ci: what nobody reviewed holds no production credential")
    return sizes


def _of_production(pool: CheckPool | None, info: ValidationInfo) -> CheckPool | None:
    has_compute = Workload.MASK in info.data.get("warehouse_sizes", {})
    if pool is None:
        if has_compute:
            raise ValueError("warehouseSizes has mask, which only masks clones of a checkPool")
        return None
    if info.data.get("stack") is not StackName.PROD or pool.environment is Environment.PROD:
        raise ValueError("it has rows of prod, masked, for the checks of another environment")
    if not has_compute:
        raise ValueError("warehouseSizes has no mask, on which its clones are masked")
    return pool


def _never_suspends_production(when: WhenSpent, info: ValidationInfo) -> WhenSpent:
    if when is WhenSpent.SUSPEND and info.data.get("stack") is StackName.PROD:
        raise ValueError("a budget never stops production: it is NOTIFY")
    return when


def _public_key(text: str) -> str:
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, UnsupportedAlgorithm, binascii.Error):
        raise ValueError(
            "it is the base64 text of an RSA public key, in one line, without the lines around it"
        ) from None
    if not isinstance(key, RSAPublicKey) or key.key_size < _LEAST_KEY_BITS:
        raise ValueError(f"Snowflake takes RSA keys of {_LEAST_KEY_BITS} bits and more")
    return text


def _every_user(
    keys: dict[ServiceUserName, list[str]], info: ValidationInfo
) -> dict[ServiceUserName, list[str]]:
    has_ci = Workload.CI in info.data.get("warehouse_sizes", {})
    wanted = {each for each in ServiceUserName if has_ci or each is not ServiceUserName.CI}
    if missing := sorted(wanted - keys.keys()):
        raise ValueError(f"no key for {', '.join(missing)}")
    if keys.keys() - wanted:
        raise ValueError("there is no user ci where warehouseSizes has no ci")
    return keys


TimeTravelDays = Annotated[int, Field(ge=1, le=90), AfterValidator(_retention_of_policy)]
WarehouseSizes = Annotated[dict[Workload, WarehouseSize], AfterValidator(_every_workload)]
SpentCredits = Annotated[WhenSpent, AfterValidator(_never_suspends_production)]
PublicKeys = Annotated[list[Annotated[str, AfterValidator(_public_key)]], Field(min_length=1, max_length=2)]
Pool = Annotated[CheckPool | None, AfterValidator(_of_production)]
Clones = Annotated[dict[str, CloneSettings], AfterValidator(_no_production_in_dev)]
ServiceUserKeys = Annotated[dict[ServiceUserName, PublicKeys], AfterValidator(_every_user)]
