"""The world before the first request: accounts, their people, and the role AWS Organizations leaves.

Made inside this process because no credential exists yet with which a client could make them.
"""

import json
from collections.abc import Mapping
from typing import Any

from moto.iam.models import AccessKey, iam_backends

from slipway_sandbox.aws.identity import PARTITION
from slipway_sandbox.world import ACCESS_ROLE, Founding

ENGINEER = "platform-engineer"

_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def found_accounts(founding: Founding) -> None:
    """Make the users of the audit account with their keys, and the access role in every account."""
    _create_user(founding, ENGINEER, founding.access_key_id, founding.secret_access_key)
    iam_backends[founding.audit_account][PARTITION].attach_user_policy(_ADMINISTRATOR, ENGINEER)
    for person in founding.people.values():
        _create_user(founding, person["user"], person["access_key_id"], person["secret_access_key"])
    for account in sorted(set(founding.accounts.values())):
        _create_role(account, ACCESS_ROLE, trusted={"AWS": f"arn:aws:iam::{founding.audit_account}:root"})


def _create_user(founding: Founding, name: str, access_key_id: str, secret_access_key: str) -> None:
    iam = iam_backends[founding.audit_account][PARTITION]
    user = iam.create_user(region_name=founding.region, user_name=name)
    user.id = f"AIDA{user.id[:17].upper()}"  # as AWS writes it: IAM user guide, "Unique IDs"
    key = AccessKey(name, prefix="AKIA", account_id=founding.audit_account)
    key.access_key_id = access_key_id
    key.secret_access_key = secret_access_key
    user.access_keys.append(key)
    iam.access_keys[key.access_key_id] = key


def _create_role(account: str, name: str, *, trusted: Mapping[str, Any]) -> None:
    iam = iam_backends[account][PARTITION]
    statement = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    iam.create_role(
        role_name=name,
        assume_role_policy_document=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        path="/",
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration="3600",
    )
    iam.attach_role_policy(_ADMINISTRATOR, name)
