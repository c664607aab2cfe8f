"""Tags: one small table of the dozen ways in which AWS services list, add and remove them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.spelling import pairs, unpaired

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.aws.target import Target


@dataclass(frozen=True, kw_only=True)
class Tagging:
    """How one service tags.

    Attributes:
        subject: the parameter that names the resource, e.g. "ResourceARN".
        by: the property of the resource that it takes: "arn", "id", or an input.
        list_call: answers the tags, under `answer`, a path of names with dots.
        add_call: takes the tags, under `given`.
        remove_call: takes the keys, under `keys`.
        pair: the names of key and value in the list form; None where the API takes a map.
        fixed: further parameters of every call.
    """

    subject: str
    by: str = "arn"
    list_call: str = "list_tags_for_resource"
    answer: str = "Tags"
    add_call: str = "tag_resource"
    given: str = "Tags"
    remove_call: str = "untag_resource"
    keys: str = "TagKeys"
    pair: tuple[str, str] | None = ("Key", "Value")
    fixed: tuple[tuple[str, str], ...] = ()

    def read(self, target: Target, outputs: Mapping[str, Any]) -> dict[str, str]:
        """The tags that the resource has now, without AWS's own."""
        found = getattr(target.client, self.list_call)(**self._named(target, outputs))
        for step in self.answer.split("."):
            found = found.get(step) or {}
        tags = dict(found) if self.pair is None else unpaired(found, *self.pair)
        return {key: value for key, value in tags.items() if not key.startswith("aws:")}

    def write(self, target: Target, outputs: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
        """Make the resource's tags the wanted ones, no more and no less."""
        present = self.read(target, outputs)
        gone = sorted(present.keys() - wanted.keys())
        new = {key: value for key, value in wanted.items() if present.get(key) != value}
        named = self._named(target, outputs)
        if gone:
            getattr(target.client, self.remove_call)(**named, **{self.keys: gone})
        if new:
            tags = new if self.pair is None else pairs(new, *self.pair)
            getattr(target.client, self.add_call)(**named, **{self.given: tags})

    def _named(self, target: Target, outputs: Mapping[str, Any]) -> dict[str, str]:
        subject = target.id if self.by == "id" else outputs[self.by]
        return {self.subject: subject, **dict(self.fixed)}


class Ec2Tagging(Tagging):
    """EC2 tags by any resource id, and takes keys in the form of tags."""

    def read(self, target: Target, outputs: Mapping[str, Any]) -> dict[str, str]:
        """The tags of the id."""
        by_id = [{"Name": "resource-id", "Values": [self._subject(target, outputs)]}]
        found = target.client.describe_tags(Filters=by_id)["Tags"]
        return {key: value for key, value in unpaired(found).items() if not key.startswith("aws:")}

    def write(self, target: Target, outputs: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
        """Make the tags of the id the wanted ones."""
        present = self.read(target, outputs)
        subject = [self._subject(target, outputs)]
        if gone := present.keys() - wanted.keys():
            target.client.delete_tags(Resources=subject, Tags=[{"Key": key} for key in sorted(gone)])
        if wanted:
            target.client.create_tags(Resources=subject, Tags=pairs(wanted))

    def _subject(self, target: Target, outputs: Mapping[str, Any]) -> str:
        return target.id if self.by == "id" else str(outputs[self.by])


class BucketTagging(Tagging):
    """S3 replaces the whole set at once, and answers 404 when a bucket has none."""

    def read(self, target: Target, outputs: Mapping[str, Any]) -> dict[str, str]:
        """The bucket's tags."""
        del outputs  # a bucket is tagged by its name, which is its id
        try:
            return unpaired(target.client.get_bucket_tagging(Bucket=target.id)["TagSet"])
        except target.client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchTagSet":
                raise
            return {}

    def write(self, target: Target, outputs: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
        """Replace the bucket's tags."""
        if wanted:
            target.client.put_bucket_tagging(Bucket=target.id, Tagging={"TagSet": pairs(wanted)})
        elif self.read(target, outputs):
            target.client.delete_bucket_tagging(Bucket=target.id)


BUCKET_TAGS = BucketTagging(subject="Bucket", by="id")
EC2_TAGS = Ec2Tagging(subject="Resources", by="id")
ARN_TAGS = Tagging(subject="ResourceArn")
TABLE_TAGS = Tagging(subject="ResourceArn", list_call="list_tags_of_resource")
UPPER_ARN_TAGS = Tagging(subject="ResourceARN")
LOWER_ARN_TAGS = Tagging(subject="resourceArn", answer="tags", given="tags", keys="tagKeys")
LOG_TAGS = Tagging(subject="resourceArn", answer="tags", given="tags", keys="tagKeys", pair=None)


def iam_tags(noun: str, subject: str, *, by: str = "id") -> Tagging:
    """IAM has three calls of its own for each kind of object."""
    return Tagging(
        subject=subject,
        by=by,
        list_call=f"list_{noun}_tags",
        add_call=f"tag_{noun}",
        remove_call=f"untag_{noun}",
    )
