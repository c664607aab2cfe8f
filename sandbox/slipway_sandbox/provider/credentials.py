"""From the aws provider's settings to credentials, an account and a region.

Settings win over a profile, a profile over the keys of the environment; with none of them the world's own key
is used. Roles are assumed in order, each with the credentials of the one before.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.connections import Credentials
from slipway_sandbox.provider.contract import ProviderFault, Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slipway_sandbox.provider.contract import Properties
    from slipway_sandbox.world import World

REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_ROLE_ARGUMENTS = {
    "roleArn": "RoleArn",
    "externalId": "ExternalId",
    "policy": "Policy",
    "sourceIdentity": "SourceIdentity",
    "transitiveTagKeys": "TransitiveTagKeys",
}
_UNKNOWN_KEY = frozenset({"InvalidClientTokenId", "ExpiredToken"})
_EVAL_AGAIN = 'point this shell at the sandbox that is up now: `eval "$(slipway sandbox env)"`'
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def region(settings: Properties) -> str:
    """The provider's region.

    Raises:
        ProviderFault: none is set, or it is none of AWS's.
    """
    found = settings.get("region") or _environment("AWS_REGION", "AWS_DEFAULT_REGION")
    if not found and _profile(settings):
        found = _from_profile(settings).region_name
    if not found:
        raise ProviderFault(
            "the aws provider has no region", remedy="set aws:region in the stack's configuration"
        )
    if not settings.get("skipRegionValidation") and not REGION.fullmatch(found):
        raise ProviderFault(f"invalid AWS region: {found}", remedy='write one such as "us-east-1"')
    return str(found)


def aws_session(
    world: World, settings: Properties, default_tags: Mapping[str, str], endpoints: Mapping[str, str]
) -> Session:
    """The session that the settings lead to.

    Raises:
        ProviderFault: a role cannot be assumed, or the account is not an allowed one.
    """
    where = region(settings)
    signer = _own(settings)
    for role in [*settings.get("assumeRoles", []), *_legacy_role(settings)]:
        signer = _assumed(_session(world, where, signer, endpoints), role)
    if "assumeRoleWithWebIdentity" in settings:
        raise ProviderFault(
            "the sandbox does not support aws:assumeRoleWithWebIdentity",
            remedy="use aws:assumeRoles, whose roles every account of the sandbox has",
        )
    first = _session(world, where, signer, endpoints)
    account = "" if settings.get("skipRequestingAccountId") else _account(first)
    _admit(account, settings)
    return Session(
        package="aws",
        account=account,
        region=where,
        world=world,
        default_tags=default_tags,
        credentials=signer,
        endpoints=endpoints,
    )


def _session(world: World, where: str, signer: Credentials | None, endpoints: Mapping[str, str]) -> Session:
    return Session(
        package="aws", account="", region=where, world=world, credentials=signer, endpoints=endpoints
    )


def _own(settings: Properties) -> Credentials | None:
    """The key that the settings, the environment or a profile name; None for the world's own."""
    if settings.get("accessKey") or settings.get("secretKey"):
        key, secret = settings.get("accessKey", ""), settings.get("secretKey", "")
        return Credentials(access_key=key, secret_key=secret, token=settings.get("token"))
    if _profile(settings):
        found = _from_profile(settings).get_credentials()
        if found is None:
            raise ProviderFault(f"AWS profile {_profile(settings)} has no credentials")
        return Credentials(access_key=found.access_key, secret_key=found.secret_key, token=found.token)
    if key := _environment("AWS_ACCESS_KEY_ID"):
        secret, token = _environment("AWS_SECRET_ACCESS_KEY"), _environment("AWS_SESSION_TOKEN")
        return Credentials(access_key=key, secret_key=secret, token=token or None)
    return None


def _profile(settings: Properties) -> str:
    return str(settings.get("profile") or _environment("AWS_PROFILE"))


def _from_profile(settings: Properties) -> Any:
    import boto3  # noqa: PLC0415  0.3 s that most processes never need
    from botocore.exceptions import ProfileNotFound  # noqa: PLC0415  same

    try:
        return boto3.Session(profile_name=_profile(settings))
    except ProfileNotFound as error:
        raise ProviderFault(str(error), remedy="take aws:profile out: the sandbox needs none") from error


def _legacy_role(settings: Properties) -> list[Properties]:
    return [settings["assumeRole"]] if "assumeRole" in settings else []


def _assumed(session: Session, role: Properties) -> Credentials:
    arguments = {wire: role[name] for name, wire in _ROLE_ARGUMENTS.items() if role.get(name)}
    arguments["RoleSessionName"] = role.get("sessionName") or "pulumi"
    if role.get("duration"):
        arguments["DurationSeconds"] = _seconds(role["duration"])
    if role.get("policyArns"):
        arguments["PolicyArns"] = [{"arn": arn} for arn in role["policyArns"]]
    if role.get("tags"):
        arguments["Tags"] = [{"Key": key, "Value": value} for key, value in role["tags"].items()]
    if "RoleArn" not in arguments:
        raise ProviderFault("an entry of aws:assumeRoles has no roleArn")
    wrong = f"the aws provider cannot assume {arguments['RoleArn']}"
    with _told(wrong, remedy="correct aws:assumeRoles; `slipway sandbox status` lists the accounts"):
        granted = session.client("sts").assume_role(**arguments)["Credentials"]
    return Credentials(
        access_key=granted["AccessKeyId"],
        secret_key=granted["SecretAccessKey"],
        token=granted["SessionToken"],
    )


def _seconds(duration: str) -> int:
    """Go's form of a duration, "1h30m"."""
    found = _DURATION.fullmatch(duration)
    if found is None or not any(found.groups()):
        raise ProviderFault(
            f"invalid duration of an assumed role: {duration}", remedy='write one such as "1h"'
        )
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def _account(session: Session) -> str:
    with _told("the aws provider's credentials lead nowhere", remedy=_EVAL_AGAIN):
        return str(session.client("sts").get_caller_identity()["Account"])


@contextmanager
def _told(wrong: str, *, remedy: str) -> Iterator[None]:
    """Say of a request that AWS refuses what it was for; keys of an earlier world have one remedy only."""
    from botocore.exceptions import ClientError  # noqa: PLC0415  what the request has imported anyway

    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        told = _EVAL_AGAIN if code in _UNKNOWN_KEY else remedy
        raise ProviderFault(f"{wrong}: {code}: {message}", remedy=told) from error


def _admit(account: str, settings: Properties) -> None:
    allowed, forbidden = settings.get("allowedAccountIds", []), settings.get("forbiddenAccountIds", [])
    if allowed and forbidden:
        raise ProviderFault("aws:allowedAccountIds and aws:forbiddenAccountIds exclude each other")
    if (allowed and account not in allowed) or account in forbidden:
        raise ProviderFault(
            f"AWS account ID not allowed: {account}",
            remedy=f"{_rule(allowed)}: correct it, or the roles of aws:assumeRoles",
        )


def _rule(allowed: list[str]) -> str:
    return (
        f"aws:allowedAccountIds allows {', '.join(allowed)}"
        if allowed
        else "aws:forbiddenAccountIds forbids it"
    )


def _environment(*names: str) -> str:
    return next((os.environ[name] for name in names if os.environ.get(name)), "")
