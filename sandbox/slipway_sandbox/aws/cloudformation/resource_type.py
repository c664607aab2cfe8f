"""What a resource type does, and where it does it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from slipway_sandbox.aws.faults import AwsError
from slipway_sandbox.aws.identity import PARTITION

Properties = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a stack is, and how its resources are tagged.

    Attributes:
        account: twelve digits.
        region: of AWS.
        tags: of the stack.
    """

    account: str
    region: str
    tags: Mapping[str, str]

    @property
    def iam(self) -> Any:
        """moto's IAM of the account."""
        return iam_backends[self.account][PARTITION]

    @property
    def kms(self) -> Any:
        """moto's KMS."""
        return kms_backends[self.account][self.region]

    @property
    def s3(self) -> Any:
        """moto's S3."""
        return s3_backends[self.account][PARTITION]

    def tag_list(self, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
        """The stack's tags in the shape of a service."""
        return [{key: name, value: text} for name, text in self.tags.items()]


class ResourceType(ABC):
    """A type: `known` are its properties, `fixed` those that cannot be changed in place."""

    known: ClassVar[frozenset[str]]
    fixed: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def create(self, place: Place, told: Properties) -> str:
        """Make it and return its physical id."""

    @abstractmethod
    def update(self, place: Place, id_: str, told: Properties) -> None:
        """Change it in place."""

    @abstractmethod
    def delete(self, place: Place, id_: str) -> None:
        """Remove it."""

    def attribute(self, place: Place, id_: str, name: str) -> Any:
        """What `Ref` and `Fn::GetAtt` give."""
        if name == "Ref":
            return id_
        if name == "Arn":
            return self.arn(place, id_)
        raise AwsError("ValidationError", f"Template error: attribute {name} is not supported in Fn::GetAtt")

    def arn(self, place: Place, id_: str) -> str:  # noqa: ARG002 - what a type needs for its ARN
        """Its ARN; a physical id is often one."""
        return id_
