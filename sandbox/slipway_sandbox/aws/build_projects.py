"""CodeBuild projects as they were written: moto forgets some of their fields, and cannot change any.

Owned here: replacements of single moto methods, installed once at start, as `corrections` does.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from moto.codebuild.exceptions import ResourceNotFoundException
from moto.codebuild.responses import CodeBuildResponse
from moto.core.responses import ActionResult

_FORGOTTEN: Final = (
    "badgeEnabled",
    "buildBatchConfig",
    "concurrentBuildLimit",
    "fileSystemLocations",
    "secondaryArtifacts",
    "secondarySourceVersions",
    "secondarySources",
)
_KEPT: Final = (
    "artifacts",
    "cache",
    "description",
    "encryptionKey",
    "environment",
    "logsConfig",
    "queuedTimeoutInMinutes",
    "serviceRole",
    "source",
    "sourceVersion",
    "tags",
    "timeoutInMinutes",
    "vpcConfig",
)


def install() -> None:
    """Put them in place; to be called once, before the first request."""
    CodeBuildResponse.create_project = _with_every_field(CodeBuildResponse.create_project)
    CodeBuildResponse.update_project = _update_project


def _with_every_field(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """CreateProject that keeps what it was given (CodeBuild API reference, CreateProject)."""

    def create_project(self: Any) -> Any:
        answer = original(self)
        _project(self).update(_given(self, _FORGOTTEN))
        return answer

    return create_project


def _update_project(self: Any) -> ActionResult:
    """UpdateProject, which moto lacks: what is given takes the place of what was (same reference)."""
    project = _project(self)
    project.update(_given(self, (*_FORGOTTEN, *_KEPT)))
    return ActionResult({"project": project})


def _project(response: Any) -> dict[str, Any]:
    name = response._get_param("name")  # noqa: SLF001 - no public seam
    found = response.codebuild_backend.codebuild_projects.get(name)
    if found is None:
        raise ResourceNotFoundException(f"Project cannot be found: {name}")
    metadata: dict[str, Any] = found.project_metadata
    return metadata


def _given(response: Any, fields: Iterable[str]) -> dict[str, Any]:
    told = {field: response._get_param(field) for field in fields}  # noqa: SLF001 - same
    return {field: value for field, value in told.items() if value is not None}
