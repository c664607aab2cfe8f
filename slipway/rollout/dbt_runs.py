"""dbt on a composed workspace: the new code into candidate schemas, views into production's.

The convention that a workspace's project has to keep: `generate_schema_name` puts the text of the variable
SLIPWAY_SCHEMA_SUFFIX behind every schema. It is proven before each build, and a project that does not keep it
is refused: otherwise new code would write straight into production.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from slipway.model.query_tag import QueryTag
from slipway.ports.tools import Tool, ToolCall, ToolResult, ToolRunner, ToolTimedOut
from slipway.rollout.relations import DbtWork
from slipway.stages import StageFailed

SUFFIX_VARIABLE: Final = "SLIPWAY_SCHEMA_SUFFIX"
_READING: Final = timedelta(minutes=30)
"""How long dbt may take to read a project: no statement is run."""

_LONGER: Final = "where it needs so long, say so in the pipeline's catalog entry: limits: {build: 2h}"
_SHOWN: Final = 5
_PARSED: Final = "parsed"
_RESULTS: Final = "run_results.json"


@dataclass(frozen=True, kw_only=True)
class DbtRuns:
    """Runs dbt.

    Attributes:
        tools: runs the command in its locked environment.
        variables: how dbt reaches the environment's Snowflake: what the workspace's profiles.yml reads.
        scratch: where dbt writes its targets; a cache that may be deleted.
        on_line: told what dbt says, for progress.
    """

    tools: ToolRunner
    variables: Mapping[str, str]
    scratch: Path
    on_line: Callable[[str], None]

    def manifest(self, project: Path) -> bytes:
        """Parse a project in production's names.

        Returns:
            Its manifest.json.

        Raises:
            StageFailed: dbt cannot parse it.
        """
        return (self._state(project) / "manifest.json").read_bytes()

    def has_read(self, project: Path) -> bool:
        """Whether `manifest` has its answer already."""
        return (self._target(project, "") / _PARSED).exists()

    def build_candidates(self, project: Path, work: DbtWork, tag: QueryTag) -> Sequence[str]:
        """Build models, seeds and snapshots into candidate schemas, and test them there.

        What is not selected is read from production.

        Args:
            project: folder of the dbt project.
            work: what is built.
            tag: what every statement carries.

        Returns:
            What was built, as dbt names it.

        Raises:
            StageFailed: a node failed, it took too long, or the project does not keep candidates apart.
        """
        state = self._state(project)
        target = self._target(project, work.suffix)
        names = (*work.tables, *work.views)
        self._refuse_mixed_schemas(project, target, names, work.suffix, tag)
        defer = ["--defer", "--favor-state", "--state", str(state)]
        command = ["build", "--select", *names, "--exclude-resource-type", "unit_test", *defer]
        self._run(project, target, command, work.suffix, tag, limit=work.limit)
        return [each["unique_id"] for each in _results(target) if not each["unique_id"].startswith("test.")]

    def build_views(self, project: Path, names: Iterable[str], tag: QueryTag, *, limit: timedelta) -> None:
        """Make views anew under production's names; what the project has no model for is left as it is.

        Raises:
            StageFailed: one of them failed, or they took too long.
        """
        target = self._target(project, "views")
        self._run(project, target, ["run", "--select", *names], "", tag, limit=limit)

    def _state(self, project: Path) -> Path:
        target = self._target(project, "")
        if not self.has_read(project):  # a manifest alone may be what a killed process has left of one
            self._run(project, target, ["parse"], "", None)
            (target / _PARSED).touch()
        return target

    def _refuse_mixed_schemas(
        self, project: Path, target: Path, names: Sequence[str], suffix: str, tag: QueryTag
    ) -> None:
        kinds = ["--resource-type", "model", "--resource-type", "seed", "--resource-type", "snapshot"]
        keys = ["--output", "json", "--output-keys", "name", "schema"]
        listed = self._run(project, target, ["--quiet", "ls", "--select", *names, *kinds, *keys], suffix, tag)
        found = [json.loads(line) for line in listed.output.splitlines() if line.startswith("{")]
        mixed = sorted(each["name"] for each in found if not each["schema"].endswith(suffix))
        if mixed or not found:
            raise StageFailed(
                f"the dbt project does not keep candidates apart: {', '.join(mixed) or 'none selected'}",
                remedy=f"let generate_schema_name end with env_var('{SUFFIX_VARIABLE}', '')",
            )

    def _run(
        self,
        project: Path,
        target: Path,
        command: Sequence[str],
        suffix: str,
        tag: QueryTag | None,
        *,
        limit: timedelta = _READING,
    ) -> ToolResult:
        folders = ["--project-dir", str(project), "--profiles-dir", str(project)]
        places = ["--target-path", str(target), "--log-path", str(target)]
        plain = ["--no-use-colors", "--no-version-check"]
        (target / _RESULTS).unlink(missing_ok=True)  # of an earlier command: they would be told as this one's
        variables = {**self.variables, SUFFIX_VARIABLE: suffix, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
        if tag is not None:
            variables["SNOWFLAKE_QUERY_TAG"] = tag.text
        call = ToolCall(
            tool=Tool.DBT,
            arguments=[*plain, *command, *folders, *places],
            folder=project,
            environment=variables,
            limit=limit,
        )
        try:
            result = self.tools.run(call, on_line=self.on_line)
        except ToolTimedOut as late:  # it would be late again: nothing is gained by leaving it open
            raise StageFailed(late.message, remedy=_LONGER) from late
        if result.exit_code != 0:
            raise _failed(command, target, result)
        return result

    def _target(self, project: Path, purpose: str) -> Path:
        name = sha256(f"{project}\n{purpose}".encode()).hexdigest()[:24]
        folder = self.scratch / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _failed(command: Sequence[str], target: Path, result: ToolResult) -> StageFailed:
    verb = next(word for word in command if not word.startswith("-"))
    bad = [each for each in _results(target) if each["status"] in {"error", "fail", "runtime error"}]
    said = [f"{each['unique_id']}: {' '.join(str(each['message']).split())}" for each in bad[:_SHOWN]]
    if len(bad) > _SHOWN:
        said.append(f"and {len(bad) - _SHOWN} more")
    if not said:
        said = [" ".join((result.output + result.errors).split())[-1500:]]
    return StageFailed(
        f"dbt {verb} failed: {'; '.join(said)}", remedy="correct the models, and release them again"
    )


def _results(target: Path) -> list[dict[str, Any]]:
    path = target / _RESULTS
    if not path.exists():
        return []
    found: list[dict[str, Any]] = json.loads(path.read_bytes())["results"]
    return found
