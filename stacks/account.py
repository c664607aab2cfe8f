"""What every stack has in its AWS account: encryption keys."""

from collections.abc import Sequence

from components import iam
from components.encryption_key import EncryptionKey, EncryptionKeyArgs
from slipway.model.tags import Tags
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
