"""The world before the first request: accounts, their people, and the role AWS Organizations leaves.

Made inside this process because no credential exists yet with which a client could make them.
"""

import json
from typing import Any

from moto.iam.models import AccessKey, iam_backends

from slipway_sandbox.aws.identity import PARTITION
from slipway_sandbox.world import Founding

ENGINEER = "platform-engineer"
ACCESS_ROLE = "OrganizationAccountAccessRole"
"""The role that AWS Organizations creates in each member account (Organizations user guide)."""

_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def found_accounts(founding: Founding) -> None:
    """Make the users of the audit account with their keys, and the access role in every account."""
    _create_user(founding, ENGINEER, founding.access_key_id, founding.secret_access_key)
    iam_backends[founding.audit_account][PARTITION].attach_user_policy(_ADMINISTRATOR, ENGINEER)
    for person in founding.people.values():
        _create_user(founding, person["user"], person["access_key_id"], person["secret_access_key"])
    for account in sorted(set(founding.accounts.values())):
        _create_access_role(account, trusted=founding.audit_account)


def _create_user(founding: Founding, name: str, access_key_id: str, secret_access_key: str) -> None:
    iam = iam_backends[founding.audit_account][PARTITION]
    user = iam.create_user(region_name=founding.region, user_name=name)
    user.id = f"AIDA{user.id[:17].upper()}"  # as AWS writes it: IAM user guide, "Unique IDs"
    key = AccessKey(name, prefix="AKIA", account_id=founding.audit_account)
    key.access_key_id = access_key_id
    key.secret_access_key = secret_access_key
    user.access_keys.append(key)
    iam.access_keys[key.access_key_id] = key


def _create_access_role(account: str, *, trusted: str) -> None:
    iam = iam_backends[account][PARTITION]
    iam.create_role(
        role_name=ACCESS_ROLE,
        assume_role_policy_document=json.dumps(_trust_document(trusted)),
        path="/",
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration="3600",
    )
    iam.attach_role_policy(_ADMINISTRATOR, ACCESS_ROLE)


def _trust_document(account: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
