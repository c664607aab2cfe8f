"""Single things of an account: a bucket, a key, an issuer of identities."""

from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import ClientError

from slipway.adapters.aws.faults import asking, code_of
from slipway.ports.account_survey import AccountSurvey, AccountSurveyError, BucketFacts

_NO_BUCKET: Final = frozenset({"404", "NoSuchBucket"})
_ENABLED: Final = "Enabled"

Clients = Callable[[str], Any]
"""Service to client."""


class AwsAccountSurvey(AccountSurvey):
    """Asks S3, KMS and IAM.

    Args:
        clients: of the account.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def bucket(self, name: str) -> BucketFacts | None:
        """Ask S3 for the bucket's versioning."""
        with asking(AccountSurveyError, f"the bucket {name}"):
            try:
                answer = self._clients("s3").get_bucket_versioning(Bucket=name)
            except ClientError as error:
                if code_of(error) in _NO_BUCKET:
                    return None
                raise
        return BucketFacts(versioned=answer.get("Status") == _ENABLED)

    def is_usable(self, alias: str) -> bool | None:
        """Ask KMS for the key's state."""
        with asking(AccountSurveyError, f"the key {alias}"):
            try:
                answer = self._clients("kms").describe_key(KeyId=alias)
            except ClientError as error:
                if code_of(error) == "NotFoundException":
                    return None
                raise
        return bool(answer["KeyMetadata"]["KeyState"] == _ENABLED)

    def knows_issuer(self, arn: str) -> bool:
        """Ask IAM for the provider."""
        with asking(AccountSurveyError, f"the issuer {arn}"):
            listed = self._clients("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
        return any(each["Arn"] == arn for each in listed)
