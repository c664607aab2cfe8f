"""The front of the AWS tests: mirrors read from its S3."""

from tests.aws.conftest import cloud, unique

__all__ = ["cloud", "unique"]
