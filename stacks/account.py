"""What every stack has in its AWS account: encryption keys and the platform's own log."""

from collections.abc import Sequence

from components import iam
from components.encryption_key import EncryptionKey, EncryptionKeyArgs
from components.platform_log import PlatformLog, PlatformLogArgs
from slipway.model.tags import PLATFORM_PIPELINE, Tags
from stacks.settings import Settings


def encryption_key(
    settings: Settings, role: str, purpose: str, tags: Tags, policy: Sequence[iam.Statement]
) -> EncryptionKey:
    """Declare a key; its alias follows from its role."""
    args = EncryptionKeyArgs(
        purpose=purpose,
        alias=settings.naming.key_alias(role),
        policy=policy,
        tags=tags,
    )
    return EncryptionKey(role, args)


def platform_log(settings: Settings) -> PlatformLog:
    """Declare the log group that the platform's commands write to."""
    args = PlatformLogArgs(
        group=settings.naming.log_group(PLATFORM_PIPELINE),
        retention_days=settings.log_retention_days,
        tags=settings.platform_tags,
    )
    return PlatformLog(PLATFORM_PIPELINE, args)
