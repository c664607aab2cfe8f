"""Builds of a stack as projects: where they run, and what each row of `build_rows` becomes."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pulumi

from components.builds.buildspec import filled
from components.builds.filters import merged
from components.builds.project import BuildPlace, BuildProjectArgs, Trigger
from components.builds.validation import ValidationProject, ValidationProjectArgs
from components.encryption_key import EncryptionKey
from components.identity.boundary import PermissionBoundary
from components.identity.deploy_role import DeployRole
from components.identity.role import DutyRole
from components.network.component import Network
from components.repository import DEFAULT_BRANCH
from slipway.model.subjects import BUILD
from stacks.build_rows import BuildRow, check_row
from stacks.settings import EnvironmentSettings, Settings

BUILDSPECS: Final = Path(__file__).resolve().parents[1] / "buildspecs"


def build_place(settings: Settings, network: Network, key: EncryptionKey) -> BuildPlace:
    """Return where the builds of a stack run."""
    return BuildPlace(
        naming=settings.naming,
        region=settings.region,
        image=settings.build_image,
        connection_arn=settings.source_connection,
        platform=settings.platform_repository,
        revision=settings.platform_revision,
        key_arn=key.arn,
        vpc_id=network.id,
        subnet_ids=network.private_subnet_ids,
        subnet_arns=network.private_subnet_arns,
        group_id=network.workload_group_id,
        log_retention_days=settings.log_retention_days,
        tags=settings.platform_tags,
    )


def build_args(
    rows: Iterable[BuildRow],
    place: BuildPlace,
    roles: Mapping[str, DutyRole | DeployRole],
    workspace: pulumi.Input[str] | None = None,
) -> list[BuildProjectArgs]:
    """Return what each row's project is made from.

    Args:
        rows: of one stack.
        place: where its builds run.
        roles: by duty.
        workspace: owner/name of the workspace's repository, where a row works on it.
    """
    trigger = Trigger(groups=merged(DEFAULT_BRANCH), status=f"slipway/{BUILD}")
    return [
        BuildProjectArgs(
            place=place,
            duty=row.duty,
            purpose=row.purpose,
            buildspec=filled(buildspec(row.duty), row.values(place.naming)),
            role=(roles[row.duty].role.name, roles[row.duty].arn),
            minutes=row.minutes,
            compute=row.compute,
            workspace=workspace if row.on_workspace else None,
            trigger=trigger if row.on_merge else None,
            secrets=place.naming.secret_pattern(row.secret) if row.secrets else None,
        )
        for row in rows
    ]


def deploy_check(
    settings: EnvironmentSettings,
    place: BuildPlace,
    role: DutyRole,
    boundary: PermissionBoundary,
    workspace: pulumi.Input[str],
) -> ValidationProject:
    """Declare the check of pull requests."""
    row = check_row(settings)
    args = ValidationProjectArgs(
        place=place,
        workspace=workspace,
        branch=DEFAULT_BRANCH,
        purpose=row.purpose,
        minutes=row.minutes,
        compute=row.compute,
        buildspec=buildspec(row.duty),
        values=row.values(settings.naming),
        role=(role.role.name, role.arn),
        boundary_arn=boundary.arn,
    )
    return ValidationProject("pull-requests", args)


def buildspec(duty: str) -> str:
    """Read the buildspec of a duty."""
    return (BUILDSPECS / f"{duty}.yml").read_text(encoding="utf-8")
