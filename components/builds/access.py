"""What a role needs to be a build's, beside its duty: log, network, sources, secrets, reports. Pure.

Source: CodeBuild user guide, "Allow CodeBuild to interact with other AWS services", "Allow CodeBuild access
to AWS services required to create a VPC network interface", "GitHub App connections", "Create a test report".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from components import iam

_ATTACH: Final = (
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
_REPORT: Final = ("codebuild:BatchPutTestCases", "codebuild:CreateReport", "codebuild:UpdateReport")


@dataclass(frozen=True, kw_only=True)
class BuildReach:
    """ARNs of what one project touches while it runs.

    Attributes:
        log_group: where it writes.
        connection: through which it reads its sources.
        interfaces: network interfaces of its account and region, with a wildcard.
        subnets: in which it may have one.
        secrets: pattern of the secret that it reads; None for no secret.
        reports: groups of its reports.
    """

    log_group: str
    connection: str
    interfaces: str
    subnets: Sequence[str]
    secrets: str | None = None
    reports: Sequence[str] = ()


def runtime_policy(reach: BuildReach) -> str:
    """Return what the role of a build may do so that it can run at all."""
    secrets = [
        iam.Statement(sid="ReadSecret", actions=["secretsmanager:GetSecretValue"], resources=[each])
        for each in (reach.secrets,)
        if each
    ]
    reports = [iam.Statement(sid="Report", actions=_REPORT, resources=reach.reports)] if reach.reports else []
    return iam.document(
        [
            iam.Statement(
                sid="WriteBuildLog",
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[f"{reach.log_group}:*"],
            ),
            iam.Statement(
                sid="ReadSources",
                actions=["codeconnections:GetConnection", "codeconnections:GetConnectionToken"],
                resources=[reach.connection],
            ),
            iam.Statement(sid="JoinNetwork", actions=_ATTACH, resources=["*"]),
            iam.Statement(
                sid="HandInterfaceToBuild",
                actions=["ec2:CreateNetworkInterfacePermission"],
                resources=[reach.interfaces],
                conditions={
                    "StringEquals": {"ec2:AuthorizedService": "codebuild.amazonaws.com"},
                    "ArnEquals": {"ec2:Subnet": list(reach.subnets)},
                },
            ),
            *secrets,
            *reports,
        ]
    )
