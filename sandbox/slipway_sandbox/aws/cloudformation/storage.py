"""Keys with their names, and buckets with their policies, in moto's KMS and S3."""

import json
from typing import Final

from moto.s3.cloud_formation import cfn_to_api_encryption

from slipway_sandbox.aws.cloudformation.resource_type import Place, Properties, ResourceType
from slipway_sandbox.aws.faults import AwsError

_DELETION_DAYS: Final = 30


class Key(ResourceType):
    """A symmetric KMS key."""

    known = frozenset({"Description", "EnableKeyRotation", "KeyPolicy", "PendingWindowInDays"})

    def create(self, place: Place, told: Properties) -> str:
        """Make it, with its policy and rotation."""
        policy = json.dumps(told["KeyPolicy"])
        tags = place.tag_list("TagKey", "TagValue")
        key = place.kms.create_key(policy, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", tags)
        self.update(place, key.id, told)
        return str(key.id)

    def update(self, place: Place, id_: str, told: Properties) -> None:
        """Set description, policy and rotation."""
        key = place.kms.keys[id_]
        key.description = told.get("Description", "")
        key.policy = json.dumps(told["KeyPolicy"])
        key.key_rotation_status = bool(told.get("EnableKeyRotation", False))

    def delete(self, place: Place, id_: str) -> None:
        """Schedule its deletion, as KMS does it."""
        place.kms.schedule_key_deletion(id_, _DELETION_DAYS)

    def arn(self, place: Place, id_: str) -> str:
        """Its ARN."""
        return str(place.kms.keys[id_].arn)


class Alias(ResourceType):
    """The name of a key."""

    known = frozenset({"AliasName", "TargetKeyId"})
    fixed = frozenset({"AliasName"})

    def create(self, place: Place, told: Properties) -> str:
        """Name a key; a name that is taken is refused."""
        name = told["AliasName"]
        if any(name in key.aliases for key in place.kms.keys.values()):
            raise AwsError("AlreadyExistsException", f"An alias with the name {name} already exists")
        place.kms.create_alias(told["TargetKeyId"], name)
        return str(name)

    def update(self, place: Place, id_: str, told: Properties) -> None:
        """Point it at another key."""
        place.kms.update_alias(told["TargetKeyId"], id_)

    def delete(self, place: Place, id_: str) -> None:
        """Remove the name."""
        place.kms.delete_alias(id_)


class Bucket(ResourceType):
    """A bucket, versioned, encrypted and closed as it is told."""

    known = frozenset(
        {"BucketEncryption", "BucketName", "PublicAccessBlockConfiguration", "VersioningConfiguration"}
    )
    fixed = frozenset({"BucketName"})

    def create(self, place: Place, told: Properties) -> str:
        """Make it; names are the same for all of AWS."""
        name = told["BucketName"]
        place.s3.create_bucket(name, place.region)
        place.s3.put_bucket_tagging(name, dict(place.tags))
        self.update(place, name, told)
        return str(name)

    def update(self, place: Place, id_: str, told: Properties) -> None:
        """Set its configuration."""
        if "VersioningConfiguration" in told:
            place.s3.put_bucket_versioning(id_, told["VersioningConfiguration"]["Status"])
        if "BucketEncryption" in told:
            place.s3.put_bucket_encryption(id_, cfn_to_api_encryption(told["BucketEncryption"]))
        if "PublicAccessBlockConfiguration" in told:
            blocked = told["PublicAccessBlockConfiguration"]
            place.s3.put_public_access_block(id_, {name: str(on).lower() for name, on in blocked.items()})

    def delete(self, place: Place, id_: str) -> None:
        """Remove it; a bucket that holds something stays (S3 API reference, DeleteBucket)."""
        if place.s3.delete_bucket(id_) is None:
            raise AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty")

    def arn(self, place: Place, id_: str) -> str:  # noqa: ARG002 - a type's signature
        """Its ARN."""
        return f"arn:aws:s3:::{id_}"


class BucketPolicy(ResourceType):
    """Whom a bucket lets in."""

    known = frozenset({"Bucket", "PolicyDocument"})
    fixed = frozenset({"Bucket"})

    def create(self, place: Place, told: Properties) -> str:
        """Write it."""
        self.update(place, told["Bucket"], told)
        return str(told["Bucket"])

    def update(self, place: Place, id_: str, told: Properties) -> None:
        """Write it anew."""
        place.s3.put_bucket_policy(id_, json.dumps(told["PolicyDocument"]).encode())

    def delete(self, place: Place, id_: str) -> None:
        """Take it away."""
        place.s3.delete_bucket_policy(id_)
