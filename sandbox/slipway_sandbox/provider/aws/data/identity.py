"""Who calls, and what names mean: caller, session, default tags, ARNs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws.target import PARTITION, found
from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.contract import Invoke, Properties, Session

_ARN_PARTS = 6


def get_caller_identity(session: Session, args: Properties) -> Properties:
    """aws.getCallerIdentity."""
    del args
    caller = session.client("sts").get_caller_identity()
    account = caller["Account"]
    return {"accountId": account, "arn": caller["Arn"], "userId": caller["UserId"], "id": account}


def get_partition(session: Session, args: Properties) -> Properties:
    """aws.getPartition."""
    del session, args
    return {
        "partition": PARTITION,
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
        "id": PARTITION,
    }


def get_default_tags(session: Session, args: Properties) -> Properties:
    """aws.getDefaultTags."""
    del args
    return {"tags": dict(session.default_tags), "id": PARTITION}


def get_arn(session: Session, args: Properties) -> Properties:
    """aws.getArn."""
    del session
    parts = arn_parts(args["arn"])
    names = ("partition", "service", "region", "account", "resource")
    return dict(zip(names, parts, strict=True)) | {"arn": args["arn"], "id": args["arn"]}


def arn_parts(arn: str) -> list[str]:
    """Partition, service, region, account and resource.

    Raises:
        ProviderFault: it is no ARN.
    """
    prefix, *parts = arn.split(":", _ARN_PARTS - 1)
    if prefix != "arn" or len(parts) != _ARN_PARTS - 1:
        raise ProviderFault(
            f"{arn!r} is no ARN", remedy="an ARN is arn:partition:service:region:account:resource"
        )
    return parts


def get_session_context(session: Session, args: Properties) -> Properties:
    """aws.iam.getSessionContext: the role behind a session; of any other principal the principal itself."""
    arn = args["arn"]
    *_, account, resource = arn_parts(arn)
    answer = {"arn": arn, "id": arn, "issuerArn": arn, "issuerId": "", "issuerName": "", "sessionName": ""}
    if not resource.startswith("assumed-role/"):
        return answer
    _, name, session_name = resource.split("/", 2)
    role = found(session.client("iam").get_role, RoleName=name)
    if role is None:
        raise ProviderFault(f"iam.getSessionContext: no role {name} in account {account}")
    issuer = {"issuerArn": role["Role"]["Arn"], "issuerId": role["Role"]["RoleId"], "issuerName": name}
    return answer | issuer | {"sessionName": session_name}


def get_account_alias(session: Session, args: Properties) -> Properties:
    """aws.iam.getAccountAlias."""
    del args
    aliases = session.client("iam").list_account_aliases()["AccountAliases"]
    if not aliases:
        raise ProviderFault(f"iam.getAccountAlias: account {session.account} has no alias")
    return {"accountAlias": aliases[0], "id": aliases[0]}


IDENTITY: Mapping[str, Invoke] = {
    "aws:index/getCallerIdentity:getCallerIdentity": get_caller_identity,
    "aws:index/getPartition:getPartition": get_partition,
    "aws:index/getDefaultTags:getDefaultTags": get_default_tags,
    "aws:index/getArn:getArn": get_arn,
    "aws:iam/getSessionContext:getSessionContext": get_session_context,
    "aws:iam/getAccountAlias:getAccountAlias": get_account_alias,
}
