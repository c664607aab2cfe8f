"""Events as AWS documents them, with the fields that a test changes.

Sources: S3 user guide, "EventBridge event message structure", example "Object created"; CodeBuild user guide,
"Build notifications input format reference", example of a build state change. Fields that no pattern can ask
for are left as they are there.
"""

from typing import Any


def object_created(account: str, bucket: str, key: str) -> dict[str, Any]:
    """An object was written."""
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": account,
        "time": "2021-11-12T00:00:00Z",
        "region": "ca-central-1",
        "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": {
                "key": key,
                "size": 5,
                "etag": "b1946ac92492d2347c6235b4d2611184",
                "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
                "sequencer": "617f08299329d189",
            },
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "123456789012",
            "source-ip-address": "1.2.3.4",
            "reason": "PutObject",
        },
    }


def build_ended(account: str, project: str, status: str, **variables: str) -> dict[str, Any]:
    """A build's state has changed; it was started with these variables."""
    build = f"arn:aws:codebuild:us-west-2:{account}:build/{project}:8745a7a9-c340-456a-9166-edf953571bEX"
    return {
        "version": "0",
        "id": "c030038d-8c4d-6141-9545-00ff7b7153EX",
        "detail-type": "CodeBuild Build State Change",
        "source": "aws.codebuild",
        "account": account,
        "time": "2017-09-01T16:14:28Z",
        "region": "us-west-2",
        "resources": [build],
        "detail": {
            "build-status": status,
            "project-name": project,
            "build-id": build,
            "additional-information": {
                "environment": {
                    "image": "aws/codebuild/standard:5.0",
                    "privileged-mode": False,
                    "compute-type": "BUILD_GENERAL1_SMALL",
                    "type": "LINUX_CONTAINER",
                    "environment-variables": [
                        {"name": name, "type": "PLAINTEXT", "value": value}
                        for name, value in variables.items()
                    ],
                },
                "timeout-in-minutes": 60,
                "build-complete": True,
                "initiator": "MyCodeBuildDemoUser",
                "build-start-time": "Sep 1, 2017 4:12:29 PM",
            },
            "current-phase": "COMPLETED",
            "current-phase-context": "[]",
            "version": "1",
        },
    }
