"""Which events carry a release on: EventBridge patterns. Pure.

The records themselves are the triggers where they can be: an object of the artifact or evidence bucket.
Shapes of events: S3 user guide, "EventBridge event message structure"; CodeBuild user guide, "Build
notifications input format reference".
"""

import json
from collections.abc import Mapping
from typing import Final

OBJECT_KEY: Final = "$.detail.object.key"
"""Where an event about an object has its key, in which the release is named."""

FIRST_VARIABLE: Final = "$.detail.additional-information.environment.environment-variables[0].value"
"""Where an event about a build has the value that it was started with: the project itself has none."""


def object_created(account_id: str, bucket: str, key: Mapping[str, str]) -> str:
    """Match objects that are written into a bucket.

    Args:
        account_id: whose bucket.
        bucket: its name.
        key: a comparison of EventBridge, such as `{"prefix": "releases/"}`.
    """
    return json.dumps(
        {
            "source": ["aws.s3"],
            "account": [account_id],
            "detail-type": ["Object Created"],
            "detail": {"bucket": {"name": [bucket]}, "object": {"key": [key]}},
        }
    )


def build_succeeded(account_id: str, project: str) -> str:
    """Match builds of a project that end well."""
    return json.dumps(
        {
            "source": ["aws.codebuild"],
            "account": [account_id],
            "detail-type": ["CodeBuild Build State Change"],
            "detail": {"project-name": [project], "build-status": ["SUCCEEDED"]},
        }
    )
